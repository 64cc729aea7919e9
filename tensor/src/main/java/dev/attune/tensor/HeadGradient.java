package dev.attune.tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Gathers, chunk by chunk, the gradients that a head sends to its hidden states and its weights,
/// and hands them over at the end.
///
/// Made inside the scope of an operation; the tensors it holds belong to that.
final class HeadGradient {
    private final TokenLogProbs.Head head;
    private final TokenLogProbs.Inputs in;
    private final Tensor h;
    private final Tensor dh;
    private final @Nullable Tensor dWeight;
    private final @Nullable Tensor dA;
    private final @Nullable Tensor dB;

    HeadGradient(TokenLogProbs.Head head, TokenLogProbs.Inputs in) {
        this.head = head;
        this.in = in;
        this.h = in.h();
        this.dh = Tensor.empty(h.dtype(), h.device(), h.shape());
        LowRank lowRank = head.lowRank();
        this.dWeight = zerosFor(head.weight());
        this.dA = lowRank == null ? null : zerosFor(lowRank.a());
        this.dB = lowRank == null ? null : zerosFor(lowRank.b());
    }

    private static @Nullable Tensor zerosFor(Parameter parameter) {
        Tensor data = parameter.data();
        return parameter.trainable()
                ? Tensor.zeros(data.dtype(), data.device(), data.shape())
                : null;
    }

    /// Adds the share of one chunk.
    ///
    /// @param scored what its logits gave; the exponentials are overwritten
    /// @param dl gradient of its log-probabilities
    void add(TokenLogProbs.Chunk chunk, TokenLogProbs.Scored scored, Tensor dl) {
        // dz is sums·(softmax − onehot): the factor −c·dl/sums of each row is cheaper to apply to
        // (m, C) than to (m, V).
        Tensor dz = scored.exponentials();
        Kernels.addInColumns(dz, scored.targets(), scored.sums().times(-1));
        Tensor slope = scored.slope();
        if (slope != null) {
            dz.multiplyInPlace(slope);
        }
        Tensor narrow = dz.to(h.dtype());
        Tensor factor = dl.times(-head.logitScale()).unsqueeze(1).over(scored.sums());
        Tensor through = narrow.matmul(head.weight().data());
        LowRank lowRank = head.lowRank();
        Tensor hScaled = chunk.of(h).times(factor).to(h.dtype());
        if (lowRank != null) {
            Tensor u = narrow.matmul(lowRank.b().data()).multiplyInPlace(lowRank.scale());
            if (in.mask() == null) {
                through.addProductInPlace(u, lowRank.a().data(), 1);
            } else {
                through.addInPlace(in.dropped(head, chunk, u.matmul(lowRank.a().data())));
            }
            Tensor seen = in.dropped(head, chunk, hScaled);
            if (dA != null) {
                dA.addProductInPlace(u.transposed(), seen, 1);
            }
            if (dB != null) {
                Tensor low = seen.matmul(lowRank.a().data().transposed());
                dB.addProductInPlace(narrow.transposed(), low, lowRank.scale());
            }
        }
        if (dWeight != null) {
            dWeight.addProductInPlace(narrow.transposed(), hScaled, 1);
        }
        chunk.of(dh).copyInPlace(through.times(factor));
    }

    /// Hands everything over.
    void give(Value hidden, Tensor rows) {
        if (dWeight != null) {
            head.weight().accumulate(dWeight);
        }
        LowRank lowRank = head.lowRank();
        if (lowRank != null && dA != null) {
            lowRank.a().accumulate(dA);
        }
        if (lowRank != null && dB != null) {
            lowRank.b().accumulate(dB);
        }
        hidden.accumulateRows(rows, dh);
    }

    /// What must stay until backward: the given tensors and those held here.
    Tensor[] joinedTo(Tensor[] saved, @Nullable Tensor expected) {
        List<Tensor> all = new ArrayList<>(Arrays.asList(saved));
        all.add(dh);
        for (Tensor tensor : new @Nullable Tensor[] {dWeight, dA, dB, expected}) {
            if (tensor != null) {
                all.add(tensor);
            }
        }
        return all.toArray(Tensor[]::new);
    }
}
