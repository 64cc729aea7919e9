package dev.attune.train;

import java.util.ArrayList;
import java.util.List;

/// Which steps are in which epoch. Epochs that draw other rows may be packed into more or fewer
/// rows, and so have more or fewer steps; where all are alike nothing is counted.
///
/// Not thread-safe.
final class EpochSteps {
    private final EpochRows rows;
    private final int rowsPerStep;
    private final List<Long> ends = new ArrayList<>();

    /// @param rowsPerStep batch rows of one move of the weights
    EpochSteps(EpochRows rows, int rowsPerStep) {
        this.rows = rows;
        this.rowsPerStep = rowsPerStep;
    }

    /// A step within its epoch, both from 0.
    record Place(long epoch, long step) {}

    /// The place of a step that is counted from 0 over all epochs.
    Place place(long step) {
        if (rows.isSteady()) {
            return new Place(step / steps(0), step % steps(0));
        }
        int epoch = 0;
        while (end(epoch) <= step) {
            epoch++;
        }
        return new Place(epoch, step - (epoch == 0 ? 0 : end(epoch - 1)));
    }

    /// How many epochs so many steps are, in parts.
    double done(long steps) {
        if (steps == 0) {
            return 0;
        }
        if (rows.isSteady()) {
            return (double) steps / steps(0);
        }
        Place last = place(steps - 1);
        long of = end((int) last.epoch) - (last.epoch == 0 ? 0 : end((int) last.epoch - 1));
        return last.epoch + (double) (last.step + 1) / of;
    }

    /// Whether an epoch ends with so many steps.
    boolean endsWith(long steps) {
        return steps > 0 && place(steps).step == 0;
    }

    /// How many steps so many epochs are, in parts.
    long total(double epochs) {
        if (rows.isSteady()) {
            return (long) Math.ceil(epochs * steps(0));
        }
        int whole = (int) epochs;
        long steps = whole == 0 ? 0 : end(whole - 1);
        double rest = epochs - whole;
        return rest == 0 ? steps : steps + (long) Math.ceil(rest * steps(whole));
    }

    /// How many steps are done at the end of an epoch.
    private long end(int epoch) {
        while (ends.size() <= epoch) {
            long before = ends.isEmpty() ? 0 : ends.getLast();
            ends.add(before + steps(ends.size()));
        }
        return ends.get(epoch);
    }

    private long steps(long epoch) {
        return Math.ceilDiv((long) rows.of(epoch).rows(), (long) rowsPerStep);
    }
}
