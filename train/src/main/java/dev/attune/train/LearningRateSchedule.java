package dev.attune.train;

import dev.attune.base.AttuneException;

import java.util.Map;

/// The learning rate of each optimizer step, by transformers' names and formulas.
///
/// ```
/// rate(step) = learning_rate · factor(step)        steps count from 0
///
///    1 ┤    ╭─────────────╮         warmup_stable_decay
///      │   ╱ ╲╲            ╲
///      │  ╱    ╲  ╲         ╲       cosine, linear
///      │ ╱       ╲__   ╲     ╲
///    0 ┼╱────────────╲────╲───╲──
///      0   warmup_steps       max_steps
/// ```
///
/// A pure function of the step: a resumed run needs no state of it.
///
/// @param span the run it stretches over
/// @param curve its form
public record LearningRateSchedule(Span span, Curve curve) {
    /// The run a schedule stretches over.
    ///
    /// @param learningRate the peak
    /// @param warmupSteps for how many steps the rate grows, see [Warmup]
    /// @param maxSteps all optimizer steps of the run
    public record Span(double learningRate, int warmupSteps, int maxSteps) {
        /// Checks the numbers.
        public Span {
            if (!(learningRate >= 0 && learningRate < Double.POSITIVE_INFINITY)) {
                throw AttuneException.user(
                        "learning_rate is " + learningRate + ", expected at least 0.");
            }
            if (warmupSteps < 0 || maxSteps < 0) {
                throw AttuneException.user(
                        "warmup_steps is %d and max_steps is %d, expected at least 0."
                                .formatted(warmupSteps, maxSteps));
            }
        }

        /// How far `step` is from the end of the warm-up to the end of the run; beyond 1 after it.
        double progress(int step) {
            return (step - warmupSteps) / (double) decaySteps();
        }

        /// The steps after the warm-up, at least one.
        int decaySteps() {
            return Math.max(1, maxSteps - warmupSteps);
        }

        /// How much of the warm-up is done.
        double warmth(int step) {
            return step / (double) Math.max(1, warmupSteps);
        }
    }

    /// The schedule of that name.
    ///
    /// @param name `lr_scheduler_type`
    /// @param arguments `lr_scheduler_kwargs`
    /// @throws AttuneException if the name or an argument is unknown, of the wrong type or out of
    ///   range, or a needed one is missing
    public static LearningRateSchedule of(String name, Span span, Map<String, ?> arguments) {
        SchedulerType type = SchedulerType.named(name);
        NamedArguments read = new NamedArguments("lr_scheduler_type " + name, arguments);
        Curve curve = new CurveArguments(span, read).read(type);
        read.refuseOthers();
        return new LearningRateSchedule(span, curve);
    }

    /// The rate of optimizer step `step`, counted from 0.
    public double rate(int step) {
        return span.learningRate * curve.factor(span, step);
    }
}
