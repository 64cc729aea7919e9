package dev.attune.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What is to be tokenised, and how.
///
/// @param files the files of the data, in their order
/// @param columns how their columns are renamed
/// @param settings what else the tokens depend on, such as how rows are chosen
/// @param cacheFolder where the caches are kept; it is made if need be
/// @param threads how many threads encode
public record TokenJob(
        List<Path> files,
        ColumnMapping columns,
        RowEncoder encoder,
        Map<String, String> settings,
        Path cacheFolder,
        int threads) {
    /// Copies the lists; refuses no files and no threads.
    public TokenJob {
        files = List.copyOf(files);
        settings = Map.copyOf(settings);
        if (files.isEmpty() || threads < 1) {
            throw new IllegalArgumentException(files.size() + " files, " + threads + " threads");
        }
    }

    /// As above, with the columns as they are.
    public TokenJob(
            List<Path> files,
            RowEncoder encoder,
            Map<String, String> settings,
            Path cacheFolder,
            int threads) {
        this(files, ColumnMapping.NONE, encoder, settings, cacheFolder, threads);
    }
}
