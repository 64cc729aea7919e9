package dev.attune.train;

import static dev.attune.train.RecipeModelKeys.maybe;
import static dev.attune.train.RecipeModelKeys.whole;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The rows of [RecipeKeys] about optimization, its length and what a run reports.
final class RecipeTrainingKeys {
    private static final RecipeType FLAG = new RecipeType.Flag();
    private static final RecipeType COUNT = whole(1, Integer.MAX_VALUE, "a whole number from 1");
    private static final RecipeType POSITIVE =
            new RecipeType.Real(0, true, 1e9, "a number above 0");
    private static final RecipeType FROM_ZERO =
            new RecipeType.Real(0, false, 1e9, "a number from 0");
    private static final RecipeType BETA =
            new RecipeType.Real(0, false, Math.nextDown(1.0), "a number from 0 to below 1");
    private static final String QUANTISED_STATE =
            "state of 8 or 4 bits is not supported; adafactor needs little memory.";
    private static final RecipeType OPTIM =
            new RecipeType.Choice(
                    Arrays.stream(OptimizerKind.values()).map(OptimizerKind::recipeName).toList(),
                    optimAliases(),
                    Map.of(
                            "adamw_8bit", QUANTISED_STATE,
                            "adamw_bnb_8bit", QUANTISED_STATE,
                            "paged_adamw_8bit", QUANTISED_STATE,
                            "lion_8bit", QUANTISED_STATE,
                            "adamw_torch_4bit", QUANTISED_STATE,
                            "adamw_torch_8bit", QUANTISED_STATE,
                            "muon", "not there yet."));
    private static final RecipeType SCHEDULER =
            new RecipeType.Choice(
                    Arrays.stream(SchedulerType.values()).map(SchedulerType::recipeName).toList(),
                    Map.of("wsd", "warmup_stable_decay", "cosine_decay", "cosine"),
                    Map.of(
                            "reduce_lr_on_plateau", "it follows a metric instead of the step.",
                            "greedy", "it follows a metric instead of the step."));

    private RecipeTrainingKeys() {}

    /// Other trainers' words for an optimizer, beside those of transformers.
    private static Map<String, String> optimAliases() {
        Map<String, String> aliases = new TreeMap<>();
        for (OptimizerKind kind : OptimizerKind.values()) {
            kind.aliases().forEach(alias -> aliases.put(alias, kind.recipeName()));
        }
        aliases.put("adam", OptimizerKind.ADAMW.recipeName());
        aliases.put("torch.optim.AdamW", OptimizerKind.ADAMW.recipeName());
        aliases.put("torch.optim.SGD", OptimizerKind.SGD.recipeName());
        return aliases;
    }

    static List<RecipeKey> optimization() {
        return List.of(
                new RecipeKey(
                        "optim",
                        OPTIM,
                        "adamw_torch",
                        "The optimizer.",
                        "The most forgiving; `adafactor` and `lion_32bit` need less memory.",
                        r -> r.optimizer().optim()),
                new RecipeKey(
                        "learning_rate",
                        new RecipeType.Real(0, true, 10, "a number above 0 and at most 10"),
                        "2e-4",
                        "The peak of the learning rate. With `tuning: full` the default is 2e-5.",
                        "Usual for adapters; all weights bear a tenth of it.",
                        r -> r.schedule().learningRate()),
                new RecipeKey(
                        "lr_scheduler_type",
                        SCHEDULER,
                        "cosine",
                        "How the learning rate goes up and down.",
                        "Ends gently, and asks for nothing else.",
                        r -> r.schedule().lrSchedulerType()),
                new RecipeKey(
                        "lr_scheduler_kwargs",
                        new RecipeType.Table(
                                new RecipeType.Any("a number, a flag or a word"),
                                "names with numbers, flags or words"),
                        "{}",
                        "Its arguments, in transformers' names: `{num_cycles: 2}`.",
                        "The default schedule needs none.",
                        r -> r.schedule().lrSchedulerKwargs()),
                new RecipeKey(
                        "warmup_steps",
                        whole(0, Integer.MAX_VALUE, "a whole number from 0"),
                        "0",
                        "Steps in which the learning rate grows; in place of `warmup_ratio`.",
                        "A share fits runs of any length.",
                        r -> (long) r.schedule().warmupSteps()),
                new RecipeKey(
                        "warmup_ratio",
                        new RecipeType.Real(0, false, 1, "a share from 0 to 1"),
                        "0.03",
                        "The share of all steps in which it grows; 0 if `warmup_steps` is given.",
                        "Keeps the first steps, whose moments are guesses, small.",
                        r -> r.schedule().warmupRatio()));
    }

