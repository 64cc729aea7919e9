package dev.attune.train;

import dev.attune.tensor.Seed;

/// Seeds of whatever is drawn in a run. Each is a function of the run's seed and of what it is for,
/// so that a run that goes on needs no generator's state to draw what it would have drawn.
///
/// @param run the seed of the run
record StepSeeds(Seed run) {
    /// For the first weights of an adapter.
    long adapter() {
        return run.with("adapter").value();
    }

    /// For which rows are held out.
    long split() {
        return run.with("eval_split").value();
    }

    /// For which rows of a source an epoch sees, where that is not all of them.
    long mixture(int source) {
        return run.with("mixture").with(source).value();
    }

    /// For which held-out rows are judged.
    long subset() {
        return run.with("eval_rows").value();
    }

    /// For dropout and noise of a step.
    long noise(long step) {
        return run.with("noise").with(step).value();
    }
}
