package dev.attune.train;

import dev.attune.train.LearningRateSchedule.Span;

import java.util.OptionalDouble;

/// The form of a [LearningRateSchedule]: what the peak is multiplied by at each step.
public sealed interface Curve {
    /// The factor of step `step`, counted from 0.
    double factor(Span span, int step);

    /// No warm-up and no decay.
    record Constant() implements Curve {
        @Override
        public double factor(Span span, int step) {
            return 1;
        }
    }

    /// A warm-up and no decay.
    record ConstantWithWarmup() implements Curve {
        @Override
        public double factor(Span span, int step) {
            return step < span.warmupSteps() ? span.warmth(step) : 1;
        }
    }

    /// Straight down.
    record Linear() implements Curve {
        @Override
        public double factor(Span span, int step) {
            return step < span.warmupSteps()
                    ? span.warmth(step)
                    : Math.max(0, (span.maxSteps() - step) / (double) span.decaySteps());
        }
    }

    /// A cosine down to a floor.
    ///
    /// @param numCycles waves over the run; half of one only falls
    /// @param floor the least factor
    record Cosine(double numCycles, double floor) implements Curve {
        @Override
        public double factor(Span span, int step) {
            return step < span.warmupSteps()
                    ? span.warmth(step)
                    : above(floor, wave(numCycles, span.progress(step)));
        }
    }

    /// Half a wave down, again and again from the top; 0 after the end.
    ///
    /// @param numCycles how often
    record CosineWithRestarts(int numCycles) implements Curve {
        @Override
        public double factor(Span span, int step) {
            if (step < span.warmupSteps()) {
                return span.warmth(step);
            }
            double progress = span.progress(step);
            return progress >= 1 ? 0 : Math.max(0, wave(0.5, numCycles * progress % 1));
        }
    }

    /// A cosine down to a floor, one step ahead of [Cosine], so that no step is taken at rate 0.
    ///
    /// @param numCycles waves over the run; half of one only falls
    /// @param floor the least factor
    /// @param start the factor at which the warm-up begins, by default one step of it
    record CosineAhead(double numCycles, double floor, OptionalDouble start) implements Curve {
        @Override
        public double factor(Span span, int step) {
            if (step < span.warmupSteps()) {
                double from = start.orElse(0);
                return start.isPresent()
                        ? from + (1 - from) * step / Math.max(1, span.warmupSteps() - 1)
                        : span.warmth(step + 1);
            }
            return above(floor, wave(numCycles, span.progress(step + 1)));
        }
    }

    /// A power down to a rate.
    ///
    /// @param lrEnd the rate at the end and after it
    /// @param power 1 for a straight line
    record Polynomial(double lrEnd, double power) implements Curve {
        @Override
        public double factor(Span span, int step) {
            if (step < span.warmupSteps()) {
                return span.warmth(step);
            }
            if (step > span.maxSteps()) {
                return lrEnd / span.learningRate();
            }
            double remaining = 1 - span.progress(step);
            double above = (span.learningRate() - lrEnd) * Math.pow(remaining, power);
            return (above + lrEnd) / span.learningRate();
        }
    }

    /// One over the root of the step.
    ///
    /// @param timescale steps after which the rate is 1/√2 of the peak, counted from the warm-up
    record InverseSqrt(double timescale) implements Curve {
        @Override
        public double factor(Span span, int step) {
            if (step < span.warmupSteps()) {
                return span.warmth(step);
            }
            double shift = timescale - span.warmupSteps();
            return 1 / Math.sqrt((step + shift) / timescale);
        }
    }

    /// Up, level, down, and level at the floor.
    ///
    /// @param stableSteps at the peak
    /// @param decaySteps on the way down
    /// @param warmup the form of the way up
    /// @param decay the form of the way down
    /// @param floor the least factor, where the way up begins too
    /// @param numCycles waves of a cosine decay; half of one only falls
    record WarmupStableDecay(
            int stableSteps,
            int decaySteps,
            Slope warmup,
            Slope decay,
            double floor,
            double numCycles)
            implements Curve {
        @Override
        public double factor(Span span, int step) {
            if (step < span.warmupSteps()) {
                // The way up is a way down seen from its end; a cosine has half a wave there.
                return above(floor, warmup.down(1 - span.warmth(step), 0.5));
            }
            int after = step - span.warmupSteps() - stableSteps;
            if (after < 0) {
                return 1;
            }
            return after < decaySteps
                    ? above(floor, decay.down(after / (double) decaySteps, numCycles))
                    : floor;
        }
    }

    /// How [WarmupStableDecay] goes from 1 to 0.
    enum Slope {
        LINEAR,
        COSINE,
        ONE_MINUS_SQRT;

        private double down(double progress, double numCycles) {
            return switch (this) {
                case LINEAR -> 1 - progress;
                case COSINE -> wave(numCycles, progress);
                case ONE_MINUS_SQRT -> 1 - Math.sqrt(progress);
            };
        }
    }

    private static double wave(double numCycles, double progress) {
        return 0.5 * (1 + Math.cos(Math.PI * numCycles * 2 * progress));
    }

    private static double above(double floor, double factor) {
        return Math.max(0, factor * (1 - floor) + floor);
    }
}
