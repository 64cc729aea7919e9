package dev.attune.train;

/// Watches whether the loss explodes: five steps in a row whose loss is more than twice that of the
/// beginning and one nat more. A model that is so much worse than before it was touched learns
/// nothing any more, however finite its numbers are.
///
/// @param steps how many steps were seen, up to those of the beginning
/// @param start the mean loss of the first steps
/// @param high how many steps in a row were too high
record LossWatch(int steps, double start, int high) {
    private static final int FIRST = 5;
    private static final int PATIENCE = 5;

    /// Nothing was seen yet.
    static final LossWatch NEW = new LossWatch(0, 0, 0);

    /// One step more.
    ///
    /// @param guess the loss of guessing, the logarithm of the vocabulary's size: a beginning that
    ///   is higher has exploded already, and counts as this
    LossWatch next(double loss, double guess) {
        if (steps < FIRST) {
            return new LossWatch(
                    steps + 1, (start * steps + Math.min(loss, guess)) / (steps + 1), 0);
        }
        return new LossWatch(steps, start, loss > 2 * start + 1 ? high + 1 : 0);
    }

    /// Whether something may be wrong, so that no checkpoint should be made now.
    boolean isSuspicious() {
        return high > 0;
    }

    /// Whether it is beyond hope.
    boolean isExploded() {
        return high >= PATIENCE;
    }
}
