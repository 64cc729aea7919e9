package dev.attune.train;

import dev.attune.data.ColumnMapping;
import dev.attune.data.RowSource;
import dev.attune.data.TooLong;
import dev.attune.model.LoraConfig;
import dev.attune.tensor.Dtype;
import dev.attune.text.TrainOn;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// What a run is to do, in full: which model, which data, what trains and how.
///
/// Each component is a key of [RecipeKeys], where the meaning, the range and the default of every
/// key stand. A recipe that exists is valid by itself; whether its files exist is for who opens
/// them. Immutable, for any thread.
///
/// @param model what is tuned
/// @param data what it is tuned on
/// @param objective what is learned, and which weights learn it
/// @param lora the adapter; of no effect with [Tuning#FULL]
/// @param optimizer how weights move
/// @param schedule how fast they move over time
/// @param batches how much is learned, and in which portions
/// @param intervals when the run reports, judges and saves
/// @param stopping which checkpoint wins
/// @param seed fixes order, dropout and noise
/// @param outputDir the run folder
public record Recipe(
        Base model,
        Data data,
        Objective objective,
        Lora lora,
        Optimizer optimizer,
        Schedule schedule,
        Batches batches,
        Intervals intervals,
        Stopping stopping,
        long seed,
        Path outputDir) {

    /// Checks every key's range and what contradicts what.
    ///
    /// @throws dev.attune.base.AttuneException with all that is wrong
    public Recipe(
            Base model,
            Data data,
            Objective objective,
            Lora lora,
            Optimizer optimizer,
            Schedule schedule,
            Batches batches,
            Intervals intervals,
            Stopping stopping,
            long seed,
            Path outputDir) {
        this.model = model;
        this.data = data;
        this.objective = objective;
        this.lora = lora;
        this.optimizer = optimizer;
        this.schedule = schedule;
        this.batches = batches;
        this.intervals = intervals;
        this.stopping = stopping;
        this.seed = seed;
        this.outputDir = outputDir;
        RecipeRules.check(this);
    }

    /// The same with other sources: of one that is named by a branch, the commit, say.
    public Recipe withSources(UnaryOperator<RowSource> change) {
        var changed =
                new Data(
                        data.data.stream().map(change).toList(),
                        data.evalData.stream().map(change).toList(),
                        data.columns,
                        data.evalSplit,
                        data.maxLength,
                        data.packing,
                        data.tooLong,
                        data.trainOn);
        return new Recipe(
                model, changed, objective, lora, optimizer, schedule, batches, intervals, stopping,
                seed, outputDir);
    }

    /// How the loss is made.
    public enum Method {
        /// Supervised: the tokens of given answers.
        SFT
    }

    /// Which weights train.
    public enum Tuning {
        /// A low-rank adapter beside frozen weights.
        LORA,
        /// All weights.
        FULL
    }

    /// The model that is tuned.
    ///
    /// @param modelNameOrPath `starter`, a folder, or `hf:owner/name[@revision]`
    /// @param chatTemplate a Jinja file in place of the model's own template
    /// @param dtype of frozen weights and of arithmetic
    public record Base(String modelNameOrPath, Optional<Path> chatTemplate, Dtype dtype) {}

    /// The rows and what is learned of them.
    ///
    /// @param data where rows come from
    /// @param evalData where held-out rows come from
    /// @param columns the names that columns have in sources that do not say their own
    /// @param evalSplit the share of `data` that is held out
    /// @param maxLength tokens of the longest row
    /// @param packing whether short rows share a batch row
    /// @param tooLong what becomes of longer rows
    /// @param trainOn which messages are learned
    public record Data(
            List<RowSource> data,
            List<RowSource> evalData,
            ColumnMapping columns,
            double evalSplit,
            int maxLength,
            boolean packing,
            TooLong tooLong,
            TrainOn trainOn) {
        /// Copies the lists.
        public Data {
            data = List.copyOf(data);
            evalData = List.copyOf(evalData);
        }

        /// Whether any row is held out.
        public boolean holdsOut() {
            return evalSplit > 0 || !evalData.isEmpty();
        }

        /// [#data], each with its columns.
        List<RowSource> sources() {
            return data.stream().map(source -> source.orColumns(columns)).toList();
        }

        /// [#evalData], each with its columns.
        List<RowSource> evalSources() {
            return evalData.stream().map(source -> source.orColumns(columns)).toList();
        }
    }

    /// What is learned, and by which weights.
    public record Objective(Method method, Tuning tuning) {}

    /// The adapter.
    ///
    /// @param size rank and strength
    /// @param loraDropout the share of inputs that the adapter does not see in a step
    /// @param where which layers
    /// @param bias which biases train: `none`, `lora_only`, `all`
    /// @param modulesToSave layers that are trained whole
    /// @param scaling rsLoRA or not, DoRA or not
    public record Lora(
            Size size,
            double loraDropout,
            Where where,
            String bias,
            List<String> modulesToSave,
            LoraConfig.Scaling scaling) {
        /// Copies the list.
        public Lora {
            modulesToSave = List.copyOf(modulesToSave);
        }

        /// The same in the model's words. The dropout is the loop's.
        public LoraConfig config() {
            return new LoraConfig(
                    size.r,
                    size.loraAlpha,
                    scaling,
                    where.targets(),
                    size.rankPattern,
                    size.alphaPattern,
                    modulesToSave,
                    bias);
        }
    }

    /// Rank and strength, with those of single layers.
    public record Size(
            int r,
            double loraAlpha,
            Map<String, Integer> rankPattern,
            Map<String, Double> alphaPattern) {
        /// Copies the maps in their order: of several expressions that match, the first counts.
        public Size {
            rankPattern = Collections.unmodifiableMap(new LinkedHashMap<>(rankPattern));
            alphaPattern = Collections.unmodifiableMap(new LinkedHashMap<>(alphaPattern));
        }
    }

    /// Which layers have an adapter.
    public record Where(
            RecipeModules targetModules,
            RecipeModules excludeModules,
            List<Integer> layersToTransform) {
        /// Copies the list.
        public Where {
            layersToTransform = List.copyOf(layersToTransform);
        }

        private LoraConfig.Targets targets() {
            return new LoraConfig.Targets(
                    targetModules.names(),
                    targetModules.pattern(),
                    layersToTransform,
                    excludeModules.names(),
                    excludeModules.pattern());
        }
    }

    /// How weights move. Names are transformers'.
    public record Optimizer(
            String optim,
            double weightDecay,
            double adamBeta1,
            double adamBeta2,
            double adamEpsilon,
            double momentum,
            double maxGradNorm) {}

    /// How fast weights move over time. Names are transformers'.
    ///
    /// @param learningRate the peak
    /// @param lrSchedulerType the form
    /// @param lrSchedulerKwargs its arguments: numbers (Double), flags and words
    /// @param warmupSteps steps of growth; 0 if the ratio decides
    /// @param warmupRatio the share of all steps that grow
    public record Schedule(
            double learningRate,
            String lrSchedulerType,
            Map<String, Object> lrSchedulerKwargs,
            int warmupSteps,
            double warmupRatio) {
        /// Copies the map.
        public Schedule {
            lrSchedulerKwargs = Collections.unmodifiableMap(new LinkedHashMap<>(lrSchedulerKwargs));
        }
    }

    /// How much is learned, and in which portions.
    ///
    /// @param numTrainEpochs passes over the data, in parts too
    /// @param maxSteps decides in place of the epochs if given
    /// @param perDeviceTrainBatchSize rows at a time
    /// @param gradientAccumulationSteps times that, for one move of the weights; none: see
    ///   [RunPlan]
    /// @param neftuneNoiseAlpha the noise on embeddings, 0 for none
    /// @param gradientCheckpointing whether memory is saved by computing twice
    public record Batches(
            double numTrainEpochs,
            Optional<Integer> maxSteps,
            int perDeviceTrainBatchSize,
            Optional<Integer> gradientAccumulationSteps,
            double neftuneNoiseAlpha,
            boolean gradientCheckpointing) {}

    /// After how many steps the run reports, judges and saves.
    ///
    /// @param evalSteps none: after each epoch
    /// @param evalRows none: all held-out rows
    /// @param saveSteps none: after each epoch
    /// @param saveTotalLimit none: all are kept
    public record Intervals(
            int loggingSteps,
            Optional<Integer> evalSteps,
            Optional<Integer> evalRows,
            Optional<Integer> saveSteps,
            Optional<Integer> saveTotalLimit) {}

    /// When a run ends before its last step, and which checkpoint wins.
    ///
    /// @param earlyStoppingPatience evaluations without a better loss; none: to the end
    /// @param earlyStoppingThreshold how much lower counts as better
    public record Stopping(
            Optional<Integer> earlyStoppingPatience,
            double earlyStoppingThreshold,
            boolean loadBestModelAtEnd) {}
}
