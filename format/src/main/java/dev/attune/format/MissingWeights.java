package dev.attune.format;

import dev.attune.base.AttuneException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Says why a folder is not a safetensors checkpoint, from what else lies in it.
final class MissingWeights {
    private static final Pattern PICKLE = Pattern.compile(".*\\.(bin|pt|pth|ckpt)");
    private static final Pattern TRAINER_STATE =
            Pattern.compile("(training_args|optimizer|scheduler|scaler|rng_state).*");

    private MissingWeights() {}

    /// The error of a folder without `model.safetensors` and without its index.
    static AttuneException in(Path folder) {
        List<String> files = files(folder);
        return explain(files).at(folder);
    }

    private static AttuneException explain(List<String> files) {
        List<String> adapters = matching(files, f -> f.equals("adapter_model.safetensors"));
        if (!adapters.isEmpty()) {
            return AttuneException.user("The folder holds an adapter, not a whole model.")
                    .fix("Name the base model, and give this folder as its adapter.");
        }
        List<String> shards = matching(files, CheckpointWriter::isShardName);
        if (!shards.isEmpty()) {
            return AttuneException.user(
                            "There are %d shards, but no %s that says what is in them."
                                    .formatted(shards.size(), ShardIndex.FILE_NAME))
                    .fix("Download the index too; it lies beside the shards.");
        }
        List<String> others = matching(files, f -> f.endsWith(".safetensors"));
        if (!others.isEmpty()) {
            return AttuneException.user(
                            "There is no model.safetensors, only " + named(others) + ".")
                    .fix("Use a folder in Hugging Face's layout of the model.");
        }
        List<String> pickles =
                matching(
                        files,
                        f -> PICKLE.matcher(f).matches() && !TRAINER_STATE.matcher(f).matches());
        if (!pickles.isEmpty()) {
            return AttuneException.user(
                            "The weights are Python pickles (%s), which can run code when loaded; expected safetensors."
                                    .formatted(named(pickles)))
                    .fix(ForeignFile.CONVERT);
        }
        List<String> gguf = matching(files, f -> f.endsWith(".gguf"));
        if (!gguf.isEmpty()) {
            return AttuneException.user(
                            "The weights are GGUF (%s); expected safetensors."
                                    .formatted(named(gguf)))
                    .fix(ForeignFile.GGUF_ORIGINAL);
        }
        return AttuneException.user("There are no weights in the folder.")
                .fix("It should hold model.safetensors, or " + ShardIndex.FILE_NAME + ".");
    }

    private static List<String> matching(List<String> files, Predicate<String> kind) {
        return files.stream().filter(kind).toList();
    }

    private static String named(List<String> files) {
        String first = Shown.plain(files.getFirst());
        return files.size() == 1 ? first : first + " and " + (files.size() - 1) + " more";
    }

    private static List<String> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(Path::getFileName).map(String::valueOf).sorted().toList();
        } catch (IOException e) {
            throw IoFault.reading(folder, e);
        }
    }
}
