package dev.attune.tensor;

import java.util.ArrayList;
import java.util.List;

/// The scores of some queries and some keys in [WideAttention].
///
/// @param row the queries
/// @param first the first key, counted from the start of the text
/// @param end the key behind the last
record Tile(Row row, int first, int end) {
    /// Numbers of a tile on the way forward: with keys and values they fill a core's second cache.
    static final long FORWARD_ELEMENTS = 384L * 1024;

    /// On the way back there are two tiles at a time.
    static final long BACKWARD_ELEMENTS = FORWARD_ELEMENTS / 2;

    /// Rows with which products run at full rate.
    private static final int FULL_RATE_ROWS = 384;

    /// More tokens would compute too much of the square above the diagonal.
    private static final int MOST_TOKENS = 256;

    private static final int FEWEST_TOKENS = 32;

    /// The queries `from` to `to` of texts of `to` tokens.
    ///
    /// @param shape the heads, and what hides a key from a query
    /// @param entries E: texts times key-value heads
    record Span(AttentionShape shape, long entries, int from, int to) {
        /// The queries of this span in rows whose tiles have about so many elements: as many
        /// entries together as fit, for texts that are short.
        List<Row> rows(long elements) {
            int tokens = Math.min(to - from, queryTokens());
            long height = (long) tokens * shape.group();
            int keys = Math.clamp(elements / height, tokens, to);
            long together = Math.clamp(elements / (height * keys), 1, entries);
            List<Row> rows = new ArrayList<>();
            for (long entry = 0; entry < entries; entry += together) {
                long count = Math.min(together, entries - entry);
                for (int start = from; start < to; start += tokens) {
                    int end = Math.min(to, start + tokens);
                    rows.add(new Row(this, entry, count, start, end, keys));
                }
            }
            return rows;
        }

        /// Minus infinity for each key behind a query, of as many tokens as a tile has at most.
        Tensor triangle(Tensor like) {
            int tokens = Math.min(to - from, queryTokens());
            return Kernels.minusInfinityAbove(like, tokens, tokens);
        }

        private int queryTokens() {
            return Math.clamp(FULL_RATE_ROWS / shape.group(), FEWEST_TOKENS, MOST_TOKENS);
        }
    }

    /// Query tokens `from` to `to` of some entries.
    ///
    /// @param entry the first entry
    /// @param entries how many
    /// @param mostKeys keys of a tile
    record Row(Span span, long entry, long entries, int from, int to, int mostKeys) {
        /// The part of these queries in `(E, t·G, x)`.
        Tensor of(Tensor queries) {
            long group = span.shape.group();
            return queries.narrow(0, entry, entries)
                    .narrow(1, (from - span.from) * group, tokens() * group);
        }

        int tokens() {
            return to - from;
        }

        /// From the diagonal, where each query sees itself, to the left. The diagonal lies in the
        /// first tile whole.
        List<Tile> tiles() {
            int window = span.shape.window();
            int first = window == 0 ? 0 : Math.max(0, from - window + 1);
            int count = Math.ceilDiv(to - first, mostKeys);
            int keys = Math.max(tokens(), Math.ceilDiv(to - first, count));
            List<Tile> tiles = new ArrayList<>();
            for (int end = to; end > first; end -= keys) {
                tiles.add(new Tile(this, Math.max(first, end - keys), end));
            }
            return tiles;
        }
    }

    /// The keys or values of this tile in `(E, T, D)`.
    Tensor of(Tensor keys) {
        return keys.narrow(0, row.entry, row.entries).narrow(1, first, (long) end - first);
    }

    /// Scaled and capped products of the queries of this row and the keys of this tile, nothing
    /// hidden yet.
    Tensor scores(Tensor queries, Tensor keys) {
        AttentionShape shape = row.span.shape;
        Tensor s = Kernels.scaledProduct(queries, of(keys).transposed(), shape.scale());
        return shape.softCap() == 0
                ? s
                : Kernels.tanh(s.multiplyInPlace(1 / shape.softCap()))
                        .multiplyInPlace(shape.softCap());
    }

    /// Hides the keys that come behind a query or, with a window, too far before it.
    ///
    /// @param triangle as [Span#triangle] gives it
    void hide(Tensor scores, Tensor triangle) {
        int tokens = row.tokens();
        if (end == row.to && tokens > 1) {
            Tensor behind = triangle.narrow(0, 0, tokens).narrow(1, 0, tokens);
            add(scores.narrow(2, (long) row.from - first, tokens), behind);
        }
        // Query r sits at from + r and sees from + r − window + 1 on; column c is key first + c.
        int window = row.span.shape.window();
        int lead = row.from - first - window;
        int columns = Math.min(end - first, tokens + lead);
        if (window > 0 && columns > 0) {
            Tensor before = Kernels.minusInfinityBelow(scores, tokens, columns, lead);
            add(scores.narrow(2, 0, columns), before);
        }
    }

    /// Adds `(t, columns)` to the scores of every head of the group.
    private void add(Tensor corner, Tensor mask) {
        corner.unflatten(1, row.tokens(), row.span.shape.group()).addInPlace(mask.unsqueeze(1));
    }
}
