package dev.attune.train;

import dev.attune.data.Origin;
import dev.attune.data.TokenRows;
import dev.attune.text.TokenSequence;

/// Some rows of others, in an order of their own.
final class ChosenRows implements TokenRows {
    private final TokenRows all;
    private final int[] chosen;

    ChosenRows(TokenRows all, int[] chosen) {
        this.all = all;
        this.chosen = chosen;
    }

    /// The number that row `row` has among all.
    int original(int row) {
        return chosen[row];
    }

    @Override
    public int rows() {
        return chosen.length;
    }

    @Override
    public int length(int row) {
        return all.length(chosen[row]);
    }

    @Override
    public TokenSequence row(int row) {
        return all.row(chosen[row]);
    }

    @Override
    public Origin origin(int row) {
        return all.origin(chosen[row]);
    }
}
