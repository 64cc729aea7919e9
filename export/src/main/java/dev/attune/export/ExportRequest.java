package dev.attune.export;

import java.nio.file.Path;
import java.util.Optional;

/// What to export, and where to.
///
/// @param base the folder of the base model
/// @param adapter the folder of an adapter for it, if there is one
/// @param target the folder to write
/// @param format what to write there
/// @param options how
public record ExportRequest(
        Path base,
        Optional<Path> adapter,
        Path target,
        ExportFormat format,
        ExportOptions options) {

    /// The base with the adapter merged in, as a model folder.
    public static ExportRequest merged(Path base, Path adapter, Path target) {
        return new ExportRequest(
                base,
                Optional.of(adapter),
                target,
                ExportFormat.HUGGING_FACE,
                ExportOptions.usual());
    }

    /// A model without an adapter, as a model folder.
    public static ExportRequest model(Path base, Path target) {
        return new ExportRequest(
                base, Optional.empty(), target, ExportFormat.HUGGING_FACE, ExportOptions.usual());
    }

    /// The adapter alone, as PEFT saves it.
    public static ExportRequest adapter(Path base, Path adapter, Path target) {
        return new ExportRequest(
                base, Optional.of(adapter), target, ExportFormat.PEFT, ExportOptions.usual());
    }

    /// The same, done otherwise.
    public ExportRequest with(ExportOptions other) {
        return new ExportRequest(base, adapter, target, format, other);
    }
}
