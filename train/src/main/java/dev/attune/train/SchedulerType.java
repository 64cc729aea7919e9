package dev.attune.train;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;

import java.util.Arrays;
import java.util.List;

/// The forms of a [LearningRateSchedule], by transformers' names (`lr_scheduler_type`).
public enum SchedulerType {
    /// The warm-up, then straight down to 0.
    LINEAR("linear"),
    /// The warm-up, then half a wave down to 0; `num_cycles`.
    COSINE("cosine"),
    /// The same wave several times, each from the top; `num_cycles`.
    COSINE_WITH_RESTARTS("cosine_with_restarts"),
    /// The warm-up, then a power down to `lr_end`; `power`.
    POLYNOMIAL("polynomial"),
    /// One rate from the first step; no warm-up.
    CONSTANT("constant"),
    /// The warm-up, then one rate.
    CONSTANT_WITH_WARMUP("constant_with_warmup"),
    /// The warm-up, then 1/√step; `timescale`.
    INVERSE_SQRT("inverse_sqrt"),
    /// Cosine down to `min_lr` or `min_lr_rate` times the peak; `num_cycles`.
    COSINE_WITH_MIN_LR("cosine_with_min_lr"),
    /// The same with a warm-up that does not begin at 0; `warmup_lr_rate`.
    COSINE_WARMUP_WITH_MIN_LR("cosine_warmup_with_min_lr"),
    /// Up, level, down; `num_decay_steps`, `num_stable_steps`, `warmup_type`, `decay_type`,
    /// `min_lr_ratio`, `num_cycles`.
    WARMUP_STABLE_DECAY("warmup_stable_decay");

    private static final List<String> NAMES =
            Arrays.stream(values()).map(SchedulerType::recipeName).toList();

    private final String recipeName;

    SchedulerType(String recipeName) {
        this.recipeName = recipeName;
    }

    /// The name in a recipe.
    public String recipeName() {
        return recipeName;
    }

    /// The form of that name.
    ///
    /// @throws AttuneException if there is none, with the nearest
    public static SchedulerType named(String name) {
        return Arrays.stream(values())
                .filter(type -> type.recipeName.equals(name))
                .findFirst()
                .orElseThrow(() -> refusal(name));
    }

    private static AttuneException refusal(String name) {
        if (name.equals("reduce_lr_on_plateau") || name.equals("greedy")) {
            return AttuneException.user(
                            "lr_scheduler_type "
                                    + name
                                    + " follows a metric instead of the step; that is not"
                                    + " supported.")
                    .fix("Use cosine or linear.");
        }
        AttuneException unknown =
                AttuneException.user(
                        "Unknown lr_scheduler_type '%s', expected one of: %s."
                                .formatted(name, String.join(", ", NAMES)));
        return Nearest.to(name, NAMES)
                .map(nearest -> unknown.fix("Did you mean " + nearest + "?"))
                .orElse(unknown);
    }
}
