package dev.attune.train;

import dev.attune.train.LearningRateSchedule.Span;

import java.util.List;
import java.util.OptionalDouble;

/// Turns `lr_scheduler_kwargs` into a [Curve], with transformers' names and defaults.
final class CurveArguments {
    private static final String LINEAR = "linear";
    private static final String COSINE = "cosine";
    private static final String ONE_MINUS_SQRT = "1-sqrt";

    private final Span span;
    private final NamedArguments given;

    CurveArguments(Span span, NamedArguments given) {
        this.span = span;
        this.given = given;
    }

    Curve read(SchedulerType type) {
        return switch (type) {
            case LINEAR -> new Curve.Linear();
            case COSINE -> new Curve.Cosine(numCycles(), 0);
            case COSINE_WITH_RESTARTS -> restarts();
            case POLYNOMIAL -> polynomial();
            case CONSTANT -> new Curve.Constant();
            case CONSTANT_WITH_WARMUP -> new Curve.ConstantWithWarmup();
            case INVERSE_SQRT -> inverseSqrt();
            case COSINE_WITH_MIN_LR -> new Curve.Cosine(numCycles(), minRate());
            case COSINE_WARMUP_WITH_MIN_LR ->
                    new Curve.CosineAhead(numCycles(), minRate(), warmupStart());
            case WARMUP_STABLE_DECAY -> warmupStableDecay();
        };
    }

    private double numCycles() {
        return given.notNegative("num_cycles", 0.5);
    }

    private Curve restarts() {
        int cycles = given.count("num_cycles").orElse(1);
        if (cycles == 0) {
            throw given.wrong("num_cycles", cycles, "at least 1");
        }
        return new Curve.CosineWithRestarts(cycles);
    }

    private Curve polynomial() {
        double lrEnd = given.notNegative("lr_end", 1e-7);
        if (lrEnd >= span.learningRate()) {
            throw given.wrong("lr_end", lrEnd, "less than learning_rate, " + span.learningRate());
        }
        return new Curve.Polynomial(lrEnd, given.notNegative("power", 1));
    }

    private Curve inverseSqrt() {
        double otherwise = span.warmupSteps() == 0 ? 10_000 : span.warmupSteps();
        double timescale = given.number("timescale", otherwise);
        if (timescale <= 0) {
            throw given.wrong("timescale", timescale, "above 0");
        }
        return new Curve.InverseSqrt(timescale);
    }

    private double minRate() {
        var rate = given.number("min_lr");
        var share = given.number("min_lr_rate");
        if (rate.isPresent() == share.isPresent()) {
            throw given.missing("either min_lr or min_lr_rate, and not both");
        }
        return share.orElseGet(() -> rate.orElseThrow() / span.learningRate());
    }

    private OptionalDouble warmupStart() {
        return given.number("warmup_lr_rate").stream().mapToDouble(rate -> rate).findFirst();
    }

    private Curve warmupStableDecay() {
        int decaySteps =
                given.count("num_decay_steps").orElseThrow(() -> given.missing("num_decay_steps"));
        int stableSteps =
                given.count("num_stable_steps")
                        .orElse(span.maxSteps() - span.warmupSteps() - decaySteps);
        if (stableSteps < 0) {
            throw given.wrong(
                    "num_decay_steps",
                    decaySteps,
                    "at most max_steps - warmup_steps, %d"
                            .formatted(span.maxSteps() - span.warmupSteps()));
        }
        return new Curve.WarmupStableDecay(
                stableSteps,
                decaySteps,
                slope("warmup_type", LINEAR),
                slope("decay_type", COSINE),
                given.notNegative("min_lr_ratio", 0),
                numCycles());
    }

    private Curve.Slope slope(String name, String otherwise) {
        return switch (given.oneOf(name, List.of(LINEAR, COSINE, ONE_MINUS_SQRT), otherwise)) {
            case LINEAR -> Curve.Slope.LINEAR;
            case COSINE -> Curve.Slope.COSINE;
            default -> Curve.Slope.ONE_MINUS_SQRT;
        };
    }
}
