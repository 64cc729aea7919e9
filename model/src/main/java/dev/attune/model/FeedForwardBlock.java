package dev.attune.model;

import dev.attune.tensor.Activation;
import dev.attune.tensor.ActivationKind;
import dev.attune.tensor.Experts;
import dev.attune.tensor.GatedActivation;
import dev.attune.tensor.Router;
import dev.attune.tensor.Split;
import dev.attune.tensor.Tape;
import dev.attune.tensor.Tensor;
import dev.attune.tensor.Value;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The second half of a layer: `x: (N, C)` to `(N, C)`.
sealed interface FeedForwardBlock {
    Value apply(Forward forward, Value x);

    List<Projection> projections();

    /// Gate and up side by side.
    record Gated(Projection gate, Projection up, Projection down, ActivationKind activation)
            implements FeedForwardBlock {
        @Override
        public Value apply(Forward forward, Value x) {
            List<Value> sides = Projection.applyAll(forward, x, List.of(gate, up));
            return down.apply(
                    forward,
                    GatedActivation.apply(forward.tape(), sides.get(0), sides.get(1), activation));
        }

        @Override
        public List<Projection> projections() {
            return List.of(gate, up, down);
        }
    }

    /// Gate and up in one matrix.
    record FusedGated(Projection gateUp, Projection down, ActivationKind activation)
            implements FeedForwardBlock {
        @Override
        public Value apply(Forward forward, Value x) {
            long width = gateUp.outFeatures() / 2;
            Tape tape = forward.tape();
            List<Value> parts = Split.apply(tape, gateUp.apply(forward, x), 1, width, width);
            return down.apply(
                    forward, GatedActivation.apply(tape, parts.get(0), parts.get(1), activation));
        }

        @Override
        public List<Projection> projections() {
            return List.of(gateUp, down);
        }
    }

    /// No gate.
    record Plain(Projection up, Projection down, ActivationKind activation)
            implements FeedForwardBlock {
        @Override
        public Value apply(Forward forward, Value x) {
            Value raised = up.apply(forward, x);
            return down.apply(forward, Activation.apply(forward.tape(), raised, activation));
        }

        @Override
        public List<Projection> projections() {
            return List.of(up, down);
        }
    }

    /// Several gated ones, of which each token uses a few.
    record Mixture(
            Projection router, List<Gated> experts, int numExpertsPerTok, boolean normTopkProb)
            implements FeedForwardBlock {
        @Override
        public Value apply(Forward forward, Value x) {
            Tape tape = forward.tape();
            Value scores = router.apply(forward, x);
            forward.observer().routed(scores);
            Router.Routing routing = Router.apply(tape, scores, numExpertsPerTok, normTopkProb);
            long[] chosen = routing.experts().longs();
            List<Experts.Share> shares = new ArrayList<>();
            for (int e = 0; e < experts.size(); e++) {
                int[] picks = positionsOf(chosen, e);
                if (picks.length > 0) {
                    shares.add(share(forward, x, experts.get(e), picks));
                }
            }
            return Experts.combine(tape, routing.weights(), shares);
        }

        private Experts.Share share(Forward forward, Value x, Gated expert, int[] picks) {
            int[] rows = new int[picks.length];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = picks[i] / numExpertsPerTok;
            }
            Tensor rowIndices = Tensor.indices(rows, x.data().device());
            Tensor pickIndices = Tensor.indices(picks, x.data().device());
            Value given = Experts.gather(forward.tape(), x, rowIndices);
            return new Experts.Share(expert.apply(forward, given), rowIndices, pickIndices);
        }

        private static int[] positionsOf(long[] chosen, int expert) {
            int count = 0;
            int[] found = new int[chosen.length];
            for (int i = 0; i < chosen.length; i++) {
                if (chosen[i] == expert) {
                    found[count++] = i;
                }
            }
            return Arrays.copyOf(found, count);
        }

        @Override
        public List<Projection> projections() {
            List<Projection> all = new ArrayList<>();
            all.add(router);
            experts.forEach(e -> all.addAll(e.projections()));
            return all;
        }
    }
}