    static List<RecipeKey> optimizerDetails() {
        return List.of(
                new RecipeKey(
                        "weight_decay",
                        FROM_ZERO,
                        "0",
                        "How strongly weights are drawn to zero.",
                        "A short tuning hardly needs it.",
                        r -> r.optimizer().weightDecay()),
                new RecipeKey(
                        "adam_beta1",
                        BETA,
                        "0.9",
                        "AdamW and Lion: memory of the mean gradient.",
                        "The papers' value.",
                        r -> r.optimizer().adamBeta1()),
                new RecipeKey(
                        "adam_beta2",
                        BETA,
                        "0.999",
                        "AdamW and Lion: memory of its square.",
                        "The papers' value.",
                        r -> r.optimizer().adamBeta2()),
                new RecipeKey(
                        "adam_epsilon",
                        POSITIVE,
                        "1e-8",
                        "AdamW: keeps a small gradient from a large step.",
                        "The papers' value.",
                        r -> r.optimizer().adamEpsilon()),
                new RecipeKey(
                        "momentum",
                        BETA,
                        "0",
                        "SGD: how much of the last step is kept.",
                        "Plain SGD, as its name says; 0.9 is usual.",
                        r -> r.optimizer().momentum()),
                new RecipeKey(
                        "max_grad_norm",
                        FROM_ZERO,
                        "1.0",
                        "Longer gradients are shortened to this; 0 for never.",
                        "One odd row cannot spoil the weights.",
                        r -> r.optimizer().maxGradNorm()));
    }

    static List<RecipeKey> batches() {
        return List.of(
                new RecipeKey(
                        "num_train_epochs",
                        new RecipeType.Real(0, true, 10_000, "a number above 0"),
                        "3",
                        "Passes over the data, in parts too: 0.5.",
                        "Small data sets need a few; the held-out loss tells when to stop.",
                        r -> r.batches().numTrainEpochs()),
                new RecipeKey(
                        "max_steps",
                        maybe(COUNT),
                        "null",
                        "Moves of the weights; in place of the epochs.",
                        "Epochs fit data of any size.",
                        r -> longOf(r.batches().maxSteps())),
                new RecipeKey(
                        "per_device_train_batch_size",
                        COUNT,
                        "1",
                        "Rows at a time.",
                        "The least memory; packed rows are full.",
                        r -> (long) r.batches().perDeviceTrainBatchSize()),
                new RecipeKey(
                        "gradient_accumulation_steps",
                        maybe(COUNT),
                        "null",
                        "Batches for one move of the weights; each token counts alike. If null, 1"
                                + " to 8, so that an epoch has 25 moves where the data allow it.",
                        "A steady gradient on much data, and enough moves on little.",
                        r -> longOf(r.batches().gradientAccumulationSteps())),
                new RecipeKey(
                        "neftune_noise_alpha",
                        FROM_ZERO,
                        "0",
                        "NEFTune: noise on the embeddings in training; 5 is usual, 0 is none.",
                        "It helps open answers and harms exact ones.",
                        r -> r.batches().neftuneNoiseAlpha()),
                new RecipeKey(
                        "gradient_checkpointing",
                        FLAG,
                        "false",
                        "Whether layers are computed twice to save memory.",
                        "A small model has room; it costs a third more time.",
                        r -> r.batches().gradientCheckpointing()));
    }

    static List<RecipeKey> intervals() {
        return List.of(
                new RecipeKey(
                        "logging_steps",
                        COUNT,
                        "1",
                        "Steps between reports.",
                        "Steps on a CPU are slow enough to see each.",
                        r -> (long) r.intervals().loggingSteps()),
                new RecipeKey(
                        "eval_steps",
                        maybe(COUNT),
                        "null",
                        "Steps between evaluations on held-out rows; after each epoch if null.",
                        "Fits runs of any length.",
                        r -> longOf(r.intervals().evalSteps())),
                new RecipeKey(
                        "eval_rows",
                        maybe(COUNT),
                        "null",
                        "How many held-out rows are judged; all if null.",
                        "All are fair; a few hundred are quick.",
                        r -> longOf(r.intervals().evalRows())),
                new RecipeKey(
                        "save_steps",
                        maybe(COUNT),
                        "null",
                        "Steps between checkpoints; after each epoch if null.",
                        "Fits runs of any length.",
                        r -> longOf(r.intervals().saveSteps())),
                new RecipeKey(
                        "save_total_limit",
                        maybe(COUNT),
                        "2",
                        "How many checkpoints are kept, the best among them; all if null.",
                        "The best and the last, without filling the disk.",
                        r -> longOf(r.intervals().saveTotalLimit())),
                new RecipeKey(
                        "early_stopping_patience",
                        maybe(COUNT),
                        "null",
                        "Ends after so many evaluations without a lower loss.",
                        "The run does what was asked unless told otherwise.",
                        r -> longOf(r.stopping().earlyStoppingPatience())),
                new RecipeKey(
                        "early_stopping_threshold",
                        FROM_ZERO,
                        "0",
                        "How much lower a loss must be to count.",
                        "Any progress counts.",
                        r -> r.stopping().earlyStoppingThreshold()),
                new RecipeKey(
                        "load_best_model_at_end",
                        FLAG,
                        "false",
                        "Whether the checkpoint of the lowest held-out loss is the result, in place"
                                + " of the last.",
                        "It needs held-out rows.",
                        r -> r.stopping().loadBestModelAtEnd()));
    }

    static List<RecipeKey> run() {
        return List.of(
                new RecipeKey(
                        "seed",
                        whole(Long.MIN_VALUE, Long.MAX_VALUE, "a whole number"),
                        "42",
                        "Fixes order, dropout and noise: the same recipe gives the same run.",
                        "Any number does; this is the usual one.",
                        r -> r.seed()),
                new RecipeKey(
                        "output_dir",
                        new RecipeType.FilePath("a folder"),
                        "run",
                        "The run folder.",
                        "Beside the recipe, easy to find.",
                        r -> r.outputDir()));
    }

    private static Optional<Long> longOf(Optional<Integer> number) {
        return number.map(Integer::longValue);
    }
}
