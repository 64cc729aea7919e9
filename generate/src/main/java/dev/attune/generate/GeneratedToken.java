package dev.attune.generate;

import java.util.List;

/// A token that was chosen, and how likely the model found it.
///
/// Log-probabilities are natural logarithms and those of the model itself: before any penalty,
/// temperature or filter.
///
/// @param id the token
/// @param logProb its log-probability
/// @param top the likeliest tokens at this place, the likeliest first, as many as `logprobs` asked
///   for; the chosen one may or may not be among them
public record GeneratedToken(int id, double logProb, List<Likely> top) {
    /// A likely token.
    ///
    /// @param id the token
    /// @param logProb its log-probability
    public record Likely(int id, double logProb) {}

    /// Takes a copy of the list.
    public GeneratedToken {
        top = List.copyOf(top);
    }
}
