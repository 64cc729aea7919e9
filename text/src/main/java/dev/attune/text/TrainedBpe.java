package dev.attune.text;

import dev.attune.base.AttuneException;
import dev.attune.format.PendingFile;
import dev.attune.text.TokenizerJson.Merge;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A byte-level BPE vocabulary that was learned. Immutable.
public final class TrainedBpe {
    /// A digit, which is then a word of its own.
    static final String DIGIT_SPLIT = "\\p{N}";

    private final List<String> specialTokens;
    private final List<String> tokens;
    private final List<Merge> merges;
    private final boolean singleDigits;

    private TrainedBpe(
            List<String> specialTokens,
            List<String> tokens,
            List<Merge> merges,
            boolean singleDigits) {
        this.specialTokens = specialTokens;
        this.tokens = tokens;
        this.merges = merges;
        this.singleDigits = singleDigits;
    }

    /// Special tokens, then the 256 bytes in the order of the characters that GPT-2 writes for
    /// them, then what was learned.
    static TrainedBpe of(List<String> specialTokens, List<String> learned, List<Merge> merges) {
        List<String> tokens = new ArrayList<>(specialTokens);
        byte[] all = new byte[256];
        for (int b = 0; b < all.length; b++) {
            all[b] = (byte) b;
        }
        ByteLevel.text(all).chars().sorted().forEach(c -> tokens.add(String.valueOf((char) c)));
        tokens.addAll(learned);
        return new TrainedBpe(specialTokens, List.copyOf(tokens), List.copyOf(merges), false);
    }

    /// The same vocabulary, for texts that were split so.
    TrainedBpe withSingleDigits(boolean split) {
        return new TrainedBpe(specialTokens, tokens, merges, split);
    }

    /// The tokens as GPT-2 writes bytes; the place is the id.
    public List<String> tokens() {
        return tokens;
    }

    /// The merges in order of rank, as a line of merges.txt writes them.
    public List<String> merges() {
        return merges.stream().map(merge -> merge.left() + " " + merge.right()).toList();
    }

    /// Writes `tokenizer.json` into a folder, whole or not at all.
    ///
    /// @throws AttuneException of kind USER if the folder is missing, RESOURCES if the disk is
    ///   full, ENVIRONMENT if it cannot be written to
    public void writeTokenizerJson(Path folder) {
        write(folder.resolve("tokenizer.json"), json() + "\n");
    }

    /// The text of a tokenizer.json.
    String json() {
        TokenizerJson json = new TokenizerJson();
        Map<String, Integer> ids = ids();
        for (String token : specialTokens) {
            json.addedToken(token, ids.getOrDefault(token, 0), true);
        }
        json.byteLevel(
                singleDigits
                        ? List.of(DIGIT_SPLIT, TokenizerJson.GPT2_SPLIT)
                        : List.of(TokenizerJson.GPT2_SPLIT));
        json.bpe(ids, merges);
        return json.root().toPrettyString();
    }

    /// Writes `vocab.json` and `merges.txt` into a folder, each whole or not at all.
    ///
    /// @throws AttuneException as [#writeTokenizerJson]
    public void writeVocabAndMerges(Path folder) {
        String vocab = JsonFiles.mapper().writeValueAsString(ids());
        write(folder.resolve("vocab.json"), vocab + "\n");
        String lines = "#version: 0.2\n" + String.join("\n", merges()) + "\n";
        write(folder.resolve("merges.txt"), lines);
    }

    private Map<String, Integer> ids() {
        Map<String, Integer> ids = new LinkedHashMap<>();
        tokens.forEach(token -> ids.put(token, ids.size()));
        return ids;
    }

    private static void write(Path file, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (PendingFile pending = PendingFile.create(file, bytes.length)) {
            pending.write(0, MemorySegment.ofArray(bytes));
            pending.seal();
            pending.publish();
        }
    }
}
