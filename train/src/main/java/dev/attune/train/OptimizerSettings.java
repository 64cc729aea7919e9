package dev.attune.train;

import java.util.Map;

/// The numbers of a recipe that make an optimizer, by transformers' names.
///
/// @param adamBeta1 `adam_beta1`, of AdamW and Lion
/// @param adamBeta2 `adam_beta2`, of AdamW and Lion
/// @param adamEpsilon `adam_epsilon`, of AdamW
/// @param weightDecay `weight_decay`, of all
/// @param optimArgs `optim_args`, by PyTorch's names: `momentum`, `nesterov`, `amsgrad`
public record OptimizerSettings(
        double adamBeta1,
        double adamBeta2,
        double adamEpsilon,
        double weightDecay,
        Map<String, ?> optimArgs) {
    /// Those of transformers' TrainingArguments.
    public static final OptimizerSettings DEFAULTS =
            new OptimizerSettings(0.9, 0.999, 1e-8, 0, Map.of());

    /// Copies the arguments.
    public OptimizerSettings {
        optimArgs = Map.copyOf(optimArgs);
    }
}
