package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.LeakCheck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class RouterTest {
    /// The softmax is in float32: its result and its gradient are rounded.
    private static final int ROUNDINGS = 2;

    @OnRandomShapes
    void weightsEqualTheGreatestProbabilities(Dtype dtype, long seed) {
        check(dtype, seed, false);
    }

    @OnRandomShapes
    void normalisedWeightsAddUpToOne(Dtype dtype, long seed) {
        check(dtype, seed, true);
    }

    private static void check(Dtype dtype, long seed, boolean normalise) {
        try (var oracle = new Oracle(dtype, seed, ROUNDINGS)) {
            int experts = oracle.size(2, 9);
            int perToken = oracle.size(1, experts);
            Oracle.Input z = oracle.input(oracle.size(1, 20), experts);
            Tensor[] chosen = new Tensor[1];
            oracle.check(
                    () -> {
                        Router.Routing routing =
                                Router.apply(oracle.tape(), z.value(), perToken, normalise);
                        chosen[0] = routing.experts();
                        return routing.weights();
                    },
                    () -> {
                        Tensor picked = z.exact().softmax().gather(chosen[0]);
                        return normalise ? picked.over(picked.sum(-1, true)) : picked;
                    });
        }
    }

    @Test
    void theStrongestExpertComesFirst() {
        try (var _ = Scope.open("test");
                var tape = Tape.off()) {
            Tensor logits = Tensor.of(new float[] {1, 3, 2, 0, -1, 5, 4, 3}, 2, 4);
            Router.Routing routing = Router.apply(tape, tape.constant(logits), 2, true);
            assertThat(routing.experts().longs()).containsExactly(1, 2, 1, 2);
            assertThat(routing.weights().data().floats())
                    .containsExactly(0.7310586f, 0.26894143f, 0.7310586f, 0.26894143f);
        }
    }
}
