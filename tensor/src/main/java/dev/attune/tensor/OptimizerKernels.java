package dev.attune.tensor;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.global.torch;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The libtorch kernels that only optimizers need.
final class OptimizerKernels {
    private OptimizerKernels() {}

    /// The names of Adam's state.
    static final String FIRST_MOMENT = "exp_avg";

    static final String SECOND_MOMENT = "exp_avg_sq";
    static final String LARGEST_SECOND_MOMENT = "max_exp_avg_sq";

    /// The numbers of one step of Adam.
    record AdamNumbers(
            double learningRate,
            double betaOne,
            double betaTwo,
            double eps,
            double decay,
            boolean amsgrad) {}

    /// Adam over many weights in one call, in place; everything float32.
    ///
    /// @param operator `_fused_adamw_`, or `_fused_adam_` with decay as part of the gradient
    static void fusedAdam(String operator, List<Slot> slots, AdamNumbers numbers) {
        Map<Long, Tensor> counts = new HashMap<>();
        Device device = slots.getFirst().master().device();
        Boxed.of("aten::" + operator)
                .with(slots.stream().map(Slot::master).toList())
                .with(slots.stream().map(Slot::gradient).toList())
                .with(slots.stream().map(s -> s.state(FIRST_MOMENT)).toList())
                .with(slots.stream().map(s -> s.state(SECOND_MOMENT)).toList())
                .with(
                        numbers.amsgrad
                                ? slots.stream().map(s -> s.state(LARGEST_SECOND_MOMENT)).toList()
                                : List.of())
                .with(slots.stream().map(s -> counted(counts, s.steps(), device)).toList())
                .with(numbers.learningRate)
                .with(numbers.betaOne)
                .with(numbers.betaTwo)
                .with(numbers.decay)
                .with(numbers.eps)
                .with(numbers.amsgrad)
                .with(false) // maximising
                .withNothing() // a scale of the gradients
                .withNothing() // a flag for infinities
                .call();
    }

    /// The number of a step as the kernel wants it; most weights share one.
    private static Tensor counted(Map<Long, Tensor> counts, long steps, Device device) {
        return counts.computeIfAbsent(steps, count -> Tensor.full(count, Dtype.FLOAT32, device));
    }

    /// The 2-norm of each tensor, float32 scalars.
    static List<Tensor> norms(List<Tensor> tensors) {
        return Boxed.of("aten::_foreach_norm", "Scalar")
                .with(tensors)
                .with(2.0)
                .withType(Dtype.FLOAT32)
                .call()
                .tensors(0);
    }

    /// Multiplies each tensor by one number.
    static void multiplyAll(List<Tensor> tensors, double number) {
        Boxed.of("aten::_foreach_mul_", "Scalar").with(tensors).with(number).call();
    }

    /// The 2-norm of all elements, a scalar.
    static Tensor norm(Tensor x) {
        return Tensor.of(torch.linalg_vector_norm(x.raw()));
    }

    /// The mean over dimension `dim`, which stays with size one if `keepdim`.
    static Tensor mean(Tensor x, int dim, boolean keepdim) {
        return Tensor.of(torch.mean(x.raw(), new long[] {dim}, keepdim, new ScalarTypeOptional()));
    }

    /// `1/√x` element by element.
    static Tensor rsqrt(Tensor x) {
        return Tensor.of(torch.rsqrt(x.raw()));
    }

    /// -1, 0 or 1 element by element.
    static Tensor signInPlace(Tensor x) {
        x.raw().sign_();
        return x;
    }

    /// Raises smaller elements to `least`.
    static Tensor atLeastInPlace(Tensor x, double least) {
        x.raw().clamp_min_(new Scalar(least));
        return x;
    }

    /// Adds `scale·a/b` element by element.
    static void addQuotientInPlace(Tensor x, Tensor a, Tensor b, double scale) {
        x.raw().addcdiv_(a.raw(), b.raw(), new Scalar(scale));
    }
}
