package dev.attune.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.base.AttuneException;
import dev.attune.model.Decoder;
import dev.attune.testkit.LeakCheck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

@ExtendWith(LeakCheck.class)
class TurnGeneratorTest {
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gemma2", "gpt2", "llama-dynamic-rope", "phi3-longrope"})
    void answersEachTurnAsTokenGeneratorDoes(String model) {
        try (Decoder decoder = Models.reference(model);
                TurnGenerator turns = TurnGenerator.open(decoder, 100)) {
            List<Integer> text = list(Models.ids(12, 1));
            for (int turn = 0; turn < 3; turn++) {
                GenerationResult found = turns.answer(greedy(text, 9), (_, _) -> true).result();
                assertThat(found.ids()).as("turn " + turn).isEqualTo(alone(decoder, text));
                text.addAll(found.ids());
                text.addAll(list(Models.ids(5, turn + 2)));
            }
        }
    }

    @Test
    void readsOnlyWhatIsNew() {
        try (Decoder decoder = Models.reference("llama");
                TurnGenerator turns = TurnGenerator.open(decoder, 100)) {
            List<Integer> text = list(Models.ids(12, 1));
            TurnGenerator.Answer first = turns.answer(greedy(text, 9), (_, _) -> true);
            assertThat(first.reusedTokens()).isZero();
            text.addAll(first.result().ids());
            text.addAll(List.of(7, 8));
            // The last token of an answer is never read.
            assertThat(turns.answer(greedy(text, 9), (_, _) -> true).reusedTokens())
                    .isEqualTo(12 + 8);
        }
    }

    @Test
    void goesBackToWhereTwoPromptsPart() {
        try (Decoder decoder = Models.reference("llama");
                TurnGenerator turns = TurnGenerator.open(decoder, 100)) {
            List<Integer> text = list(Models.ids(12, 1));
            turns.answer(greedy(text, 9), (_, _) -> true);
            List<Integer> other = new ArrayList<>(text.subList(0, 6));
            other.addAll(List.of(99, 98, 97));
            TurnGenerator.Answer answer = turns.answer(greedy(other, 9), (_, _) -> true);
            assertThat(answer.reusedTokens()).isEqualTo(6);
            assertThat(answer.result().ids()).isEqualTo(alone(decoder, other));
            assertThat(turns.answer(greedy(other, 9), (_, _) -> true).reusedTokens()).isEqualTo(8);
        }
    }

    @Test
    void refusesWhatIsLongerThanItsLimit() {
        try (Decoder decoder = Models.reference("llama");
                TurnGenerator turns = TurnGenerator.open(decoder, 20)) {
            assertThatThrownBy(
                            () -> turns.answer(greedy(list(Models.ids(12, 1)), 10), (_, _) -> true))
                    .isInstanceOf(AttuneException.class)
                    .hasMessageContaining(
                            "12 tokens and max_new_tokens is 10; together they may be 21");
        }
    }

    private static List<Integer> alone(Decoder decoder, List<Integer> prompt) {
        return TokenGenerator.of(decoder).generate(List.of(greedy(prompt, 9))).getFirst().ids();
    }

    private static GenerationRequest greedy(List<Integer> prompt, int maxNewTokens) {
        return new GenerationRequest(prompt, SamplingConfig.greedy(maxNewTokens));
    }

    private static List<Integer> list(int[] ids) {
        return new ArrayList<>(Arrays.stream(ids).boxed().toList());
    }
}
