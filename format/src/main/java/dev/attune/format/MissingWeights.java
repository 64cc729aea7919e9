package dev.attune.format;

import dev.attune.base.AttuneException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
        return otherSafetensors(files)
                .or(() -> pickles(files))
                .or(() -> gguf(files))
                .orElseGet(MissingWeights::nothing)
                .at(folder);
    }

    private static Optional<AttuneException> otherSafetensors(List<String> files) {
        if (files.contains("adapter_model.safetensors")) {
            return Optional.of(
                    AttuneException.user("The folder holds an adapter, not a whole model.")
                            .fix("Name the base model, and give this folder as its adapter."));
        }
        if (files.stream().anyMatch(CheckpointWriter::isShardName)) {
            return Optional.of(
                    AttuneException.user(
                                    "The shards lack their %s, which says what is in them."
                                            .formatted(ShardIndex.FILE_NAME))
                            .fix("Download the index too; it lies beside the shards."));
        }
        return named(files, f -> f.endsWith(".safetensors"))
                .map(found -> "There is no model.safetensors, only " + found + ".")
                .map(AttuneException::user)
                .map(e -> e.fix("Use a folder in Hugging Face's layout of the model."));
    }

    private static Optional<AttuneException> pickles(List<String> files) {
        return named(files, f -> PICKLE.matcher(f).matches() && !TRAINER_STATE.matcher(f).matches())
                .map("The weights are Python pickles (%s); expected safetensors."::formatted)
                .map(AttuneException::user)
                .map(e -> e.fix(ForeignFile.CONVERT));
    }

    private static Optional<AttuneException> gguf(List<String> files) {
        return named(files, f -> f.endsWith(".gguf"))
                .map("The weights are GGUF (%s); expected safetensors."::formatted)
                .map(AttuneException::user)
                .map(e -> e.fix(ForeignFile.GGUF_ORIGINAL));
    }

    private static AttuneException nothing() {
        return AttuneException.user("There are no weights in the folder.")
                .fix("It should hold model.safetensors, or " + ShardIndex.FILE_NAME + ".");
    }

    /// The first file of a kind and how many more there are, if there is one.
    private static Optional<String> named(List<String> files, Predicate<String> kind) {
        List<String> found = files.stream().filter(kind).toList();
        if (found.isEmpty()) {
            return Optional.empty();
        }
        String first = Shown.plain(found.getFirst());
        int more = found.size() - 1;
        return Optional.of(more == 0 ? first : first + " and " + more + " more");
    }

    private static List<String> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(Path::getFileName).map(String::valueOf).sorted().toList();
        } catch (IOException e) {
            throw IoFault.reading(folder, e);
        }
    }
}
