package dev.attune.model;

import dev.attune.tensor.LoadBalance;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tape;
import dev.attune.tensor.Value;

import java.util.ArrayList;
import java.util.List;

/// Gathers the scores of all experts while a decoder runs, for the loss that keeps them equally
/// busy.
///
/// ```
/// try (RouterScores scores = new RouterScores()) {
///     Value hidden = decoder.hidden(tape, batch, scores);
///     Value balance = scores.loadBalance(tape, numExpertsPerTok);
///     tape.seed(balance, coefficient);      // router_aux_loss_coef, (1)
///     tape.backward(...);                   // of the loss of the tokens
/// }
/// ```
///
/// Holds the scores until closed, which must be after the backward pass. For one pass.
public final class RouterScores implements Observer, AutoCloseable {
    private final Scope kept = Scope.owning("router scores");
    private final List<Value> scores = new ArrayList<>();

    @Override
    public void state(Value x) {
        // Only the routers matter here.
    }

    @Override
    public void routed(Value logits) {
        kept.adopt(logits.data());
        scores.add(logits);
    }

    /// The scores of each layer that has experts, `(N, E)`, lowest first.
    public List<Value> scores() {
        return List.copyOf(scores);
    }

    /// How unevenly the experts were used, see [LoadBalance].
    ///
    /// @throws IllegalStateException if no layer has experts
    public Value loadBalance(Tape tape, int numExpertsPerTok) {
        if (scores.isEmpty()) {
            throw new IllegalStateException("no layer has experts, or none has run");
        }
        return LoadBalance.apply(tape, scores, numExpertsPerTok);
    }

    /// Frees the scores.
    @Override
    public void close() {
        kept.close();
    }
}
