package dev.attune.train;

import dev.attune.base.AttuneException;
import dev.attune.format.IoFault;
import dev.attune.model.Adapter;
import dev.attune.model.Decoder;
import dev.attune.model.DecoderConfig;
import dev.attune.model.ModelFolder;
import dev.attune.model.Regularization;
import dev.attune.tensor.Device;
import dev.attune.tensor.Generator;
import dev.attune.tensor.Libtorch;
import dev.attune.tensor.Optimizer;
import dev.attune.tensor.OptimizerRule;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Seed;
import dev.attune.text.ChatFormat;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// All that a run has in hand while it trains: format, rows, model, what moves and how. Made from
/// the recipe alone, so that a run that goes on starts from the very same things.
///
/// Whoever opens it closes it. One thread.
final class TrainingSession implements AutoCloseable {
    private final Deque<AutoCloseable> owned = new ArrayDeque<>();
    private final Recipe recipe;
    private final RunFolder folder;
    private final TrainingHost host;
    private final StepSeeds seeds;
    private final ChatFormat format;
    private final RunData data;
    private final Decoder decoder;
    private final TrainedWeights weights;
    private final Optimizer optimizer;

    private TrainingSession(Recipe recipe, RunFolder folder, TrainingHost host) {
        this.recipe = recipe;
        this.folder = folder;
        this.host = host;
        this.seeds = new StepSeeds(new Seed(recipe.seed()));
        try {
            format =
                    own(
                            ChatFormat.loadOrPlain(
                                    host.base(), recipe.model().chatTemplate(), host.now()));
            DecoderConfig config = ModelFolder.read(host.base()).config();
            data =
                    own(
                            RunData.open(
                                    new RunData.Source(
                                            recipe,
                                            format,
                                            config.vocabSize(),
                                            config.maxPositionEmbeddings(),
                                            folder.tokens(),
                                            host)));
            tellOfTemplate();
            own(Scope.open("training"));
            decoder = own(Decoder.load(host.base(), recipe.model().dtype(), Device.CPU));
            weights = fresh();
            optimizer = own(new Optimizer(rule(), WeightDecay.groups(weights.parameters())));
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /// Says where what is learned and how the model will be talked to are not as one may think.
    private void tellOfTemplate() {
        boolean templated = data.templatedRows() > 0;
        if (format.isPlain() && templated) {
            host.notes()
                    .accept(
                            "The model has no chat template: conversations are written with plain"
                                    + " headings, see chat_template.jinja beside the result.");
        }
        if (!format.isPlain() && format.hasTemplate() && !templated) {
            host.notes()
                    .accept(
                            "The model has a chat template and the rows are not written by it: they"
                                    + " are learned as they stand, while a chat uses the template."
                                    + " attune data convert FILE --to messages -o OUT makes"
                                    + " conversations of them.");
        }
    }

    /// Whether the result has a chat template that its base has not: the plain one where rows were
    /// written with it, or one that the recipe gives.
    boolean bringsTemplate() {
        return format.isPlain()
                ? data.templatedRows() > 0
                : recipe.model().chatTemplate().isPresent();
    }

    /// Prepares a run: reads the data, loads the model, draws the first weights of an adapter.
    ///
    /// @throws AttuneException with what is wrong with data, recipe or model
    static TrainingSession open(Recipe recipe, RunFolder folder, TrainingHost host) {
        return new TrainingSession(recipe, folder, host);
    }

    private <T extends AutoCloseable> T own(T closeable) {
        owned.push(closeable);
        return closeable;
    }

    private TrainedWeights fresh() {
        return switch (recipe.objective().tuning()) {
            case LORA -> {
                Adapter adapter;
                try (Generator generator = Generator.seeded(seeds.adapter())) {
                    adapter = own(Adapter.fresh(recipe.lora().config(), decoder, generator));
                }
                adapter.attach();
                yield new TrainedWeights.OfAdapter(
                        adapter,
                        adapter.train(),
                        recipe.model().modelNameOrPath(),
                        recipe.lora().loraDropout());
            }
            case FULL -> {
                List<Parameter> all = decoder.parameters();
                all.forEach(parameter -> parameter.train(true));
                yield new TrainedWeights.OfModel(
                        decoder, all, new ModelConfigJson(host.base().resolve("config.json")));
            }
        };
    }

    private OptimizerRule rule() {
        Recipe.Optimizer of = recipe.optimizer();
        OptimizerKind kind = OptimizerKind.named(of.optim());
        Map<String, Object> arguments =
                kind == OptimizerKind.SGD || kind == OptimizerKind.RMSPROP
                        ? Map.of("momentum", of.momentum())
                        : Map.of();
        return kind.rule(
                new OptimizerSettings(
                        of.adamBeta1(),
                        of.adamBeta2(),
                        of.adamEpsilon(),
                        of.weightDecay(),
                        arguments));
    }

    /// The learning rate of each step.
    LearningRateSchedule schedule() {
        Recipe.Schedule schedule = recipe.schedule();
        int steps = Math.toIntExact(plan().steps());
        int warmup = Warmup.steps(schedule.warmupSteps(), schedule.warmupRatio(), steps);
        return LearningRateSchedule.of(
                schedule.lrSchedulerType(),
                new LearningRateSchedule.Span(schedule.learningRate(), warmup, steps),
                schedule.lrSchedulerKwargs());
    }

    /// What the run is made from, for its manifest.
    RunManifest manifest() {
        Map<String, String> made = new LinkedHashMap<>();
        Libtorch libtorch = Libtorch.here();
        made.put("attune", host.version());
        made.put("java", String.valueOf(Runtime.version()));
        made.put("libtorch", libtorch.version() + " " + libtorch.cpuCapability());
        made.put("threads", Integer.toString(libtorch.threads()));
        made.put("base", recipe.model().modelNameOrPath());
        BaseFingerprint.of(host.base())
                .forEach((name, sha256) -> made.put("base " + name + " sha256", sha256));
        made.put("tokenizer and template", format.key());
        made.putAll(data.keys());
        try {
            made.put("recipe.yaml sha256", BaseFingerprint.hash(folder.recipeFile()));
        } catch (IOException e) {
            throw IoFault.reading(folder.recipeFile(), e);
        }
        Map<String, Long> numbers = new LinkedHashMap<>();
        TrainRows epoch = data.epochs().of(0);
        numbers.put("train_rows", (long) epoch.rows());
        numbers.put("train_tokens", epoch.tokens());
        numbers.put("trained_tokens", epoch.trainedTokens());
        data.heldOut().ifPresent(rows -> numbers.put("eval_rows", (long) rows.rows()));
        numbers.put("row_length", (long) plan().rowLength());
        numbers.put("gradient_accumulation_steps", (long) plan().accumulation());
        numbers.put("steps_per_epoch", plan().stepsPerEpoch());
        numbers.put("steps", plan().steps());
        return new RunManifest(host.now(), made, numbers);
    }

    Recipe recipe() {
        return recipe;
    }

    RunFolder folder() {
        return folder;
    }

    TrainingHost host() {
        return host;
    }

    StepSeeds seeds() {
        return seeds;
    }

    ChatFormat format() {
        return format;
    }

    RunData data() {
        return data;
    }

    RunPlan plan() {
        return data.plan();
    }

    Decoder decoder() {
        return decoder;
    }

    /// What is learned, with the dropout and the noise of the recipe.
    TokenLoss loss() {
        double dropout =
                recipe.objective().tuning() == Recipe.Tuning.LORA ? recipe.lora().loraDropout() : 0;
        return new TokenLoss(
                decoder,
                new Regularization(dropout, recipe.batches().neftuneNoiseAlpha()),
                recipe.batches().gradientCheckpointing());
    }

    TrainedWeights weights() {
        return weights;
    }

    Optimizer optimizer() {
        return optimizer;
    }

    Checkpoints checkpoints() {
        return new Checkpoints(folder, weights, optimizer, recipe.seed());
    }

    @Override
    public void close() {
        while (!owned.isEmpty()) {
            try {
                owned.pop().close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
