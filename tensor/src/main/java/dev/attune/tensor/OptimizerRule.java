package dev.attune.tensor;

import java.util.List;
import java.util.Map;

/// How an [Optimizer] moves a weight against its gradient: the formula and its numbers, without any
/// state of its own.
///
/// Each rule is one file with its equation above it. θ is the weight, g its gradient, η the
/// learning rate, λ the weight decay, t the number of the step from 1. All of them compute in
/// float32.
public sealed interface OptimizerRule permits AdamW, Adam, Sgd, Adafactor, Lion, RmsProp, Adagrad {
    /// λ, for the groups of parameters that decay.
    double weightDecay();

    /// The tensors this rule keeps for a weight, zero at first: shapes by PyTorch's names.
    ///
    /// @param shape that of the weight
    Map<String, long[]> stateShapes(long[] shape);

    /// Moves weights that have a gradient and whose step is already counted.
    ///
    /// @param learningRate η
    /// @param decay λ, or zero for an exempt group
    void move(List<Slot> slots, double learningRate, double decay);

    /// Refuses a number outside `[0, 1)`.
    ///
    /// @throws IllegalArgumentException if it is outside
    static void requireFraction(String name, double number) {
        if (!(number >= 0 && number < 1)) {
            throw new IllegalArgumentException(
                    name + " is " + number + ", expected from 0 to below 1");
        }
    }

    /// Refuses what is not a finite number from zero up.
    ///
    /// @throws IllegalArgumentException if it is not
    static void requireNotNegative(String name, double number) {
        if (!(number >= 0 && number < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(name + " is " + number + ", expected at least 0");
        }
    }
}
