package dev.attune.tensor;

import java.util.List;
import java.util.Optional;

/// The 2-norm of all gradients together, as one vector, in float32.
public final class GradientNorm {
    private GradientNorm() {}

    /// The norm; zero if no parameter has a gradient. Infinite or NaN if a gradient is, or if their
    /// squares overflow.
    public static double of(List<Parameter> parameters) {
        return norm(gradients(parameters));
    }

    /// Shortens all gradients by one factor, so that their norm is at most `maxNorm`, as
    /// `torch.nn.utils.clip_grad_norm_` does: the factor is `maxNorm / (norm + 1e-6)`, at most 1.
    ///
    /// A norm that is not finite is returned like any other, and the gradients are left as they
    /// are: there is no step in them, and whether to stop or to skip is the caller's choice.
    /// (PyTorch would turn them into zeros and NaN.)
    ///
    /// @return the norm before
    /// @throws IllegalArgumentException if `maxNorm` is not above zero
    public static double clip(List<Parameter> parameters, double maxNorm) {
        if (!(maxNorm > 0)) {
            throw new IllegalArgumentException("maxNorm is " + maxNorm + ", expected above 0");
        }
        List<Tensor> gradients = gradients(parameters);
        double norm = norm(gradients);
        float factor = (float) maxNorm / ((float) norm + 1e-6f);
        if (Double.isFinite(norm) && factor < 1) {
            try (var _ = Scope.open("clip")) {
                OptimizerKernels.multiplyAll(gradients, factor);
            }
        }
        return norm;
    }

    private static double norm(List<Tensor> gradients) {
        if (gradients.isEmpty()) {
            return 0;
        }
        try (var _ = Scope.open("gradient norm")) {
            Tensor[] norms =
                    OptimizerKernels.norms(gradients).stream()
                            .map(n -> n.view(1))
                            .toArray(Tensor[]::new);
            return OptimizerKernels.norm(Kernels.cat(0, norms)).item();
        }
    }

    private static List<Tensor> gradients(List<Parameter> parameters) {
        return parameters.stream().map(Parameter::gradient).flatMap(Optional::stream).toList();
    }
}
