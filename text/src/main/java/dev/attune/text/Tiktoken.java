package dev.attune.text;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;
import dev.attune.text.TokenizerJson.Merge;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// OpenAI's files of ranks: a line is a token in Base64 and its rank, which is its id too. The
/// merges are not written; they are what merging by rank does with each token's own bytes. How a
/// text is split, and the special tokens, follow from the name of the file.
final class Tiktoken {
    private static final String CL100K =
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}{1,3}"
                    + "| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+";
    private static final String O200K =
            PreTokenizers.of("gpt-4o").orElseThrow().splits().getFirst();

    private static final Map<String, Kind> KINDS =
            Map.of(
                    "cl100k_base",
                    new Kind(
                            CL100K,
                            Map.of(
                                    "<|endoftext|>", 100257,
                                    "<|fim_prefix|>", 100258,
                                    "<|fim_middle|>", 100259,
                                    "<|fim_suffix|>", 100260,
                                    "<|endofprompt|>", 100276)),
                    "o200k_base",
                    new Kind(O200K, Map.of("<|endoftext|>", 199999, "<|endofprompt|>", 200018)),
                    "r50k_base",
                    new Kind(TokenizerJson.GPT2_SPLIT, Map.of("<|endoftext|>", 50256)),
                    "p50k_base",
                    new Kind(TokenizerJson.GPT2_SPLIT, Map.of("<|endoftext|>", 50256)));

    private Tiktoken() {}

    /// @throws AttuneException of kind USER if the file is broken or its name unknown
    static String json(Path file) {
        String name = String.valueOf(file.getFileName()).replaceFirst("\\.tiktoken$", "");
        Kind kind = KINDS.get(name);
        if (kind == null) {
            throw AttuneException.user(
                            "The name of the file must be one of %s: it says how to split a text."
                                    .formatted(new TreeMap<>(KINDS).keySet()))
                    .at(file)
                    .fix(
                            Nearest.to(name, KINDS.keySet())
                                    .map(near -> "Name it " + near + ".tiktoken if it is that.")
                                    .orElse("Use the model's tokenizer.json instead."));
        }
        Map<String, Integer> ranks = ranks(file);
        TokenizerJson json = new TokenizerJson();
        kind.special().forEach((token, id) -> json.addedToken(token, id, true));
        json.byteLevel(List.of(kind.split()));
        Map<String, Integer> ids = new HashMap<>(ranks);
        ids.putAll(kind.special());
        json.bpe(ids, merges(ranks)).put("ignore_merges", true);
        return json.text();
    }

    private static Map<String, Integer> ranks(Path file) {
        Map<String, Integer> ranks = new HashMap<>();
        String text = new String(JsonFiles.bytes(file), StandardCharsets.ISO_8859_1);
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            String[] parts = line.strip().split(" ", -1);
            if (line.isBlank()) {
                continue;
            }
            try {
                byte[] bytes = Base64.getDecoder().decode(parts[0]);
                ranks.put(ByteLevel.text(bytes), Integer.parseInt(parts[parts.length - 1]));
            } catch (IllegalArgumentException e) {
                throw AttuneException.user("The line is no token in Base64 and its rank.")
                        .at(file + ":" + number)
                        .fix("Get the file again.")
                        .causedBy(e);
            }
        }
        return ranks;
    }

    private static List<Merge> merges(Map<String, Integer> ranks) {
        TreeMap<Integer, Merge> merges = new TreeMap<>();
        ranks.forEach((token, rank) -> {
            List<String> parts = split(token, rank, ranks);
            if (parts.size() == 2) {
                merges.put(rank, new Merge(parts.getFirst(), parts.getLast()));
            }
        });
        return List.copyOf(merges.values());
    }

    /// The parts that merging with all ranks below `limit` leaves of a token.
    private static List<String> split(String token, int limit, Map<String, Integer> ranks) {
        List<String> parts = new ArrayList<>();
        token.chars().forEach(c -> parts.add(String.valueOf((char) c)));
        while (true) {
            int best = limit;
            int at = -1;
            for (int i = 0; i + 1 < parts.size(); i++) {
                int rank = ranks.getOrDefault(parts.get(i) + parts.get(i + 1), limit);
                if (rank < best) {
                    best = rank;
                    at = i;
                }
            }
            if (at < 0) {
                return parts;
            }
            parts.set(at, parts.get(at) + parts.remove(at + 1));
        }
    }

    /// How a text is split, and the special tokens.
    private record Kind(String split, Map<String, Integer> special) {}
}
