package dev.attune.tensor;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

import java.util.List;

/// The libtorch kernels that operations share and that no method of [Tensor] offers.
final class Kernels {
    private Kernels() {}

    /// `1/√(mean(x²) + eps)` over the last dimension, which stays with size one.
    static Tensor rsqrtMeanSquare(Tensor x, double eps) {
        Tensor norm =
                Tensor.of(
                        torch.linalg_vector_norm(
                                x.raw(),
                                new Scalar(2.0),
                                new long[] {-1},
                                true,
                                new ScalarTypeOptional()));
        norm.multiplyInPlace(norm).multiplyInPlace(1.0 / x.size(-1)).addInPlace(eps);
        norm.raw().rsqrt_();
        return norm;
    }

    /// `a∘b`, written over `a` if that is a copy made of `original` and nobody else's.
    static Tensor product(Tensor a, Tensor original, Tensor b) {
        boolean isCopy = a.dtype() != original.dtype();
        return isCopy ? a.multiplyInPlace(b) : a.times(b);
    }

    static Tensor sqrt(Tensor x) {
        return Tensor.of(torch.sqrt(x.raw()));
    }

    static Tensor tanh(Tensor x) {
        return Tensor.of(torch.tanh(x.raw()));
    }

    static Tensor activation(Tensor x, ActivationKind kind) {
        return Tensor.of(
                switch (kind) {
                    case SILU -> torch.silu(x.raw());
                    case GELU -> torch.gelu(x.raw(), "none");
                    case GELU_TANH -> torch.gelu(x.raw(), "tanh");
                    case RELU -> torch.relu(x.raw());
                });
    }

    /// `dy·f′(x)`.
    static Tensor activationBackward(Tensor dy, Tensor x, ActivationKind kind) {
        return Tensor.of(
                switch (kind) {
                    case SILU -> torch.silu_backward(dy.raw(), x.raw());
                    case GELU -> torch.gelu_backward(dy.raw(), x.raw(), "none");
                    case GELU_TANH -> torch.gelu_backward(dy.raw(), x.raw(), "tanh");
                    case RELU -> torch.threshold_backward(dy.raw(), x.raw(), new Scalar(0.0));
                });
    }

    /// Tensors laid side by side along dimension `dim`.
    static Tensor cat(int dim, Tensor... parts) {
        TensorVector list = new TensorVector(parts.length);
        for (int i = 0; i < parts.length; i++) {
            list.put(i, parts[i].raw());
        }
        return Tensor.of(torch.cat(list, dim));
    }

    /// `alpha·a·b` for batches of matrices.
    static Tensor scaledProduct(Tensor a, Tensor b, double alpha) {
        if (alpha == 1) {
            return a.matmul(b);
        }
        Tensor ignored = Tensor.empty(a.dtype(), a.device(), 1, 1, 1);
        return Tensor.of(
                torch.baddbmm(ignored.raw(), a.raw(), b.raw(), new Scalar(0.0), new Scalar(alpha)));
    }

    /// Writes the product of two batches of matrices over `target`.
    static void productInto(Tensor target, Tensor a, Tensor b) {
        torch.bmm_out(target.raw(), a.raw(), b.raw());
    }

    /// Adds `alpha·a·b` to `target`, for batches of matrices.
    static void addProducts(Tensor target, Tensor a, Tensor b, double alpha) {
        target.raw().baddbmm_(a.raw(), b.raw(), new Scalar(1.0), new Scalar(alpha));
    }

    /// Minus infinity above the diagonal of a matrix, zero elsewhere, like another tensor.
    static Tensor minusInfinityAbove(Tensor like, long rows, long columns) {
        Tensor all =
                Tensor.full(Double.NEGATIVE_INFINITY, like.dtype(), like.device(), rows, columns);
        return Tensor.of(torch.triu(all.raw(), 1));
    }

    /// Minus infinity on and below the diagonal that runs `lead` columns to the right of the main
    /// one, zero elsewhere.
    static Tensor minusInfinityBelow(Tensor like, long rows, long columns, long lead) {
        Tensor all =
                Tensor.full(Double.NEGATIVE_INFINITY, like.dtype(), like.device(), rows, columns);
        return Tensor.of(torch.tril(all.raw(), lead));
    }

    /// The gradient before a softmax over the last dimension, from that behind it and its result.
    static Tensor softmaxBackward(Tensor dp, Tensor p) {
        return Boxed.of("aten::_softmax_backward_data")
                .with(dp)
                .with(p)
                .with(-1L)
                .withTypeOf(p)
                .call()
                .tensor(0);
    }

    /// Writes `a∘b` into `target`, with broadcasting.
    static void multiplyInto(Tensor target, Tensor a, Tensor b) {
        torch.mul_out(target.raw(), a.raw(), b.raw());
    }

    /// The columns of the `count` greatest elements of each row, the greatest first, int64.
    static Tensor topkIndices(Tensor x, int count) {
        return owned(torch.topk(x.raw(), count, -1, true, true).get1());
    }

    /// Zeros of the shape of `like`, with `values` in the columns at `indices`.
    static Tensor scatterColumns(Tensor like, Tensor indices, Tensor values) {
        Tensor target = Tensor.zeros(like.dtype(), like.device(), like.shape());
        target.raw().scatter_(-1, indices.raw(), values.raw());
        return target;
    }

    static Tensor expInPlace(Tensor x) {
        x.raw().exp_();
        return x;
    }

    /// Adds a number to one column of each row.
    ///
    /// @param columns int64, `(m)`
    /// @param numbers of the type of `x`, `(m, 1)`
    static void addInColumns(Tensor x, Tensor columns, Tensor numbers) {
        x.raw().scatter_add_(1, columns.unsqueeze(1).raw(), numbers.raw());
    }

    /// The greatest element of each row, `(m, 1)`.
    static Tensor rowMaxima(Tensor x) {
        return Tensor.of(torch.amax(x.raw(), new long[] {-1}, true));
    }

    /// The greater of each two elements.
    static Tensor maximum(Tensor a, Tensor b) {
        return Tensor.of(torch.maximum(a.raw(), b.raw()));
    }

    static Tensor log(Tensor x) {
        return Tensor.of(torch.log(x.raw()));
    }

    /// Copies each tensor of `from` over its partner in `to`, turned into its type.
    static void copyAll(List<Tensor> to, List<Tensor> from) {
        if (!to.isEmpty()) {
            Boxed.of("aten::_foreach_copy_").with(to).with(from).with(false).call();
        }
    }

    /// A handle of our own to a tensor that a tuple or list holds.
    private static Tensor owned(org.bytedeco.pytorch.Tensor borrowed) {
        return Tensor.of(new org.bytedeco.pytorch.Tensor(borrowed));
    }
}
