package dev.attune.train;

import dev.attune.base.AttuneException;
import dev.attune.data.TokenRows;
import dev.attune.model.DecoderConfig;
import dev.attune.model.ModelFolder;
import dev.attune.text.ChatFormat;
import dev.attune.text.TokenSequence;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Some rows of a run as its model read them, for who measures what became of the model.
///
/// @param rows spread evenly over all of them, none longer than the run's `max_length`
/// @param stopTokens the ids that end an answer
public record RunRows(List<TokenSequence> rows, Set<Integer> stopTokens) {
    /// Copies the collections.
    public RunRows {
        rows = List.copyOf(rows);
        stopTokens = Set.copyOf(stopTokens);
    }

    /// Rows that the run was judged by; none if it held none out.
    ///
    /// @param most how many
    /// @throws AttuneException if the data, the base or the recipe is gone or damaged
    public static RunRows heldOut(RunFolder run, TrainingHost host, int most) {
        return some(run, host, most, RowLedger.Use.HELD_OUT);
    }

    /// Rows that the run learned.
    ///
    /// @param most how many
    /// @throws AttuneException if the data, the base or the recipe is gone or damaged
    public static RunRows trained(RunFolder run, TrainingHost host, int most) {
        return some(run, host, most, RowLedger.Use.TRAINED);
    }

    private static RunRows some(RunFolder run, TrainingHost host, int most, RowLedger.Use use) {
        Recipe recipe = run.recipe();
        // A template that writes the date must find the day of the run, or no cached token fits.
        LocalDateTime began =
                RunManifest.read(run.manifest()).map(RunManifest::now).orElse(host.now());
        DecoderConfig config = ModelFolder.read(host.base()).config();
        try (ChatFormat format =
                        ChatFormat.loadOrPlain(host.base(), recipe.model().chatTemplate(), began);
                RunData data =
                        RunData.open(
                                new RunData.Source(
                                        recipe,
                                        format,
                                        config.vocabSize(),
                                        config.maxPositionEmbeddings(),
                                        run.tokens(),
                                        host.at(began)))) {
            int longest = Math.min(recipe.data().maxLength(), config.maxPositionEmbeddings());
            List<TokenSequence> found = new ArrayList<>();
            data.parts().stream()
                    .filter(part -> part.use() == use)
                    .forEach(part -> found.addAll(usable(part.rows(), longest)));
            return new RunRows(spread(found, most), format.stopTokens().ids());
        }
    }

    private static List<TokenSequence> usable(TokenRows rows, int longest) {
        List<TokenSequence> usable = new ArrayList<>();
        for (int row = 0; row < rows.rows(); row++) {
            if (rows.length(row) <= longest) {
                TokenSequence tokens = rows.row(row);
                if (tokens.trainedTokens() > 0) {
                    usable.add(tokens);
                }
            }
        }
        return usable;
    }

    private static List<TokenSequence> spread(List<TokenSequence> rows, int most) {
        int count = Math.min(most, rows.size());
        List<TokenSequence> some = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            some.add(rows.get((int) ((long) i * rows.size() / count)));
        }
        return some;
    }
}
