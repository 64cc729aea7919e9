package dev.attune.tensor;

import java.util.ArrayList;
import java.util.List;

/// Query tokens `from` to `to` of a text, which see keys `first` to `to`.
///
/// ```
///            keys →
/// queries  ▉▉
///    ↓     ▒▒▉▉          ▉ masked in part     ▒ seen whole     (blank) never computed
///          ▒▒▒▒▉▉
/// ```
///
/// @param from the first query token, counted from the start of the text
/// @param to the token behind the last
/// @param first the first key that any of them sees
/// @param shape the heads, and what hides a key from a query
record QueryBlock(int from, int to, int first, AttentionShape shape) {
    /// Tokens of a block: enough for the products to run at full rate, few enough that the scores
    /// stay in the cache and little of the square above the diagonal is computed.
    private static final int QUERY_TOKENS = 128;

    /// The blocks of the tokens `from` to `to`.
    static List<QueryBlock> of(int from, int to, AttentionShape shape) {
        List<QueryBlock> blocks = new ArrayList<>();
        for (int start = from; start < to; start += QUERY_TOKENS) {
            int window = shape.window();
            int first = window == 0 ? 0 : Math.max(0, start - window + 1);
            blocks.add(new QueryBlock(start, Math.min(to, start + QUERY_TOKENS), first, shape));
        }
        return blocks;
    }

    int rows() {
        return to - from;
    }

    /// The rows of this block in queries with the group folded in, `(B·K, T·G, D)`, of which the
    /// first token is at `offset` of its text.
    Tensor rowsOf(Tensor queries, int offset) {
        long group = shape.group();
        return queries.narrow(1, (from - offset) * group, rows() * group);
    }

    /// The keys or values that this block sees, of `(B·K, S, D)`.
    Tensor seenOf(Tensor keys) {
        return keys.narrow(1, first, (long) to - first);
    }

    /// Softmax of the scores of this block: `(B·K, rows·G, seen)`.
    ///
    /// @param scores as [#scores] gives them; hidden pairs are overwritten
    Tensor probabilities(Tensor scores) {
        hide(scores);
        return scores.softmax();
    }

    /// Scaled and capped products of queries and the keys they see, nothing hidden yet.
    Tensor scores(Tensor queries, Tensor keys) {
        Tensor s = Kernels.scaledProduct(queries, keys.transposed(), shape.scale());
        return shape.softCap() == 0
                ? s
                : Kernels.tanh(s.multiplyInPlace(1 / shape.softCap()))
                        .multiplyInPlace(shape.softCap());
    }

    /// Hides what comes behind a query, and, with a window, what lies too far before it. Only the
    /// corners of the block can hold such pairs.
    private void hide(Tensor scores) {
        int rows = rows();
        if (rows == 1) {
            return;
        }
        Tensor behind = Kernels.minusInfinityAbove(scores, rows, rows);
        add(scores.narrow(2, (long) from - first, rows), behind);
        // Query row r sits at from + r and sees from + r − window + 1 on; column c sits at first +
        // c.
        int lead = from - first - shape.window();
        int columns = Math.min(to - first, rows + lead);
        if (shape.window() > 0 && columns > 0) {
            add(
                    scores.narrow(2, 0, columns),
                    Kernels.minusInfinityBelow(scores, rows, columns, lead));
        }
    }

    /// Adds `(rows, columns)` to the scores of every head of the group.
    private void add(Tensor corner, Tensor mask) {
        corner.unflatten(1, rows(), shape.group()).addInPlace(mask.unsqueeze(1));
    }
}
