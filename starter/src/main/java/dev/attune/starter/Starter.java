package dev.attune.starter;

import dev.attune.base.AttuneException;
import dev.attune.format.IoFault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/// The embedded base model and sample data, as files.
///
/// ```
/// folder/
/// ├── model/          a Hugging Face folder: safetensors, tokenizer, chat template, card
/// ├── train.jsonl     conversations of GreenLeaf Support to learn from
/// └── heldout.jsonl   others to judge by
/// ```
///
/// Weights are mapped from files, so what is embedded is unpacked once, into a folder named by the
/// hash of its contents: another version of the program gets another folder. Immutable; it needs no
/// closing.
///
/// @param folder where the files are; not to be written to
public record Starter(Path folder) {
    /// The file or folder below `cache`, unpacked if it is not there yet, whole or not at all. What
    /// is there is checked, and unpacked anew if a byte is not what it was.
    ///
    /// @param cache a folder for files that can be made again; made if it is missing
    /// @throws AttuneException of kind ENVIRONMENT if the cache cannot be written to, RESOURCES if
    ///   its disk is full
    public static Starter unpackedIn(Path cache) {
        return unpackedIn(cache, EmbeddedFiles.ofResources());
    }

    private static Starter unpackedIn(Path cache, EmbeddedFiles embedded) {
        Path target = cache.resolve("starter-" + embedded.hash().substring(0, 16));
        if (isWhole(target, embedded.files())) {
            return new Starter(target);
        }
        Path temporary = cache.resolve("." + target.getFileName() + "." + UUID.randomUUID());
        try {
            Files.createDirectories(temporary);
            for (EmbeddedFiles.Entry file : embedded.files()) {
                Path path = temporary.resolve(file.name());
                Files.createDirectories(path.toAbsolutePath().getParent());
                Files.write(path, EmbeddedFiles.resource(file.name()));
            }
            publish(temporary, target, embedded.files());
            return new Starter(target);
        } catch (IOException e) {
            throw IoFault.writing(target, e);
        } finally {
            deleteQuietly(temporary);
        }
    }

    /// Another process may have been faster, or what stands there may be damaged.
    private static void publish(Path temporary, Path target, List<EmbeddedFiles.Entry> files)
            throws IOException {
        if (Files.exists(target)) {
            if (isWhole(target, files)) {
                return;
            }
            Path damaged =
                    target.resolveSibling(
                            "." + target.getFileName() + ".damaged-" + UUID.randomUUID());
            Files.move(target, damaged, StandardCopyOption.ATOMIC_MOVE);
            deleteQuietly(damaged);
        }
        try {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!isWhole(target, files)) {
                throw e;
            }
        }
    }

    /// The base model's folder.
    public Path model() {
        return folder.resolve("model");
    }

    /// The rows to learn from, in messages format.
    public Path train() {
        return folder.resolve("train.jsonl");
    }

    /// The rows to judge by, in messages format.
    public Path heldout() {
        return folder.resolve("heldout.jsonl");
    }

    private static boolean isWhole(Path folder, List<EmbeddedFiles.Entry> files) {
        return files.stream().allMatch(file -> file.is(folder.resolve(file.name())));
    }

    /// What cannot be deleted stays under a hidden name, which harms nobody.
    private static void deleteQuietly(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException _) {
            return;
        }
    }
}
