package dev.attune.text;

import dev.attune.base.AttuneException;
import dev.attune.text.TokenizerJson.Affix;
import dev.attune.text.TokenizerJson.Merge;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// GPT-2's two files, `vocab.json` and `merges.txt`, as a tokenizer.json. They don't say how a text
/// is split into words; the class that tokenizer_config.json names does.
final class VocabAndMerges {
    private static final String END_OF_TEXT = "<|endoftext|>";

    private VocabAndMerges() {}

    /// @throws AttuneException of kind USER if a file is missing or broken, or the class unknown
    static String json(Path vocabFile, Path mergesFile, TokenizerConfig config) {
        Map<String, Integer> ids = ids(vocabFile);
        List<Merge> merges = merges(mergesFile);
        Map<Integer, ObjectNode> added = added(vocabFile, config, ids);
        added.forEach((id, token) -> ids.put(token.path("content").stringValue(""), id));
        TokenizerJson json = new TokenizerJson();
        added.values().forEach(json::addedToken);
        String splitter = config.tokenizerClass().orElse("GPT2Tokenizer").replaceFirst("Fast$", "");
        switch (splitter) {
            case "GPT2Tokenizer", "CodeGenTokenizer", "GPTNeoXTokenizer" ->
                    json.byteLevel(List.of(TokenizerJson.GPT2_SPLIT));
            case "Qwen2Tokenizer" -> {
                json.normalizer("NFC");
                json.byteLevel(PreTokenizers.of("qwen2").orElseThrow().splits());
            }
            default ->
                    throw AttuneException.user(
                                    ("The settings name the class %s; for vocab.json and"
                                                    + " merges.txt, GPT2Tokenizer and"
                                                    + " Qwen2Tokenizer are known.")
                                            .formatted(splitter))
                            .at(vocabFile.resolveSibling("tokenizer_config.json"))
                            .fix("Get the model's tokenizer.json, which says all by itself.");
        }
        json.bpe(ids, merges);
        SpecialTokens tokens = config.specialTokens();
        if (tokens.addBos().orElse(false)) {
            Optional<Affix> bos =
                    tokens.bos()
                            .filter(ids::containsKey)
                            .map(token -> new Affix(token, ids.getOrDefault(token, 0)));
            json.affixes(bos.stream().toList(), List.of());
        }
        return json.text();
    }

    private static Map<String, Integer> ids(Path file) {
        Map<String, Integer> ids = new LinkedHashMap<>();
        JsonFiles.object(file)
                .properties()
                .forEach(e -> {
                    if (!e.getValue().canConvertToInt()) {
                        throw AttuneException.user(
                                        "The token '%s' has the id %s; expected a number."
                                                .formatted(e.getKey(), e.getValue()))
                                .at(file)
                                .fix("Get the file again.");
                    }
                    ids.put(e.getKey(), e.getValue().intValue());
                });
        return ids;
    }

    private static List<Merge> merges(Path file) {
        List<Merge> merges = new ArrayList<>();
        int number = 0;
        for (String line : JsonFiles.text(file).split("\n", -1)) {
            number++;
            String merge = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
            if (merge.isEmpty() || (number == 1 && merge.startsWith("#version"))) {
                continue;
            }
            int space = merge.indexOf(' ');
            if (space <= 0 || space == merge.length() - 1 || merge.indexOf(' ', space + 1) >= 0) {
                throw AttuneException.user("The line is no pair of tokens with a space between.")
                        .at(file + ":" + number)
                        .fix("Get the file again.");
            }
            merges.add(new Merge(merge.substring(0, space), merge.substring(space + 1)));
        }
        return merges;
    }

    /// The added tokens by id: what the settings list, or the one that GPT-2's class adds itself.
    private static Map<Integer, ObjectNode> added(
            Path vocabFile, TokenizerConfig config, Map<String, Integer> ids) {
        Map<Integer, ObjectNode> added = new LinkedHashMap<>();
        Path list = vocabFile.resolveSibling("added_tokens.json");
        if (Files.isRegularFile(list)) {
            JsonFiles.object(list)
                    .properties()
                    .forEach(e -> put(added, e.getValue().intValue(-1), e.getKey(), false));
        }
        JsonNode decoder = config.settings().path("added_tokens_decoder");
        decoder.properties()
                .forEach(e -> {
                    if (e.getValue() instanceof ObjectNode token
                            && e.getKey().matches("[0-9]{1,9}")) {
                        int id = Integer.parseInt(e.getKey());
                        added.put(id, token.deepCopy().put("id", id));
                    }
                });
        config.specialTokens()
                .named()
                .values()
                .forEach(token -> {
                    Integer id = ids.get(token);
                    if (id != null && !added.containsKey(id)) {
                        put(added, id, token, true);
                    }
                });
        Integer end = ids.get(END_OF_TEXT);
        if (end != null && !added.containsKey(end)) {
            put(added, end, END_OF_TEXT, true);
        }
        return added;
    }

    private static void put(Map<Integer, ObjectNode> added, int id, String token, boolean special) {
        ObjectNode node = JsonFiles.mapper().createObjectNode().put("id", id);
        node.put("content", token).put("single_word", false).put("lstrip", false);
        node.put("rstrip", false).put("normalized", false).put("special", special);
        added.put(id, node);
    }
}
