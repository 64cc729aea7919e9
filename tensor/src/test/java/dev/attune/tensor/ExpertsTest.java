package dev.attune.tensor;

import dev.attune.testkit.LeakCheck;

import org.junit.jupiter.api.extension.ExtendWith;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

@ExtendWith(LeakCheck.class)
class ExpertsTest {
    /// A product, and a sum rounded with each of the experts of a token.
    private static final int ROUNDINGS = 6;

    @OnRandomShapes
    void theWeightedSumOfExpertsEqualsTheDenseComposition(Dtype dtype, long seed) {
        Random random = new Random(seed);
        int experts = random.nextInt(2, 6);
        int perToken = random.nextInt(1, experts);
        int[][] chosen = new int[random.nextInt(1, 15)][];
        for (int t = 0; t < chosen.length; t++) {
            int first = random.nextInt(experts);
            chosen[t] = new int[perToken];
            for (int i = 0; i < perToken; i++) {
                chosen[t][i] = (first + i) % experts;
            }
        }
        check(dtype, seed, experts, chosen);
    }

    @InBothTypes
    void anExpertThatNoTokenChoseIsPassedOver(Dtype dtype) {
        check(dtype, 40, 4, new int[][] {{0, 3}, {3, 0}, {0, 3}});
    }

    @InBothTypes
    void allTokensMayChooseOneExpert(Dtype dtype) {
        check(dtype, 41, 3, new int[][] {{1}, {1}, {1}, {1}, {1}});
    }

    /// Expert e multiplies the features of its tokens by a weight of its own.
    private static void check(Dtype dtype, long seed, int experts, int[][] chosen) {
        try (var oracle = new Oracle(dtype, seed, ROUNDINGS)) {
            int width = oracle.size(1, 12);
            int perToken = chosen[0].length;
            Oracle.Input x = oracle.input(chosen.length, width);
            Oracle.Input w = oracle.input(chosen.length, perToken);
            List<Oracle.Weight> layers = new ArrayList<>();
            for (int e = 0; e < experts; e++) {
                layers.add(oracle.weight(width, width));
            }
            oracle.check(
                    () -> {
                        List<Experts.Share> shares = new ArrayList<>();
                        for (int e = 0; e < experts; e++) {
                            shares.add(share(oracle.tape(), x, layers.get(e), chosen, e));
                        }
                        return Experts.combine(oracle.tape(), w.value(), shares);
                    },
                    () -> dense(x.exact(), w.exact(), layers, chosen));
        }
    }

    private static Experts.Share share(
            Tape tape, Oracle.Input x, Oracle.Weight layer, int[][] chosen, int expert) {
        List<Integer> rows = new ArrayList<>();
        List<Integer> picks = new ArrayList<>();
        for (int t = 0; t < chosen.length; t++) {
            for (int i = 0; i < chosen[t].length; i++) {
                if (chosen[t][i] == expert) {
                    rows.add(t);
                    picks.add(t * chosen[t].length + i);
                }
            }
        }
        Tensor at = indices(rows);
        Value in = Experts.gather(tape, x.value(), at);
        Value out = Linear.apply(tape, in, layer.parameter(), null, Linear.Layout.IN_OUT);
        return new Experts.Share(out, at, indices(picks));
    }

    private static Tensor indices(List<Integer> of) {
        return Tensor.indices(of.stream().mapToInt(i -> i).toArray(), Device.CPU);
    }

    private static Tensor dense(Tensor x, Tensor w, List<Oracle.Weight> layers, int[][] chosen) {
        List<Tensor> rows = new ArrayList<>();
        for (int t = 0; t < chosen.length; t++) {
            Tensor sum = Tensor.zeros(Dtype.FLOAT64, Device.CPU, 1, x.size(1));
            for (int i = 0; i < chosen[t].length; i++) {
                Tensor y = x.narrow(0, t, 1).matmul(layers.get(chosen[t][i]).exact());
                sum = sum.plus(y.times(w.narrow(0, t, 1).narrow(1, i, 1)));
            }
            rows.add(sum);
        }
        return Naive.cat(0, rows);
    }
}
