package dev.attune.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.List;

class AttuneExceptionTest {
    @Test
    void tellsWhatWhereAndTheNextStepOnLinesOfTheirOwn() {
        var error =
                AttuneException.user("Cannot read a.json: empty.").at("a.json:1").fix("Fill it.");
        assertThat(error)
                .hasMessage("Cannot read a.json: empty.\n  at   a.json:1\n  fix  Fill it.");
        assertThat(error.kind().exitCode()).isEqualTo(2);
    }

    @Test
    void eachKindHasItsOwnExitCodeAndStatus() {
        assertThat(AttuneException.resources("x").kind().exitCode()).isEqualTo(3);
        assertThat(AttuneException.environment("x").kind().exitCode()).isEqualTo(4);
        assertThat(AttuneException.internal("x").kind().exitCode()).isEqualTo(70);
        assertThat(AttuneException.resources("x").kind().httpStatus()).isEqualTo(503);
    }

    @Test
    void problemsAreToldTogetherAndTheGravestKindWins() {
        var problems = new Problems("Cannot load m");
        problems.throwIfAny();
        problems.add(AttuneException.user("a is missing.").at("m/a"));
        problems.add(AttuneException.resources("no space."));
        assertThatThrownBy(problems::throwIfAny)
                .isInstanceOfSatisfying(
                        AttuneException.class,
                        e -> assertThat(e.kind()).isEqualTo(ErrorKind.RESOURCES))
                .hasMessage(
                        "Cannot load m: 2 problems.\n- a is missing.\n    at   m/a\n- no space.");
    }

    @Test
    void aSingleProblemIsThrownAsItIs() {
        var problems = new Problems("Cannot load m");
        problems.add(AttuneException.user("a is missing."));
        assertThatThrownBy(problems::throwIfAny).hasMessage("a is missing.");
    }

    @Test
    void theTwentyFirstProblemIsCountedNotListed() {
        var problems = new Problems("Cannot load m");
        for (int i = 0; i < 23; i++) {
            problems.add(AttuneException.user("p" + i));
        }
        assertThatThrownBy(problems::throwIfAny).message().endsWith("- p19\n- and 3 more");
    }

    @Test
    void nearestForgivesATypoAndASwapButNotAnotherWord() {
        var known = List.of("learning_rate", "lora_alpha", "r");
        assertThat(Nearest.to("lerning_rate", known)).contains("learning_rate");
        assertThat(Nearest.to("LORA_ALHPA", known)).contains("lora_alpha");
        assertThat(Nearest.to("optimizer", known)).isEmpty();
        assertThat(Nearest.distance("ab", "ba")).isEqualTo(1);
    }
}
