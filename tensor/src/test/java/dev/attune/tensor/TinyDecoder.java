package dev.attune.tensor;

import java.util.ArrayList;
import java.util.List;

/// Two decoder layers with every sort of operation, on the tape and as a formula.
///
/// ```
/// h = E[ids]      h += O(attention(rope(norm(h)·QKV + low rank)))
///                 h += D(silu(norm(h)·G) ∘ norm(h)·U)             head(norm(h))
/// ```
final class TinyDecoder {
    static final Documents DOCUMENTS = Documents.ofLengths(5, 3, 3);
    static final List<Integer> LABELLED = List.of(0, 2, 3, 6, 9);

    private static final AttentionShape SHAPE = new AttentionShape(4, 2, 4, 0.5, 20, 4);
    private static final int HIDDEN = 16;
    private static final int VOCABULARY = 23;
    private static final double EPS = 1e-5;

    private final Oracle oracle;
    private final Oracle.Weight embedding;
    private final List<Layer> layers = new ArrayList<>();
    private final Oracle.Weight norm;
    private final int[] ids;
    private final int[] targets;
    private final Tensor cos;
    private final Tensor sin;

    TinyDecoder(Oracle oracle) {
        this.oracle = oracle;
        embedding = oracle.weight(VOCABULARY, HIDDEN);
        layers.add(new Layer());
        layers.add(new Layer());
        norm = oracle.weight(HIDDEN);
        ids = oracle.indices(DOCUMENTS.tokens(), VOCABULARY);
        targets = oracle.indices(LABELLED.size(), VOCABULARY);
        cos = oracle.normal(0.7, DOCUMENTS.tokens(), 2);
        sin = oracle.normal(0.7, DOCUMENTS.tokens(), 2);
    }

    /// The log-probabilities of the labelled tokens; each layer's scope is closed behind it.
    Value onTape(Tape tape) {
        Value h = Embedding.apply(tape, embedding.parameter(), indices(ids));
        Rope.Angles angles = new Rope.Angles(cos, sin, false);
        for (Layer layer : layers) {
            try (var scope = Scope.open("layer")) {
                h = layer.onTape(tape, h, angles);
                scope.keep(h.data());
            }
        }
        Value last = RmsNorm.apply(tape, h, norm.parameter(), EPS, 0);
        var head = new TokenLogProbs.Head(embedding.parameter(), null, 0.3, 0);
        return TokenLogProbs.apply(
                tape, last, head, new TokenLogProbs.Labels(labelled(), indices(targets)));
    }

    /// The same as a formula.
    Tensor formula() {
        Tensor h = embedding.exact().rows(indices(ids));
        for (Layer layer : layers) {
            h = layer.formula(h, cos.to(Dtype.FLOAT64), sin.to(Dtype.FLOAT64));
        }
        Tensor last = Naive.unitRms(h, EPS).times(norm.exact()).rows(labelled());
        Tensor z = last.matmul(embedding.exact().transposed()).times(0.3);
        Tensor chosen = z.gather(indices(targets).unsqueeze(1)).reshape(LABELLED.size());
        return chosen.minus(z.logsumexp());
    }

    private static Tensor labelled() {
        return indices(LABELLED.stream().mapToInt(i -> i).toArray());
    }

    private static Tensor indices(int[] of) {
        return Tensor.indices(of, Device.CPU);
    }

    private final class Layer {
        private static final double STD = 0.25;

        final Oracle.Weight inputNorm = oracle.weight(HIDDEN);
        final Oracle.Weight qkv = oracle.smallFrozen(STD, 2 * HIDDEN, HIDDEN);
        final Oracle.Weight a = oracle.smallWeight(STD, 3, HIDDEN);
        final Oracle.Weight b = oracle.smallWeight(STD, 2 * HIDDEN, 3);
        final Oracle.Weight headNorm = oracle.weight(4);
        final Oracle.Weight o = oracle.smallFrozen(STD, HIDDEN, HIDDEN);
        final Oracle.Weight postNorm = oracle.weight(HIDDEN);
        final Oracle.Weight gate = oracle.smallWeight(STD, 24, HIDDEN);
        final Oracle.Weight up = oracle.smallFrozen(STD, 24, HIDDEN);
        final Oracle.Weight down = oracle.smallWeight(STD, HIDDEN, 24);

        Value onTape(Tape tape, Value h, Rope.Angles angles) {
            Value n = RmsNorm.apply(tape, h, inputNorm.parameter(), EPS, 0);
            Value y = linear(tape, n, qkv);
            y = oracle.lowRank(a, b, 2).apply(tape, n, y);
            List<Value> parts = Split.apply(tape, y, 1, HIDDEN, HIDDEN / 2, HIDDEN / 2);
            Value q = RmsNorm.apply(tape, parts.get(0), headNorm.parameter(), EPS, 1);
            Value attended =
                    Attention.apply(
                            tape,
                            new Attention.QueryKeyValue(
                                    Rope.apply(tape, q, angles, 4),
                                    Rope.apply(tape, parts.get(1), angles, 4),
                                    parts.get(2)),
                            SHAPE,
                            DOCUMENTS);
            Value mid = ResidualAdd.apply(tape, h, linear(tape, attended, o), 1);
            Value m = RmsNorm.apply(tape, mid, postNorm.parameter(), EPS, 0);
            Value gated =
                    GatedActivation.apply(
                            tape, linear(tape, m, gate), linear(tape, m, up), ActivationKind.SILU);
            return ResidualAdd.apply(tape, mid, linear(tape, gated, down), 0.5);
        }

        Tensor formula(Tensor h, Tensor cos, Tensor sin) {
            Tensor n = Naive.unitRms(h, EPS).times(inputNorm.exact());
            Tensor y = n.matmul(Naive.updated(qkv.exact(), a, b, 2).transposed());
            Tensor heads = y.narrow(1, 0, HIDDEN).reshape(DOCUMENTS.tokens(), 4, 4);
            Tensor q = Naive.unitRms(heads, EPS).times(headNorm.exact().plus(1));
            Tensor attended =
                    Naive.attention(
                            Naive.rope(q.reshape(-1, HIDDEN), cos, sin, false, 4),
                            Naive.rope(y.narrow(1, HIDDEN, HIDDEN / 2), cos, sin, false, 4),
                            y.narrow(1, HIDDEN + HIDDEN / 2, HIDDEN / 2),
                            SHAPE,
                            DOCUMENTS);
            Tensor mid = h.plus(attended.matmul(o.exact().transposed()));
            Tensor m = Naive.unitRms(mid, EPS).times(postNorm.exact());
            Tensor gated =
                    Naive.activation(m.matmul(gate.exact().transposed()), ActivationKind.SILU)
                            .times(m.matmul(up.exact().transposed()));
            return mid.plus(gated.matmul(down.exact().transposed()).times(0.5));
        }

        private static Value linear(Tape tape, Value x, Oracle.Weight w) {
            return Linear.apply(tape, x, w.parameter(), null, Linear.Layout.OUT_IN);
        }
    }
}
