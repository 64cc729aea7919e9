package dev.attune.data;

import dev.attune.text.TokenSequence;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// A window of running text: tokens, and for each the one that follows it. Immutable.
public final class Window {
    private final int[] ids;
    private final Origin origin;

    /// Takes one token more than the window is long.
    Window(int[] ids, Origin origin) {
        this.ids = ids.clone();
        this.origin = origin;
    }

    /// The tokens of the window.
    public int[] inputIds() {
        return Arrays.copyOf(ids, ids.length - 1);
    }

    /// The token that follows each: the same ids, shifted by one.
    public int[] labels() {
        return Arrays.copyOfRange(ids, 1, ids.length);
    }

    /// The window as one document of a token more, so that it gives the same predictions: each
    /// token but the first is learned, from those before it.
    public PackedRow packed() {
        BitSet trained = new BitSet();
        trained.set(1, ids.length);
        TokenSequence tokens = new TokenSequence(ids, trained);
        return new PackedRow(tokens, new int[] {ids.length}, List.of(origin));
    }
}
