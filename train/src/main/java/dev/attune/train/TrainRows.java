package dev.attune.train;

import dev.attune.base.AttuneException;
import dev.attune.data.Origin;
import dev.attune.data.PackedRow;
import dev.attune.data.Packing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Rows as batches take them: packed, and each with something to learn.
final class TrainRows {
    private final Packing packing;
    private final int[] usable;
    private final int examples;
    private final long tokens;
    private final long trainedTokens;

    private TrainRows(
            Packing packing, int[] usable, int examples, long tokens, long trainedTokens) {
        this.packing = packing;
        this.usable = usable;
        this.examples = examples;
        this.tokens = tokens;
        this.trainedTokens = trainedTokens;
    }

    /// The rows of a packing that have something to learn; the others would move nothing.
    static TrainRows of(Packing packing) {
        int[] usable = new int[packing.rows()];
        int count = 0;
        DistinctOrigins examples = new DistinctOrigins();
        long tokens = 0;
        long trainedTokens = 0;
        for (int row = 0; row < packing.rows(); row++) {
            PackedRow packed = packing.row(row);
            MicroBatch batch = MicroBatch.ofPacked(List.of(packed));
            if (batch.trainedTokens() > 0) {
                usable[count++] = row;
                packed.origins().forEach(examples::add);
                tokens += batch.tokens();
                trainedTokens += batch.trainedTokens();
            }
        }
        return new TrainRows(
                packing, Arrays.copyOf(usable, count), examples.count(), tokens, trainedTokens);
    }

    /// How many rows of the data they are made of.
    int examples() {
        return examples;
    }

    /// How many rows batches are made of: packed ones, where rows are packed.
    int rows() {
        return usable.length;
    }

    long tokens() {
        return tokens;
    }

    long trainedTokens() {
        return trainedTokens;
    }

    /// Requires that there is anything to learn.
    ///
    /// @param what the rows are for
    TrainRows orNothingToLearn(String what, List<?> files) {
        if (usable.length == 0) {
            throw AttuneException.user("Not one token of the " + what + " rows is to be learned.")
                    .at(files.getFirst())
                    .fix(
                            "attune data show FILE --model MODEL shows what is learned; see"
                                    + " train_on_roles.");
        }
        return this;
    }

    MicroBatch batch(int[] rows) {
        return MicroBatch.ofPacked(packed(rows));
    }

    /// Where the documents of some rows were read.
    List<Origin> origins(int[] rows) {
        List<Origin> origins = new ArrayList<>();
        packed(rows).forEach(row -> origins.addAll(row.origins()));
        return origins;
    }

    private List<PackedRow> packed(int[] rows) {
        return Arrays.stream(rows).mapToObj(row -> packing.row(usable[row])).toList();
    }
}
