package dev.attune.data;

/// What became of a row that was not packed whole.
///
/// @param row its number
/// @param tokensLost how many of its tokens are in no packed row
/// @param trainedTokensLost how many tokens that were to be learned are not, since they are cut or
///   since nothing stands before them
public record RowFate(int row, Origin origin, Kind kind, int tokensLost, int trainedTokensLost) {
    /// The kinds of fate.
    public enum Kind {
        /// It has no tokens.
        EMPTY,
        /// It was too long, and left out.
        DROPPED,
        /// It was too long, and its end or its start was cut.
        TRUNCATED,
        /// It was too long, and became several documents.
        SPLIT
    }
}
