package dev.attune.train;

import dev.attune.base.AttuneException;
import dev.attune.data.ChatRowEncoder;
import dev.attune.data.ConversationExample;
import dev.attune.data.ExampleStream;
import dev.attune.data.Packer;
import dev.attune.data.Packing;
import dev.attune.data.TokenCache;
import dev.attune.data.TokenJob;
import dev.attune.data.TokenRows;
import dev.attune.data.TokenisedData;
import dev.attune.tensor.Seed;
import dev.attune.text.ChatFormat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The rows of a run: tokenised, held out or not, packed, each with its fate.
///
/// ```
/// data ──▶ tokens ──▶ held out? ──no──▶ fitted to max_length, packed ──▶ train
///                         └──────yes──▶            the same          ──▶ heldOut
/// eval_data ──▶ tokens ───────────────▶            the same          ──▶ heldOut
/// ```
///
/// Whoever opens it closes it.
final class RunData implements AutoCloseable {
    private final List<TokenCache> caches = new ArrayList<>();
    private final List<RowLedger.Part> parts = new ArrayList<>();
    private TrainRows train;
    private Optional<TrainRows> heldOut = Optional.empty();
    private RunPlan plan;

    private RunData(Source source) {
        try {
            TokenCache all = source.tokens(source.recipe.data().data());
            caches.add(all);
            HeldOut split =
                    HeldOut.draw(all, source.recipe.data().evalSplit(), source.seeds().split());
            ChosenRows learned = new ChosenRows(all, split.numbers(all.rows(), false));
            int rowLength = RunPlan.rowLength(source.recipe, source.maxLength(), learned);
            train =
                    pack(source, learned, RowLedger.Use.TRAINED, rowLength)
                            .orNothingToLearn("training", source.recipe.data().data());
            if (source.recipe.data().holdsOut()) {
                heldOut = Optional.of(heldOut(source, all, split));
            }
            plan = RunPlan.of(source.recipe, rowLength, train.rows());
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
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
        private void requireTemplate(List<Path> files) {
            if (format.hasTemplate()) {
                return;
            }
            try (ExampleStream rows = ExampleStream.open(files)) {
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

        private TokenCache tokens(List<Path> files) {
            requireTemplate(files);
            ChatRowEncoder rows = new ChatRowEncoder(format, recipe.data().trainOn());
            TokenJob job =
                    new TokenJob(
                            files,
                            new RowGate(format, rows, vocabSize),
                            Map.of(),
                            cacheFolder,
                            Runtime.getRuntime().availableProcessors());
            TokenisedData data = TokenisedData.open(job, host.tokenising());
            data.shapes()
                    .forEach((shape, count) ->
                            host.notes().accept("%,d rows are %s".formatted(count, shape)));
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

    private TrainRows heldOut(Source source, TokenCache all, HeldOut split) {
        Recipe.Data data = source.recipe.data();
        TokenRows rows = new ChosenRows(all, split.numbers(all.rows(), true));
        List<Path> files = data.data();
        if (!data.evalData().isEmpty()) {
            TokenCache other = source.tokens(data.evalData());
            caches.add(other);
            rows = new ChosenRows(other, split.numbers(other.rows(), false));
            files = data.evalData();
        }
        if (rows.rows() == 0) {
            throw AttuneException.user("No row can be held out: all rows are the same.")
                    .at(files.getFirst())
                    .fix("Give other rows as eval_data, or set eval_split: 0.");
        }
        return pack(source, rows, RowLedger.Use.HELD_OUT, source.maxLength())
                .orNothingToLearn("held-out", files);
    }

    private TrainRows pack(Source source, TokenRows rows, RowLedger.Use use, int rowLength) {
        Recipe.Data data = source.recipe.data();
        // Rows that are too long are judged by max_length, whatever the length of packed rows.
        Packer packer = new Packer(source.maxLength(), data.tooLong());
        Packing packing = data.packing() ? packer.pack(rows, rowLength) : packer.separate(rows);
        parts.add(new RowLedger.Part(rows, caches.getLast(), packing.fates(), use));
        return TrainRows.of(packing);
    }

    /// The rows that are learned.
    TrainRows train() {
        return train;
    }

    /// The rows that are judged, if there are any.
    Optional<TrainRows> heldOut() {
        return heldOut;
    }

    /// How they become steps.
    RunPlan plan() {
        return plan;
    }

    /// What the rows depend on, data and settings: one key for each set of files.
    List<String> keys() {
        return caches.stream().map(TokenCache::key).toList();
    }

    /// What became of each row.
    List<RowLedger.Part> parts() {
        return parts;
    }

    @Override
    public void close() {
        caches.forEach(TokenCache::close);
    }
}
