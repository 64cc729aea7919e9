package dev.attune.tensor;

import java.util.Arrays;
import java.util.List;

/// The auxiliary loss that keeps experts equally busy, [Fedus et al. 2021, equations 4 to
/// 6](https://arxiv.org/abs/2101.03961), over the tokens of all layers together as Hugging Face's
/// `load_balancing_loss_func` takes it.
///
/// ```
/// p = softmax(z)                    z: (M, E), float32, the scores of all layers under each other
/// f = counts of the k greatest / M  (E), adds up to k, takes no gradient
/// L = E · Σ f∘mean(p)               1 number; k when all experts are equally busy
/// dp = E/M · dL · f,  dz = p∘(dp − Σ dp∘p)
/// ```
public final class LoadBalance {
    private LoadBalance() {}

    /// The loss, float32, `(1)`.
    ///
    /// @param scores what the router of each layer gave, `(N, E)` each
    /// @param perToken k, how many experts a token uses
    public static Value apply(Tape tape, List<Value> scores, int perToken) {
        try (var op = tape.begin("load_balance")) {
            Dtype dtype = scores.getFirst().data().dtype();
            Tensor[] p = new Tensor[scores.size()];
            for (int i = 0; i < p.length; i++) {
                p[i] = scores.get(i).data().to(Dtype.FLOAT32).softmax();
            }
            Tensor all = Kernels.cat(0, p);
            long experts = all.size(1);
            double rows = all.size(0);
            Tensor chosen = Kernels.topkIndices(all, perToken).reshape(-1);
            Tensor one = Tensor.full(1, Dtype.FLOAT32, all.device(), chosen.elements(), 1);
            Tensor counts = Tensor.zeros(Dtype.FLOAT32, all.device(), experts, 1);
            Tensor f = counts.addRowsInPlace(chosen, one).view(1, experts).times(experts / rows);
            Tensor loss = all.sum(0, true).times(f).sum(1, false).times(1 / rows);
            return op.result(
                    loss,
                    scores.stream().anyMatch(Value::needsGradient),
                    dl -> {
                        Tensor dp = f.times(dl).times(1 / rows);
                        for (int i = 0; i < p.length; i++) {
                            Tensor wide = dp.expand(p[i].shape()).contiguous();
                            scores.get(i).accumulate(Kernels.softmaxBackward(wide, p[i]).to(dtype));
                        }
                    },
                    saved(p, f));
        }
    }

    private static Tensor[] saved(Tensor[] p, Tensor f) {
        Tensor[] all = Arrays.copyOf(p, p.length + 1);
        all[p.length] = f;
        return all;
    }
}
