package dev.attune.text;

import java.util.BitSet;

/// A row as the model sees it: token ids, and which of them it is to learn.
///
/// Token `i` is trained when the model is to predict it from tokens `0 .. i - 1`; so a trained
/// token 0 has nothing to be predicted from and counts for nothing. Immutable; arrays are copied.
public final class TokenSequence {
    private final int[] ids;
    private final BitSet trained;

    /// Takes ids, and a bit per trained token.
    public TokenSequence(int[] ids, BitSet trained) {
        if (trained.length() > ids.length) {
            throw new IllegalArgumentException(
                    "trained token " + (trained.length() - 1) + " of " + ids.length);
        }
        this.ids = ids.clone();
        this.trained = (BitSet) trained.clone();
    }

    /// How many tokens there are.
    public int length() {
        return ids.length;
    }

    /// The token ids.
    public int[] ids() {
        return ids.clone();
    }

    /// Token `i`'s id.
    public int id(int i) {
        return ids[i];
    }

    /// Whether token `i` is to be learned.
    public boolean isTrained(int i) {
        return trained.get(i);
    }

    /// How many tokens are to be learned.
    public int trainedTokens() {
        return trained.cardinality();
    }

    /// The labels of a causal language model in Hugging Face's convention: the id where it is
    /// trained, else -100; not shifted.
    public int[] labels() {
        int[] labels = new int[ids.length];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = trained.get(i) ? ids[i] : -100;
        }
        return labels;
    }
}
