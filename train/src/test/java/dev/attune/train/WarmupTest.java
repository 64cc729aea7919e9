package dev.attune.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class WarmupTest {
    @Test
    void stepsWinOverTheRatioAndShareIsRoundedUp() {
        assertThat(Warmup.steps(0, 0, 100)).isZero();
        assertThat(Warmup.steps(7, 0.5, 100)).isEqualTo(7);
        assertThat(Warmup.steps(0, 0.03, 110)).isEqualTo(4);
        assertThat(Warmup.steps(0.1, 0, 25)).isEqualTo(3);
    }

    @Test
    void numbersThatAreNeitherStepsNorSharesAreRefused() {
        assertThatThrownBy(() -> Warmup.steps(1.5, 0, 10))
                .hasMessageContaining("warmup_steps is 1.5, expected a whole number from 0")
                .hasMessageContaining("fix  A share of the run is warmup_ratio.");
        assertThatThrownBy(() -> Warmup.steps(-1, 0, 10)).hasMessageContaining("is -1.0");
        assertThatThrownBy(() -> Warmup.steps(0, 1.5, 10))
                .hasMessage("warmup_ratio is 1.5, expected from 0 to 1.");
    }
}
