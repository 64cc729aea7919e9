package dev.attune.train;

import dev.attune.data.TokenRows;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/// The rows of each epoch, packed: the same for all epochs where no weight says otherwise, else
/// drawn and packed when an epoch is asked for.
///
/// Keeps the last epochs that were asked for. Not thread-safe.
final class EpochRows {
    private static final int KEPT = 2;

    private final TokenRows learned;
    private final RowMixture mixture;
    private final Function<TokenRows, TrainRows> packing;
    private final Map<Long, TrainRows> kept = new LinkedHashMap<>();

    /// @param learned all rows that are trained on
    /// @param whole the same, packed
    /// @param packing packs some of them
    EpochRows(
            TokenRows learned,
            TrainRows whole,
            RowMixture mixture,
            Function<TokenRows, TrainRows> packing) {
        this.learned = learned;
        this.mixture = mixture;
        this.packing = packing;
        if (mixture.isPlain()) {
            kept.put(0L, whole);
        }
    }

    /// Whether all epochs have the same rows.
    boolean isSteady() {
        return mixture.isSteady();
    }

    /// The rows of an epoch, from 0; there may be none.
    TrainRows of(long epoch) {
        long number = isSteady() ? 0 : epoch;
        TrainRows known = kept.get(number);
        if (known != null) {
            return known;
        }
        int[] drawn = mixture.epoch(number);
        TrainRows rows = packing.apply(new ChosenRows(learned, drawn));
        if (kept.size() == KEPT) {
            kept.remove(kept.keySet().iterator().next());
        }
        kept.put(number, rows);
        return rows;
    }
}
