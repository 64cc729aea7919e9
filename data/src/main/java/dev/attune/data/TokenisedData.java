package dev.attune.data;

import dev.attune.base.AttuneException;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// The tokens of a data set: taken from the cache where one holds just these, else made and cached.
///
/// @param cache the rows; whoever asked for them closes it
/// @param path where the cache is
/// @param builtBecause why the cache was built now, if it was
/// @param shapes if it was built: how many rows of each shape were read
public record TokenisedData(
        TokenCache cache, Path path, Optional<CacheFault> builtBecause, Map<String, Long> shapes) {

    /// Opens or builds. Each row of the data becomes a row of tokens, or all that cannot are told
    /// together and nothing is kept.
    ///
    /// @throws AttuneException of kind USER with every faulty row (the first hundred, and a count),
    ///   RESOURCES if the disk of the cache is full
    public static TokenisedData open(TokenJob job, Progress progress) {
        DataFingerprint fingerprint = DataFingerprint.of(job.files(), progress);
        String key = fingerprint.key(job);
        Path path = job.cacheFolder().resolve(key.substring(0, 32) + ".tokens");
        try {
            TokenCache cache = TokenCache.open(path, key, job.files());
            return new TokenisedData(cache, path, Optional.empty(), Map.of());
        } catch (CacheFault unusable) {
            Map<String, Long> shapes;
            try (TokenCacheWriter writer = TokenCacheWriter.create(path, key, job.files().size())) {
                shapes = fill(job, writer, progress);
                fingerprint.requireUnchanged();
                writer.finish();
            }
            return new TokenisedData(reopened(path, key, job), path, Optional.of(unusable), shapes);
        }
    }

    private static Map<String, Long> fill(
            TokenJob job, TokenCacheWriter writer, Progress progress) {
        try (ExampleStream examples = ExampleStream.open(job.files(), job.columns())) {
            new ParallelEncoding(job.encoder(), job.threads())
                    .encode(examples, writer::add, progress);
            String names =
                    job.files().stream()
                            .map(file -> String.valueOf(file.getFileName()))
                            .limit(5)
                            .collect(Collectors.joining(", "));
            examples.faults().throwIfAny("Cannot tokenise " + names);
            if (examples.rows() == 0) {
                throw AttuneException.user("The data has no rows.")
                        .at(job.files().getFirst())
                        .fix("Check that the export that wrote it has ended well.");
            }
            return examples.shapes();
        }
    }

    private static TokenCache reopened(Path path, String key, TokenJob job) {
        try {
            return TokenCache.open(path, key, job.files());
        } catch (CacheFault e) {
            throw AttuneException.environment(
                            "The cache was written, but cannot be read back: " + e.what() + ".")
                    .at(path)
                    .fix("Check the disk, or keep the cache on another.")
                    .causedBy(e);
        }
    }
}
