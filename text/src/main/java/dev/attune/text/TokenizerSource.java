package dev.attune.text;

import dev.attune.base.AttuneException;
import dev.attune.format.GgufFile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What a tokenizer is made of: the text of a tokenizer.json, read or made by conversion, and the
/// settings beside it.
///
/// @param json the description
/// @param config the settings
/// @param place where it came from, for messages
record TokenizerSource(String json, TokenizerConfig config, Object place) {
    /// Finds and reads what is at a path.
    ///
    /// @throws AttuneException of kind USER if there is no tokenizer, or a broken one
    static TokenizerSource of(Path path) {
        if (!Files.isDirectory(path)) {
            return file(path);
        }
        for (String name : List.of("tokenizer.json", "tokenizer.model", "vocab.json")) {
            Path file = path.resolve(name);
            if (Files.isRegularFile(file)
                    && (!name.equals("vocab.json")
                            || Files.isRegularFile(path.resolve("merges.txt")))) {
                return file(file);
            }
        }
        return tiktoken(path).map(TokenizerSource::file).orElseThrow(() -> none(path));
    }

    /// SHA-256 of the description, in hexadecimal: equal for tokenizers that give equal ids.
    String fingerprint() {
        return Sha256.hex(json);
    }

    /// Whether the program that the file belongs to recognises special tokens in a text.
    boolean recognisesSpecialTokens() {
        String name = place.toString();
        return !name.endsWith(".model") && !name.endsWith(".tiktoken") && !name.endsWith(".gguf");
    }

    private static TokenizerSource file(Path file) {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(".gguf")) {
            return gguf(file);
        }
        Path folder = file.toAbsolutePath().getParent();
        TokenizerConfig config = TokenizerConfig.read(folder == null ? file : folder);
        if (name.endsWith(".model")) {
            SentencePieceModel model = SentencePieceModel.read(JsonFiles.bytes(file), file);
            return new TokenizerSource(
                    SentencePieceJson.of(model, config.specialTokens(), file), config, file);
        }
        if (name.equals("vocab.json") || name.equals("merges.txt")) {
            return new TokenizerSource(
                    VocabAndMerges.json(
                            file.resolveSibling("vocab.json"),
                            file.resolveSibling("merges.txt"),
                            config),
                    config,
                    file);
        }
        if (name.endsWith(".tiktoken")) {
            return new TokenizerSource(Tiktoken.json(file), config, file);
        }
        if (name.endsWith(".json") || !Files.exists(file)) {
            return new TokenizerSource(JsonFiles.text(file), config, file);
        }
        throw AttuneException.user("The file is no tokenizer that is known: %s.".formatted(name))
                .at(file)
                .fix(
                        "Name a model's folder, a tokenizer.json, a tokenizer.model, a vocab.json"
                                + " beside its merges.txt, a .tiktoken or a .gguf file.");
    }

    private static TokenizerSource gguf(Path file) {
        try (GgufFile gguf = GgufFile.open(file)) {
            return new TokenizerSource(
                    GgufVocabulary.json(gguf.metadata()),
                    TokenizerConfig.of(gguf.metadata()),
                    file);
        }
    }

    private static Optional<Path> tiktoken(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(".tiktoken")).sorted().findFirst();
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
    }

    private static AttuneException none(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            List<String> names =
                    files.map(f -> f.getFileName().toString()).sorted().limit(10).toList();
            return AttuneException.user(
                            "The folder holds no tokenizer: found %s."
                                    .formatted(
                                            names.isEmpty() ? "no file" : String.join(", ", names)))
                    .at(folder)
                    .fix(
                            "Put the model's tokenizer.json there (or its tokenizer.model, or"
                                    + " vocab.json and merges.txt).");
        } catch (IOException e) {
            return unreadable(folder, e);
        }
    }

    private static AttuneException unreadable(Path folder, IOException e) {
        return AttuneException.environment("The folder cannot be read: " + e.getMessage() + ".")
                .at(folder)
                .fix("Check that you may read it.")
                .causedBy(e);
    }
}
