package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.LeakCheck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class LowRankDropoutTest {
    /// As without dropout, and the product with the mask's scale.
    private static final int ROUNDINGS = 4;

    private static final double SCALE = 0.75;

    @OnRandomShapes
    void gradientsAreThoseOfThePlainFormulaWithTheVeryMask(Dtype dtype, long seed) {
        try (var oracle = new Oracle(dtype, seed, ROUNDINGS)) {
            int in = oracle.size(1, 40);
            int out = oracle.size(1, 40);
            int rank = oracle.size(1, 8);
            check(
                    oracle,
                    oracle.input(oracle.size(1, 30), in),
                    seed % 2 == 0 ? oracle.weight(out, in) : oracle.frozen(out, in),
                    oracle.weight(rank, in),
                    oracle.weight(out, rank),
                    new Dropout(0.3, new Seed(seed)));
        }
    }

    @InBothTypes
    void oneFactorMayTrainWhileTheOtherIsFrozen(Dtype dtype) {
        try (var oracle = new Oracle(dtype, 9, ROUNDINGS)) {
            Dropout dropout = new Dropout(0.5, new Seed(9));
            check(
                    oracle,
                    oracle.input(7, 6),
                    oracle.frozen(5, 6),
                    oracle.frozen(3, 6),
                    oracle.weight(5, 3),
                    dropout);
        }
    }

    private static void check(
            Oracle oracle,
            Oracle.Input x,
            Oracle.Weight w,
            Oracle.Weight a,
            Oracle.Weight b,
            Dropout dropout) {
        oracle.check(
                () -> {
                    Tape tape = oracle.tape();
                    Value y =
                            Linear.apply(
                                    tape, x.value(), w.parameter(), null, Linear.Layout.OUT_IN);
                    LowRank update = oracle.lowRank(a, b, SCALE);
                    return LowRankDropout.apply(tape, x.value(), y, update, dropout);
                },
                () -> {
                    Tensor mask = dropout.mask(x.exact()).to(Dtype.FLOAT64);
                    Tensor dropped = x.exact().times(mask).times(1 / (1 - dropout.p()));
                    Tensor low = dropped.matmul(a.exact().transposed());
                    return x.exact()
                            .matmul(w.exact().transposed())
                            .plus(low.matmul(b.exact().transposed()).times(SCALE));
                });
    }

    /// The update is linear in the mask, so that its mean over masks is the update without one.
    @Test
    void theMeanOverManySeedsIsTheUpdateWithoutDropout() {
        int seeds = 2000;
        try (Generator generator = Generator.seeded(1);
                var _ = Scope.open("test");
                Tape tape = Tape.recording()) {
            Value x = tape.constant(normal(generator, 3, 16));
            Tensor zeros = Tensor.zeros(Dtype.FLOAT32, Device.CPU, 3, 4);
            LowRank update =
                    new LowRank(
                            new Parameter("a", normal(generator, 2, 16)),
                            new Parameter("b", normal(generator, 4, 2)),
                            0.1);
            double[] mean = new double[12];
            for (int seed = 0; seed < seeds; seed++) {
                try (var _ = Scope.open("seed")) {
                    Dropout dropout = new Dropout(0.2, new Seed(seed));
                    Value y = tape.constant(zeros.copy());
                    float[] found =
                            LowRankDropout.apply(tape, x, y, update, dropout).data().floats();
                    for (int i = 0; i < mean.length; i++) {
                        mean[i] += found[i] / (double) seeds;
                    }
                }
            }
            Numbers whole = Numbers.of(update.apply(tape, x, tape.constant(zeros.copy())).data());
            float[] floats = new float[mean.length];
            for (int i = 0; i < mean.length; i++) {
                floats[i] = (float) mean[i];
            }
            // An entry strays by half of the largest or so; 2000 of them by a ninetieth of it.
            Numbers.of(Tensor.of(floats, 3, 4)).assertCloseTo("mean", whole, 0.05);
        }
    }

    @Test
    void whoeverJudgesGetsTheUpdateWholeAndBitByBit() {
        try (Generator generator = Generator.seeded(2);
                var _ = Scope.open("test");
                Tape off = Tape.off();
                Tape recording = Tape.recording()) {
            Tensor x = normal(generator, 5, 8);
            Tensor y = normal(generator, 5, 4);
            LowRank update =
                    new LowRank(
                            new Parameter("a", normal(generator, 2, 8)),
                            new Parameter("b", normal(generator, 4, 2)),
                            2);
            float[] whole =
                    update.apply(off, off.constant(x), off.constant(y.copy())).data().floats();
            for (double p : new double[] {0, 0.5}) {
                Tape tape = p == 0 ? recording : off;
                Value found =
                        LowRankDropout.apply(
                                tape,
                                tape.constant(x),
                                tape.constant(y.copy()),
                                update,
                                new Dropout(p, new Seed(1)));
                assertThat(found.data().floats()).isEqualTo(whole);
            }
        }
    }

    private static Tensor normal(Generator generator, long... shape) {
        return generator.normal(0, 1, Dtype.FLOAT32, Device.CPU, shape);
    }
}
