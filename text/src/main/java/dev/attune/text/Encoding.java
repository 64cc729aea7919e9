package dev.attune.text;

/// The tokens of a text: `ids[i]` stands for the UTF-16 units `starts[i]` to `ends[i]` of it.
///
/// A token that a tokenizer added (a BOS) stands for no unit: its start equals its end. Bytes of
/// one character that fell into several tokens give each of them the whole character. Immutable;
/// the arrays are copies.
public final class Encoding {
    private final int[] ids;
    private final int[] starts;
    private final int[] ends;

    Encoding(int[] ids, int[] starts, int[] ends) {
        this.ids = ids;
        this.starts = starts;
        this.ends = ends;
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

    /// Where token `i` starts in the text.
    public int start(int i) {
        return starts[i];
    }

    /// Where token `i` ends in the text.
    public int end(int i) {
        return ends[i];
    }
}
