package dev.attune.starter;

import dev.attune.model.Decoder;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Scope;

/// Weights to begin with.
///
/// Random weights deviate by 0.02, which suits a hidden size of some thousands. Here all that reads
/// hidden states deviates by one over the root of the hidden size, so that scores, gates and logits
/// begin near one; what writes into them stays small, and at first the tokens themselves are what
/// is seen. A narrow model learns two or three times as fast so.
final class FirstWeights {
    private static final double RANDOM_DEVIATION = 0.02;

    private FirstWeights() {}

    /// Widens the weights of a random decoder.
    static void widen(Decoder decoder, StarterShape shape) {
        double factor = 1 / Math.sqrt(shape.hiddenSize()) / RANDOM_DEVIATION;
        try (var _ = Scope.open("first weights")) {
            for (Parameter weight : decoder.parameters()) {
                if (reads(weight.name())) {
                    weight.data().multiplyInPlace(factor);
                }
            }
        }
    }

    private static boolean reads(String name) {
        return !name.contains("norm") && !name.contains("o_proj") && !name.contains("down_proj");
    }
}
