package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.SharedData;
import dev.attune.text.ChatFormat;
import dev.attune.text.TrainOn;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Map;

class TokenCheckTest {
    private static final Origin ORIGIN = new Origin(Path.of("x.jsonl"), 7, 6);

    @Test
    void countsBothAnswersOfAPair() {
        try (ChatFormat format =
                ChatFormat.load(SharedData.path("tokenizers/qwen2"), LocalDateTime.MIN)) {
            Preference pair = pair("yes", "no no no no no no no no no no");
            int chosen = tokens(format, pair, pair.chosen());
            int rejected = tokens(format, pair, pair.rejected());
            TokenCheck check = new TokenCheck(format, chosen, 5);

            check.see(pair);

            assertThat(rejected).isGreaterThan(chosen);
            assertThat(check.tokens().max()).isEqualTo(rejected);
            assertThat(check.findings().toString())
                    .contains("1 rows are longer than " + chosen + " tokens")
                    .contains(rejected + " tokens")
                    .contains("An epoch reads " + (chosen + rejected) + " tokens");
        }
    }

    @Test
    void findsNothingWrongWithShortPairs() {
        try (ChatFormat format =
                ChatFormat.load(SharedData.path("tokenizers/qwen2"), LocalDateTime.MIN)) {
            TokenCheck check = new TokenCheck(format, 100, 5);

            check.see(pair("yes", "no"));
            check.see(new Feedback(ORIGIN, text("q"), text(" a"), false, Map.of()));

            assertThat(check.tokens().max()).isLessThan(10);
            assertThat(check.findings()).hasSize(1);
        }
    }

    private static int tokens(ChatFormat format, Preference pair, Part answer) {
        return new ChatRowEncoder(format, TrainOn.ASSISTANT)
                .text(new PromptCompletion(ORIGIN, pair.prompt(), answer, Map.of()))
                .tokens()
                .length();
    }

    private static Preference pair(String chosen, String rejected) {
        return new Preference(ORIGIN, text("Is it?"), text(chosen), text(rejected), Map.of());
    }

    private static Part text(String text) {
        return new Part.Text(text);
    }
}
