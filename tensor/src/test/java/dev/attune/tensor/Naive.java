package dev.attune.tensor;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.global.torch;

import java.util.ArrayList;
import java.util.List;

/// Formulas as a textbook has them, on tensors that libtorch's autograd follows.
final class Naive {
    private Naive() {}

    /// The update of a weight: `W + s·B·A`.
    static Tensor updated(Tensor w, Oracle.Weight a, Oracle.Weight b, double scale) {
        return w.plus(b.exact().matmul(a.exact()).times(scale));
    }

    static Tensor sqrt(Tensor x) {
        return Tensor.of(torch.sqrt(x.raw()));
    }

    static Tensor detached(Tensor x) {
        return Tensor.of(x.raw().detach());
    }

    static Tensor mean(Tensor x) {
        return x.sum(-1, true).times(1.0 / x.size(-1));
    }

    static Tensor tanh(Tensor x) {
        return Tensor.of(torch.tanh(x.raw()));
    }

    static Tensor capped(Tensor x, double cap) {
        return cap == 0 ? x : tanh(x.times(1 / cap)).times(cap);
    }

    static Tensor cat(int dim, List<Tensor> parts) {
        return Kernels.cat(dim, parts.toArray(Tensor[]::new));
    }

    /// `x / √(mean(x²) + eps)` for rows.
    static Tensor unitRms(Tensor x, double eps) {
        return x.over(sqrt(mean(x.times(x)).plus(eps)));
    }

    /// `f(x)` from exp, tanh and erf.
    static Tensor activation(Tensor x, ActivationKind kind) {
        return switch (kind) {
            case SILU -> x.times(Tensor.of(torch.sigmoid(x.raw())));
            case GELU ->
                    x.times(0.5).times(Tensor.of(torch.erf(x.times(Math.sqrt(0.5)).raw())).plus(1));
            case GELU_TANH -> {
                Tensor cube = x.times(x).times(x);
                Tensor in = x.plus(cube.times(0.044715)).times(Math.sqrt(2 / Math.PI));
                yield x.times(0.5).times(tanh(in).plus(1));
            }
            case RELU -> Tensor.of(torch.clamp_min(x.raw(), new Scalar(0.0)));
        };
    }

    /// Attention one document and one head at a time, with the whole square of scores.
    static Tensor attention(
            Tensor q, Tensor k, Tensor v, AttentionShape shape, Documents documents) {
        List<Tensor> rows = new ArrayList<>();
        for (int d = 0; d < documents.count(); d++) {
            int start = documents.start(d);
            int length = documents.length(d);
            Tensor hidden = hidden(length, shape.window());
            List<Tensor> heads = new ArrayList<>();
            for (int h = 0; h < shape.heads(); h++) {
                int group = h / (shape.heads() / shape.keyValueHeads());
                Tensor qh = head(q.narrow(0, start, length), h, shape.headDim());
                Tensor kh = head(k.narrow(0, start, length), group, shape.headDim());
                Tensor vh = head(v.narrow(0, start, length), group, shape.headDim());
                Tensor scores = qh.matmul(kh.transposed()).times(shape.scale());
                heads.add(capped(scores, shape.softCap()).plus(hidden).softmax().matmul(vh));
            }
            rows.add(cat(1, heads));
        }
        return cat(0, rows);
    }

    private static Tensor head(Tensor x, int head, int headDim) {
        return x.narrow(1, (long) head * headDim, headDim);
    }

    private static Tensor hidden(int length, int window) {
        float[] cells = new float[length * length];
        for (int row = 0; row < length; row++) {
            for (int column = 0; column < length; column++) {
                boolean seen = column <= row && (window == 0 || row - column < window);
                cells[row * length + column] = seen ? 0 : Float.NEGATIVE_INFINITY;
            }
        }
        return Tensor.of(cells, length, length).to(Dtype.FLOAT64);
    }

    /// Rotation of each pair of features of each head, one pair at a time.
    static Tensor rope(Tensor x, Tensor cos, Tensor sin, boolean interleaved, int headDim) {
        int half = (int) cos.size(1);
        List<Tensor> columns = new ArrayList<>();
        for (long start = 0; start < x.size(1); start += headDim) {
            Tensor[] turned = new Tensor[headDim];
            for (int i = 0; i < half; i++) {
                int one = interleaved ? 2 * i : i;
                int two = interleaved ? 2 * i + 1 : i + half;
                Tensor a = x.narrow(1, start + one, 1);
                Tensor b = x.narrow(1, start + two, 1);
                Tensor c = cos.narrow(1, i, 1);
                Tensor s = sin.narrow(1, i, 1);
                turned[one] = a.times(c).minus(b.times(s));
                turned[two] = b.times(c).plus(a.times(s));
            }
            for (int i = 2 * half; i < headDim; i++) {
                turned[i] = x.narrow(1, start + i, 1);
            }
            columns.addAll(List.of(turned));
        }
        return cat(1, columns);
    }
}
