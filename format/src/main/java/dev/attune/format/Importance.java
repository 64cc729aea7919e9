package dev.attune.format;

import java.util.Arrays;

/// How much each column of a row counts, and what is usual in the row.
///
/// For one thread, which goes from block to block.
final class Importance {
    private final float[] columns;
    private float[] block = new float[0];
    private float rowMeanSquare;

    /// @param columns for a whole row
    Importance(float[] columns) {
        this.columns = columns;
    }

    /// Goes to the row that begins there.
    void row(float[] values, int from) {
        rowMeanSquare = meanSquare(values, from, columns.length);
    }

    /// Goes to the block that begins at a column.
    void block(int column, int length) {
        block = Arrays.copyOfRange(columns, column, column + length);
    }

    /// The mean square of the row's values.
    float rowMeanSquare() {
        return rowMeanSquare;
    }

    /// Gives values of a group the weight of their column alone.
    ///
    /// @param from the place of the group in the block
    void copy(int from, float[] weights) {
        System.arraycopy(block, from, weights, 0, weights.length);
        orEqual(weights);
    }

    /// Gives values of a group the weight of their column times about their own size, as far as
    /// that is more than what is usual: large values must not be lost where nothing large comes in.
    ///
    /// @param x the block's values
    /// @param from the place of the group in the block
    /// @param spread what is usual, squared
    /// @return the sum of the weights
    float weigh(float[] x, int from, float spread, float[] weights) {
        float sum = 0;
        for (int i = 0; i < weights.length; i++) {
            float value = x[from + i];
            float square = spread + value * value;
            weights[i] = block[from + i] * (float) Math.sqrt(square);
            sum += weights[i];
        }
        if (sum == 0) {
            orEqual(weights);
        }
        return sum;
    }

    /// Where no column of a group counts, all count the same: its values are to come back even so.
    static void orEqual(float[] weights) {
        for (float weight : weights) {
            if (weight != 0) {
                return;
            }
        }
        Arrays.fill(weights, 1);
    }

    /// The mean square of values.
    static float meanSquare(float[] x, int from, int length) {
        float sum = 0;
        for (int i = from; i < from + length; i++) {
            sum += x[i] * x[i];
        }
        return sum / length;
    }
}
