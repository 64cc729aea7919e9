package dev.attune.train;

import dev.attune.base.AttuneException;
import dev.attune.data.ChatRowEncoder;
import dev.attune.data.ConversationExample;
import dev.attune.data.ExampleStream;
import dev.attune.data.Packer;
import dev.attune.data.Packing;
import dev.attune.data.RowSource;
import dev.attune.data.TokenCache;
import dev.attune.data.TokenJob;
import dev.attune.data.TokenRows;
import dev.attune.data.TokenisedData;
import dev.attune.tensor.Seed;
import dev.attune.text.ChatFormat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/// The rows of a run: tokenised, held out or not, packed, each with its fate.
///
/// ```
/// data, each source ──▶ tokens ──▶ held out? ──no──▶ drawn by weight, fitted, packed ──▶ train
///                                      └──────yes──▶          fitted, packed         ──▶ heldOut
/// eval_data         ──▶ tokens ───────────────────▶            the same              ──▶ heldOut
/// ```
///
/// Whoever opens it closes it.
final class RunData implements AutoCloseable {
    private final List<TokenCache> caches = new ArrayList<>();
    private final List<RowLedger.Part> parts = new ArrayList<>();
    private final Map<String, String> keys = new LinkedHashMap<>();
    private final RowMixture mixture;
    private final EpochSteps steps;
    private TrainRows train;
    private EpochRows epochs;
    private Optional<TrainRows> heldOut = Optional.empty();
    private RunPlan plan;

