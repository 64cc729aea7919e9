package dev.attune.tensor;

import java.util.List;

/// Parameters that an [Optimizer] treats alike.
///
/// @param parameters what moves
/// @param decay whether the rule's weight decay holds for them
/// @param learningRateFactor what the learning rate is multiplied by, 1 for no change
public record ParameterGroup(List<Parameter> parameters, Decay decay, double learningRateFactor) {
    /// Whether weights are drawn towards zero.
    public enum Decay {
        /// As much as the rule says.
        BY_RULE,
        /// Not at all, as biases and the weights of norms.
        EXEMPT
    }

    /// Copies the list and checks the factor.
    public ParameterGroup {
        parameters = List.copyOf(parameters);
        if (!(learningRateFactor >= 0 && learningRateFactor < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "learningRateFactor is " + learningRateFactor + ", expected at least 0");
        }
    }

    /// Parameters that decay.
    public static ParameterGroup decayed(List<Parameter> parameters) {
        return new ParameterGroup(parameters, Decay.BY_RULE, 1);
    }

    /// Parameters that do not decay.
    public static ParameterGroup exempt(List<Parameter> parameters) {
        return new ParameterGroup(parameters, Decay.EXEMPT, 1);
    }

    /// The same with another factor, as LoRA+ has it for B.
    public ParameterGroup withLearningRateFactor(double factor) {
        return new ParameterGroup(parameters, decay, factor);
    }
}
