package dev.attune.generate;

import java.util.List;

/// How a text went on.
///
/// @param tokens what was generated, the token that ended it included
/// @param finish why it ended
public record GenerationResult(List<GeneratedToken> tokens, Finish finish) {
    /// Takes a copy of the list.
    public GenerationResult {
        tokens = List.copyOf(tokens);
    }

    /// Why a text ended.
    public sealed interface Finish {
        /// By a token of `eos_token_id`.
        ///
        /// @param id that token
        record Stop(int id) implements Finish {}

        /// After `max_new_tokens`.
        record Length() implements Finish {}

        /// Because the listener said so.
        record Cancelled() implements Finish {}
    }

    /// All ids, the one that ended the text included.
    public List<Integer> ids() {
        return tokens.stream().map(GeneratedToken::id).toList();
    }

    /// The ids that make up the answer: without the one that ended it.
    public List<Integer> answerIds() {
        return switch (finish) {
            case Finish.Stop _ -> ids().subList(0, tokens.size() - 1);
            case Finish.Length _, Finish.Cancelled _ -> ids();
        };
    }

    /// The sum of the tokens' log-probabilities.
    public double logProb() {
        return tokens.stream().mapToDouble(GeneratedToken::logProb).sum();
    }
}
