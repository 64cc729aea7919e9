package dev.attune.export;

import dev.attune.tensor.Tensor;

/// How a weight differs between a checkpoint and a GGUF file, and back.
///
/// @param order where its numbers stand
/// @param heads how many heads the order is by
/// @param plus what is added on the way to GGUF
/// @param times what it is then multiplied by
record GgufChange(Order order, int heads, double plus, double times) {
    /// None.
    static final GgufChange NONE = new GgufChange(Order.SAME, 1, 0, 1);

    /// Where the numbers of a weight stand.
    enum Order {
        /// As in the checkpoint.
        SAME,
        /// (out, in) instead of (in, out).
        TRANSPOSED,
        /// In each head the rows i and i + D/2 as neighbours.
        PAIRS,
        /// All queries, all keys, all values, instead of those of each head together.
        BLOCKS
    }

    static GgufChange ordered(Order order, int heads) {
        return new GgufChange(order, heads, 0, 1);
    }

    GgufChange plus(double number) {
        return new GgufChange(order, heads, plus + number, times);
    }

    GgufChange times(double number) {
        return new GgufChange(order, heads, plus, times * number);
    }

    /// The weight as it stands in GGUF, contiguous.
    ///
    /// @param weight may be changed in place
    Tensor forward(Tensor weight) {
        if (plus != 0) {
            weight.addInPlace(plus);
        }
        if (times != 1) {
            weight.multiplyInPlace(times);
        }
        return switch (order) {
            case SAME -> weight.contiguous();
            case TRANSPOSED -> weight.rank() == 1 ? weight : weight.transposed().contiguous();
            case PAIRS -> swapped(weight, heads, 2);
            case BLOCKS -> swapped(weight, 1, heads, 3);
        };
    }

    /// The weight as it stands in a checkpoint, contiguous.
    ///
    /// @param weight may be changed in place
    Tensor backward(Tensor weight) {
        if (times != 1) {
            weight.multiplyInPlace(1 / times);
        }
        if (plus != 0) {
            weight.addInPlace(-plus);
        }
        return switch (order) {
            case SAME -> weight.contiguous();
            case TRANSPOSED -> weight.rank() == 1 ? weight : weight.transposed().contiguous();
            case PAIRS -> swapped(weight, heads, weight.size(0) / heads / 2);
            case BLOCKS -> swapped(weight, 1, 3, heads);
        };
    }

    /// Rows (a, b, rest) as (a, rest, b): in each of `a` groups, `b` runs are dealt like cards.
    private static Tensor swapped(Tensor weight, long a, long b) {
        return swapped(weight, a, b, weight.size(0) / a / b);
    }

    /// Rows (a, b, c, d) as (a, c, b, d).
    private static Tensor swapped(Tensor weight, long a, long b, long c) {
        long d = weight.size(0) / a / b / c;
        long columns = weight.elements() / weight.size(0);
        return weight.reshape(a, b, c, d * columns)
                .permute(0, 2, 1, 3)
                .contiguous()
                .reshape(weight.shape());
    }
}
