package dev.attune.train;

import dev.attune.data.ColumnMapping;
import dev.attune.data.EpochOrder;
import dev.attune.data.RowSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Which rows of weighed sources an epoch sees.
///
/// The rows of a source stand in an endless line: all of them in an order drawn by the seed, then
/// all again in another order, and so on. An epoch takes the next `weight * rows` of the line, so
/// that no row is seen again before all others were, and what an epoch sees depends on its number
/// and the seed alone.
///
/// ```
/// rows 1 2 3 4, weight 1.5:   3 1 4 2 1 3 │ 2 4 4 2 3 1 │ ...
///                             epoch 0       epoch 1
/// ```
///
/// Immutable, for any thread.
final class RowMixture {
    /// Products such as 3 * (10 * 0.1) are whole but for their last bits.
    private static final double ROUNDING = 1e-9;

    private final int rows;
    private final List<Share> shares;

    private RowMixture(int rows, List<Share> shares) {
        this.rows = rows;
        this.shares = List.copyOf(shares);
    }

    /// @param learned rows that are trained on
    /// @param all those of all sources
    static RowMixture of(ChosenRows learned, SourceRows all, StepSeeds seeds) {
        int[][] rows = new int[all.sources().size()][learned.rows()];
        int[] counts = new int[rows.length];
        for (int row = 0; row < learned.rows(); row++) {
            int source = all.source(learned.original(row));
            rows[source][counts[source]++] = row;
        }
        List<Share> shares = new ArrayList<>();
        for (int i = 0; i < rows.length; i++) {
            shares.add(
                    new Share(
                            all.sources().get(i),
                            Arrays.copyOf(rows[i], counts[i]),
                            EpochOrder.shuffled(seeds.mixture(i))));
        }
        return new RowMixture(learned.rows(), shares);
    }

    /// Of one source, all of whose rows are trained on.
    static RowMixture of(int rows, double weight, StepSeeds seeds) {
        RowSource source = new RowSource("rows", Optional.empty(), ColumnMapping.NONE, weight);
        int[] all = IntStream.range(0, rows).toArray();
        EpochOrder order = EpochOrder.shuffled(seeds.mixture(0));
        return new RowMixture(rows, List.of(new Share(source, all, order)));
    }

    /// Whether each epoch sees each row once.
    boolean isPlain() {
        return shares.stream().allMatch(share -> share.source.weight() == 1);
    }

    /// Whether all epochs see the same rows.
    boolean isSteady() {
        return shares.stream()
                .mapToDouble(share -> share.source.weight())
                .allMatch(w -> w == Math.rint(w));
    }

    /// The numbers of an epoch's rows, in the order of the data; a row that is seen twice stands
    /// there twice.
    int[] epoch(long epoch) {
        int[] drawn = new int[0];
        for (Share share : shares) {
            int[] more = share.drawn(share.upTo(epoch), share.upTo(epoch + 1));
            int at = drawn.length;
            drawn = Arrays.copyOf(drawn, at + more.length);
            System.arraycopy(more, 0, drawn, at, more.length);
        }
        Arrays.sort(drawn);
        return drawn;
    }

    /// How often each row is seen in the first epochs.
    int[] times(long epochs) {
        int[] times = new int[rows];
        for (Share share : shares) {
            if (share.rows.length > 0) {
                long passes = share.upTo(epochs) / share.rows.length;
                for (int row : share.rows) {
                    times[row] = Math.toIntExact(passes);
                }
                for (int row : share.drawn(passes * share.rows.length, share.upTo(epochs))) {
                    times[row]++;
                }
            }
        }
        return times;
    }

    /// What each source gives in the first epochs.
    List<TrainEvent.Drawn> drawn(long epochs) {
        return shares.stream()
                .map(share ->
                        new TrainEvent.Drawn(
                                share.source.told(),
                                share.source.weight(),
                                share.rows.length,
                                share.upTo(epochs)))
                .toList();
    }

    private static final class Share {
        private final RowSource source;
        private final int[] rows;
        private final EpochOrder order;

        Share(RowSource source, int[] rows, EpochOrder order) {
            this.source = source;
            this.rows = rows;
            this.order = order;
        }

        /// How much of the line is used up after so many epochs.
        long upTo(long epochs) {
            double wanted = (double) epochs * rows.length * source.weight();
            return (long) Math.floor(wanted + ROUNDING * Math.max(1, wanted));
        }

        /// Places `from` to `to` of the line.
        int[] drawn(long from, long to) {
            int[] drawn = new int[Math.toIntExact(to - from)];
            int[] pass = new int[0];
            long passNumber = -1;
            for (long place = from; place < to; place++) {
                if (place / rows.length != passNumber) {
                    passNumber = place / rows.length;
                    pass = order.rows(passNumber, rows.length);
                }
                drawn[(int) (place - from)] = rows[pass[(int) (place % rows.length)]];
            }
            return drawn;
        }
    }
}
