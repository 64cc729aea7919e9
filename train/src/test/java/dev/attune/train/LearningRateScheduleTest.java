package dev.attune.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.base.AttuneException;
import dev.attune.train.LearningRateSchedule.Span;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

import java.util.Map;

class LearningRateScheduleTest {
    private static final Span SPAN = new Span(1e-3, 6, 50);

    @Property(tries = 200)
    void noScheduleLeavesTheRangeFromZeroToThePeak(
            @ForAll SchedulerType type,
            @ForAll @IntRange(max = 40) int warmupSteps,
            @ForAll @IntRange(max = 120) int maxSteps) {
        Span span = new Span(2e-4, warmupSteps, Math.max(maxSteps, warmupSteps + 1));
        LearningRateSchedule schedule =
                LearningRateSchedule.of(type.recipeName(), span, needed(type));
        for (int step = 0; step <= span.maxSteps(); step++) {
            assertThat(schedule.rate(step)).isBetween(0.0, 2e-4 * (1 + 1e-15));
        }
    }

    private static Map<String, ?> needed(SchedulerType type) {
        return switch (type) {
            case COSINE_WITH_MIN_LR, COSINE_WARMUP_WITH_MIN_LR -> Map.of("min_lr", 1e-5);
            case WARMUP_STABLE_DECAY -> Map.of("num_decay_steps", 1);
            case LINEAR,
                    COSINE,
                    COSINE_WITH_RESTARTS,
                    POLYNOMIAL,
                    CONSTANT,
                    CONSTANT_WITH_WARMUP,
                    INVERSE_SQRT ->
                    Map.of();
        };
    }

    @Test
    void theCosineThatWarmsUpAboveZeroBeginsAtItsShareAndEndsAtItsFloor() {
        Map<String, ?> arguments = Map.of("min_lr_rate", 0.1, "warmup_lr_rate", 0.25);
        var schedule = LearningRateSchedule.of("cosine_warmup_with_min_lr", SPAN, arguments);
        assertThat(schedule.rate(0)).isEqualTo(2.5e-4);
        assertThat(schedule.rate(5)).isEqualTo(1e-3);
        assertThat(schedule.rate(49)).isCloseTo(1e-4, Offset.offset(1e-18));
        var byStep =
                LearningRateSchedule.of(
                        "cosine_warmup_with_min_lr", SPAN, Map.of("min_lr_rate", 0.1));
        assertThat(byStep.rate(0)).isEqualTo(1e-3 * (1 / 6.0));
    }

    @Test
    void anUnknownNameIsRefusedWithTheNearest() {
        refused("cosin", Map.of(), "Unknown lr_scheduler_type 'cosin'", "Did you mean cosine?");
        refused(
                "reduce_lr_on_plateau",
                Map.of(),
                "follows a metric instead of the step",
                "Use cosine or linear.");
    }

    @Test
    void anUnknownArgumentIsRefusedWithTheNearest() {
        refused(
                "cosine",
                Map.of("num_cycle", 2),
                "lr_scheduler_type cosine has no argument 'num_cycle'; it knows num_cycles.",
                "Did you mean num_cycles?");
        refused("linear", Map.of("power", 2), "has no argument 'power'; it knows none.");
    }

    @Test
    void argumentsOfTheWrongTypeOrRangeAreRefused() {
        refused(
                "cosine",
                Map.of("num_cycles", "two"),
                "num_cycles of lr_scheduler_type cosine is two, expected a number.");
        refused(
                "cosine_with_restarts",
                Map.of("num_cycles", 1.5),
                "expected a whole number from 0");
        refused("cosine_with_restarts", Map.of("num_cycles", 0), "is 0, expected at least 1.");
        refused("polynomial", Map.of("lr_end", 0.01), "expected less than learning_rate, 0.001.");
        refused("inverse_sqrt", Map.of("timescale", 0), "expected above 0.");
        refused("cosine", Map.of("num_cycles", -1), "is -1.0, expected at least 0.");
        refused(
                "warmup_stable_decay",
                Map.of("num_decay_steps", 12, "decay_type", "square"),
                "is square, expected one of: linear, cosine, 1-sqrt.");
    }

    @Test
    void whatAScheduleNeedsMustBeThere() {
        refused("warmup_stable_decay", Map.of(), "needs num_decay_steps.");
        refused(
                "warmup_stable_decay",
                Map.of("num_decay_steps", 45),
                "num_decay_steps of lr_scheduler_type warmup_stable_decay is 45, expected at most"
                        + " max_steps - warmup_steps, 44.");
        refused(
                "cosine_with_min_lr",
                Map.of(),
                "needs either min_lr or min_lr_rate, and not both.");
        refused(
                "cosine_with_min_lr",
                Map.of("min_lr", 0, "min_lr_rate", 0),
                "needs either min_lr or min_lr_rate, and not both.");
    }

    @Test
    void aSpanOfImpossibleNumbersIsRefused() {
        assertThatThrownBy(() -> new Span(Double.NaN, 0, 1))
                .hasMessage("learning_rate is NaN, expected at least 0.");
        assertThatThrownBy(() -> new Span(1, -1, 1))
                .hasMessage("warmup_steps is -1 and max_steps is 1, expected at least 0.");
    }

    private static void refused(String name, Map<String, ?> arguments, String... parts) {
        assertThatThrownBy(() -> LearningRateSchedule.of(name, SPAN, arguments))
                .isInstanceOf(AttuneException.class)
                .message()
                .contains(parts);
    }
}
