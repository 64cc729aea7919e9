package dev.attune.train;

import java.util.List;

/// What doing steps again came to.
///
/// @param from after which step it began: a checkpoint, or 0 for the first weights
/// @param to the step whose checkpoint it was compared with
/// @param otherLosses the steps whose loss or gradient norm came out otherwise
/// @param otherWeights names of weights with other bits
/// @param otherMoments names of the optimizer's tensors with other bits
public record Replay(
        long from,
        long to,
        List<Long> otherLosses,
        List<String> otherWeights,
        List<String> otherMoments) {
    /// Copies the lists.
    public Replay {
        otherLosses = List.copyOf(otherLosses);
        otherWeights = List.copyOf(otherWeights);
        otherMoments = List.copyOf(otherMoments);
    }

    /// Whether all came out bit by bit as before.
    public boolean isIdentical() {
        return otherLosses.isEmpty() && otherWeights.isEmpty() && otherMoments.isEmpty();
    }
}
