package dev.attune.text;

import dev.attune.testkit.SharedData;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// The 214 texts, what each tokenizer makes of them, and llama.cpp's own cases.
final class ReferenceTexts {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String SEPARATOR = "\n__ggml_vocab_test__\n";

    private ReferenceTexts() {}

    /// A line of an expected file with its text.
    record Case(String text, JsonNode expected) {
        String name() {
            return expected.path("id").stringValue("");
        }

        int[] ids(String key) {
            return IntStream.range(0, expected.path(key).size())
                    .map(i -> expected.path(key).path(i).intValue())
                    .toArray();
        }

        boolean has(String key) {
            return expected.has(key);
        }

        boolean says(String flag) {
            return expected.path(flag).booleanValue(true);
        }

        String decoded() {
            return expected.path("decoded").stringValue(text);
        }
    }

    static List<Case> of(String tokenizer) {
        Path folder = SharedData.path("tokenizers/expected");
        Map<String, String> texts = new LinkedHashMap<>();
        lines(folder.resolve("texts.jsonl"))
                .forEach(t ->
                        texts.put(t.path("id").stringValue(""), t.path("text").stringValue("")));
        List<Case> cases = new ArrayList<>();
        for (JsonNode line : lines(folder.resolve(tokenizer + ".jsonl"))) {
            cases.add(new Case(texts.getOrDefault(line.path("id").stringValue(""), ""), line));
        }
        return cases;
    }

    static Map<String, int[]> ofLlamaCpp(String vocabulary) {
        Path folder = SharedData.path("tokenizers/gguf-vocab");
        String inputs = read(folder.resolve("ggml-vocab-" + vocabulary + ".gguf.inp"));
        List<String> outputs =
                read(folder.resolve("ggml-vocab-" + vocabulary + ".gguf.out")).lines().toList();
        Map<String, int[]> cases = new LinkedHashMap<>();
        String[] texts = inputs.split(SEPARATOR, -1);
        for (int i = 0; i < outputs.size(); i++) {
            String line = outputs.get(i).strip();
            cases.put(
                    texts[i],
                    line.isEmpty()
                            ? new int[0]
                            : Arrays.stream(line.split(" +", -1))
                                    .mapToInt(Integer::parseInt)
                                    .toArray());
        }
        return cases;
    }

    private static List<JsonNode> lines(Path file) {
        return read(file).lines().map(JSON::readTree).toList();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
