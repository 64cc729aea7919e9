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
import java.util.stream.IntStream;

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
            List<Usable> found =
                    data.parts().stream()
                            .filter(part -> part.use() == use)
                            .map(part -> usable(part.rows(), longest))
                            .toList();
            return new RunRows(spread(found, most), format.stopTokens().ids());
        }
    }

    /// Rows by their numbers: a run may have millions, of which some hundreds are wanted.
    private static final class Usable {
        private final TokenRows rows;
        private final int[] numbers;

        Usable(TokenRows rows, int[] numbers) {
            this.rows = rows;
            this.numbers = numbers;
        }
    }

    private static Usable usable(TokenRows rows, int longest) {
        int[] numbers =
                IntStream.range(0, rows.rows())
                        .filter(row -> rows.length(row) <= longest)
                        .filter(row -> rows.row(row).trainedTokens() > 0)
                        .toArray();
        return new Usable(rows, numbers);
    }

    private static List<TokenSequence> spread(List<Usable> parts, int most) {
        long all = parts.stream().mapToLong(part -> part.numbers.length).sum();
        int count = (int) Math.min(most, all);
        List<TokenSequence> some = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            some.add(at(parts, i * all / count));
        }
        return some;
    }

    private static TokenSequence at(List<Usable> parts, long place) {
        long left = place;
        for (Usable part : parts) {
            if (left < part.numbers.length) {
                return part.rows.row(part.numbers[(int) left]);
            }
            left -= part.numbers.length;
        }
        throw new IllegalArgumentException("there is no row " + place);
    }
}
