package dev.attune.data;

/// What becomes of a row with more tokens than fit. Each fate other than failing is recorded.
public enum TooLong {
    /// Nothing is packed, and the rows are listed. The default: nothing is lost without consent.
    FAIL,
    /// The row is left out.
    DROP,
    /// The tokens beyond the limit are cut off, which may cut an answer.
    TRUNCATE_END,
    /// Tokens before the first trained one are cut off from the start, so that no answer is cut; if
    /// the answers alone do not fit, it is as FAIL.
    TRUNCATE_PROMPT,
    /// The row becomes several documents. The first token of each has nothing before it to be
    /// predicted from, so it is not learned.
    SPLIT
}