    private RunData(Source source) {
        try {
            Recipe.Data data = source.recipe.data();
            SourceRows all = rows(source, data.sources(), "data");
            HeldOut split = HeldOut.draw(all, data.evalSplit(), source.seeds().split());
            ChosenRows learned = new ChosenRows(all, split.numbers(all.rows(), false));
            mixture = RowMixture.of(learned, all, source.seeds());
            ChosenRows first = new ChosenRows(learned, mixture.epoch(0));
            int rowLength = RunPlan.rowLength(source.recipe, source.maxLength(), first);
            Packing whole = packed(source, learned, rowLength);
            train = TrainRows.of(whole).orNothingToLearn("training", told(data.sources()));
            epochs =
                    new EpochRows(
                            learned,
                            train,
                            mixture,
                            rows -> TrainRows.of(packed(source, rows, rowLength)));
            plan = RunPlan.of(source.recipe, rowLength, epochs);
            steps = plan.epochs(source.recipe, epochs);
            parts.add(
                    new RowLedger.Part(
                            learned, all, whole.fates(), RowLedger.Use.TRAINED, times()));
            if (data.holdsOut()) {
                heldOut = Optional.of(heldOut(source, all, split));
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /// How often the run sees each row, where that is not once an epoch.
    private Optional<IntUnaryOperator> times() {
        if (mixture.isPlain()) {
            return Optional.empty();
        }
        int[] times = mixture.times(epochsOf(plan.steps()));
        return Optional.of(row -> times[row]);
    }

    private long epochsOf(long step) {
        return steps.place(step - 1).epoch() + 1;
    }

    /// Where rows come from and what limits them.
    ///
    /// @param context the most tokens that the model can read
    record Source(
            Recipe recipe,
            ChatFormat format,
            long vocabSize,
            int context,
            Path cacheFolder,
            TrainingHost host) {
        StepSeeds seeds() {
            return new StepSeeds(new Seed(recipe.seed()));
        }

        int maxLength() {
            return Math.min(recipe.data().maxLength(), context);
        }

        /// A fault of the model is told before the first of many rows is read.
        private void requireTemplate(List<Path> files, RowSource from) {
            if (format.hasTemplate()) {
                return;
            }
            try (ExampleStream rows = ExampleStream.open(files, from.columns())) {
                if (rows.next().filter(ConversationExample.class::isInstance).isPresent()) {
                    throw AttuneException.user(
                                    "The rows are conversations, but the model has no chat template"
                                            + " and no end-of-text token for a plain one.")
                            .at(host.base())
                            .fix(
                                    "Give a template file as chat_template, or use rows with a"
                                            + " prompt and a completion.");
                }
            }
        }

        private TokenCache tokens(RowSource from, boolean isOneOfMany) {
            List<Path> files = host.places().files(from);
            requireTemplate(files, from);
            ChatRowEncoder rows = new ChatRowEncoder(format, recipe.data().trainOn());
            TokenJob job =
                    new TokenJob(
                            files,
                            from.columns(),
                            new RowGate(format, rows, vocabSize),
                            Map.of(),
                            cacheFolder,
                            Runtime.getRuntime().availableProcessors());
            TokenisedData data = TokenisedData.open(job, host.tokenising());
            String prefix = isOneOfMany ? from.told() + ": " : "";
            data.shapes()
                    .forEach((shape, count) ->
                            host.notes()
                                    .accept("%s%,d rows are %s".formatted(prefix, count, shape)));
            return data.cache();
        }
    }

    /// Reads, splits and packs.
    ///
    /// @throws AttuneException of kind USER with every faulty row, or if nothing is to be learned
    static RunData open(Source source) {
        if (source.maxLength() < source.recipe.data().maxLength()) {
            source.host
                    .notes()
                    .accept(
                            "max_length is %d, but the model reads at most %d tokens: that is the limit."
                                    .formatted(source.recipe.data().maxLength(), source.context));
        }
        return new RunData(source);
    }

    private SourceRows rows(Source source, List<RowSource> from, String key) {
        List<TokenCache> opened = new ArrayList<>();
        for (RowSource one : from) {
            TokenCache cache = source.tokens(one, from.size() > 1);
            caches.add(cache);
            opened.add(cache);
            keys.put(opened.size() == 1 ? key : key + " " + opened.size(), cache.key());
        }
        return new SourceRows(from, opened);
    }

    private TrainRows heldOut(Source source, SourceRows all, HeldOut split) {
        Recipe.Data data = source.recipe.data();
        SourceRows from = all;
        ChosenRows rows = new ChosenRows(all, split.numbers(all.rows(), true));
        if (!data.evalData().isEmpty()) {
            from = rows(source, data.evalSources(), "eval_data");
            rows = new ChosenRows(from, split.numbers(from.rows(), false));
        }
        if (rows.rows() == 0) {
            throw AttuneException.user("No row can be held out: all rows are the same.")
                    .at(told(from.sources()).getFirst())
                    .fix("Give other rows as eval_data, or set eval_split: 0.");
        }
        long leaked = from == all ? 0 : HeldOut.leaked(all, rows);
        if (leaked > 0) {
            source.host
                    .notes()
                    .accept(
                            "leak: %,d of %,d held-out rows are in the training data, token for token: their loss tells nothing."
                                    .formatted(leaked, rows.rows()));
        }
        Packing packing = packed(source, rows, source.maxLength());
        parts.add(
                new RowLedger.Part(
                        rows, from, packing.fates(), RowLedger.Use.HELD_OUT, Optional.empty()));
        return TrainRows.of(packing).orNothingToLearn("held-out", told(from.sources()));
    }

    private static List<String> told(List<RowSource> sources) {
        return sources.stream().map(RowSource::told).toList();
    }

    private static Packing packed(Source source, TokenRows rows, int rowLength) {
        Recipe.Data data = source.recipe.data();
        // Rows that are too long are judged by max_length, whatever the length of packed rows.
        Packer packer = new Packer(source.maxLength(), data.tooLong());
        return data.packing() ? packer.pack(rows, rowLength) : packer.separate(rows);
    }

    /// The rows that are learned, each once.
    TrainRows train() {
        return train;
    }

    /// The rows of each epoch.
    EpochRows epochs() {
        return epochs;
    }

    /// What each source gives in the epochs of so many steps; nothing if one source gives each of
    /// its rows once an epoch.
    Optional<List<TrainEvent.Drawn>> mixture(long steps) {
        List<TrainEvent.Drawn> drawn = mixture.drawn(epochsOf(steps));
        return drawn.size() == 1 && mixture.isPlain() ? Optional.empty() : Optional.of(drawn);
    }

    /// The rows that are judged, if there are any.
    Optional<TrainRows> heldOut() {
        return heldOut;
    }

    /// How they become steps.
    RunPlan plan() {
        return plan;
    }

    /// What the rows depend on, data and settings: one key for each source, by a name such as
    /// `data` or `data 2`.
    Map<String, String> keys() {
        return keys;
    }

    /// What became of each row.
    List<RowLedger.Part> parts() {
        return parts;
    }

    /// How many rows a chat template wrote; the others stand as they were given.
    long templatedRows() {
        return caches.stream().mapToLong(TokenCache::templatedRows).sum();
    }

    @Override
    public void close() {
        caches.forEach(TokenCache::close);
    }
}
