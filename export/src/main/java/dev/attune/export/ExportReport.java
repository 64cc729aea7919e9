package dev.attune.export;

import java.nio.file.Path;
import java.util.List;

/// What an export wrote.
///
/// @param folder the target
/// @param files the names of its files
/// @param bytes what they take together
/// @param untied whether the head, which the base shares with the embedding, became a tensor of its
///   own because the adapter changes one of the two
/// @param check how far the logits of the result are from those of its sources
/// @param seconds how long it took
public record ExportReport(
        Path folder,
        List<String> files,
        long bytes,
        boolean untied,
        LogitDifference check,
        double seconds) {
    /// Copies the names.
    public ExportReport {
        files = List.copyOf(files);
    }
}
