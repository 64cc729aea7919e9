package dev.attune.cli;

import dev.attune.generate.GenerationRequest;
import dev.attune.generate.SamplingConfig;
import dev.attune.generate.TokenGenerator;
import dev.attune.model.Decoder;
import dev.attune.text.ChatFormat;

import java.util.List;

/// The likeliest answers of a model to held-out rows, many at a time.
///
/// @param format the model's way with text
/// @param rows what is asked
record Answers(ChatFormat format, List<HeldOutRow> rows) {
    private static final int MOST_TOKENS = 128;

    /// One answer for each row.
    List<String> of(Decoder decoder) {
        SamplingConfig greedy =
                SamplingConfig.greedy(MOST_TOKENS).toBuilder()
                        .eosTokenIds(format.stopTokens().ids())
                        .build();
        List<GenerationRequest> requests =
                rows.stream()
                        .map(row -> GenerationRequest.of(format.prompt(row.asked()), greedy))
                        .toList();
        return TokenGenerator.of(decoder).generate(requests).stream()
                .map(result ->
                        format.tokenizer()
                                .decode(
                                        result.answerIds().stream()
                                                .mapToInt(Integer::intValue)
                                                .toArray()))
                .map(String::strip)
                .toList();
    }

    /// The share of answers that end with the right label.
    double labelAccuracy(List<String> answers) {
        int right = 0;
        for (int i = 0; i < rows.size(); i++) {
            right += rows.get(i).hasLabelOf(answers.get(i)) ? 1 : 0;
        }
        return (double) right / rows.size();
    }
}
