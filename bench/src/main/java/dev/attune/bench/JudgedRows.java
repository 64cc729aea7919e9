package dev.attune.bench;

import dev.attune.base.AttuneException;
import dev.attune.data.ChatRowEncoder;
import dev.attune.data.Example;
import dev.attune.data.ExampleStream;
import dev.attune.text.ChatFormat;
import dev.attune.text.TokenSequence;
import dev.attune.text.TrainOn;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/// Texts whose tokens have a loss.
///
/// @param rows in order
/// @param longest how many tokens a model reads; longer rows are left out
record JudgedRows(List<TokenSequence> rows, int longest) {
    /// The time that chat templates are told.
    static final LocalDateTime NOW = LocalDateTime.of(2026, 1, 31, 9, 30);

    JudgedRows(List<TokenSequence> rows, int longest) {
        this.rows = rows.stream().filter(row -> row.length() <= longest).toList();
        this.longest = longest;
        if (tokens() == 0) {
            throw AttuneException.user("No token is judged in the %d rows.".formatted(rows.size()))
                    .fix("Give rows of at most %d tokens that have answers.".formatted(longest));
        }
    }

    /// Those of a JSON file with `nll`, a list of objects with `ids`, all of which are judged.
    static List<TokenSequence> ofIds(Path file) throws IOException {
        List<TokenSequence> rows = new ArrayList<>();
        for (JsonNode row : JsonMapper.shared().readTree(Files.readAllBytes(file)).path("nll")) {
            int[] tokens = row.path("ids").valueStream().mapToInt(JsonNode::intValue).toArray();
            BitSet all = new BitSet();
            all.set(0, tokens.length);
            rows.add(new TokenSequence(tokens, all));
        }
        return rows;
    }

    /// Those of rows of data, whose answers are judged.
    static List<TokenSequence> ofData(Path model, Path data) throws IOException {
        List<TokenSequence> rows = new ArrayList<>();
        try (ChatFormat format = ChatFormat.loadOrPlain(model, Optional.empty(), NOW);
                ExampleStream examples = ExampleStream.open(List.of(data))) {
            ChatRowEncoder encoder = new ChatRowEncoder(format, TrainOn.ASSISTANT);
            for (Optional<Example> next = examples.next();
                    next.isPresent();
                    next = examples.next()) {
                rows.add(encoder.encode(next.get()).tokens());
            }
        }
        return rows;
    }

    /// How many tokens are judged. Nothing stands before a first one.
    long tokens() {
        return rows.stream()
                .mapToLong(row -> (long) row.trainedTokens() - (row.isTrained(0) ? 1 : 0))
                .sum();
    }

    /// How many tokens the longest row has.
    int mostTokens() {
        return rows.stream().mapToInt(TokenSequence::length).max().orElse(1);
    }

    /// The loss of a token: minus the logarithm of its probability, in double.
    ///
    /// @param logits of all tokens that might stand there, from `from` on
    static double loss(float[] logits, int from, int vocabSize, int token) {
        double most = Double.NEGATIVE_INFINITY;
        for (int i = from; i < from + vocabSize; i++) {
            most = Math.max(most, logits[i]);
        }
        double sum = 0;
        for (int i = from; i < from + vocabSize; i++) {
            sum += Math.exp(logits[i] - most);
        }
        return Math.log(sum) + most - logits[from + token];
    }
}
