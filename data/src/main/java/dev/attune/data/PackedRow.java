package dev.attune.data;

import dev.attune.text.TokenSequence;

import java.util.List;

/// Documents end to end, as one row of a batch.
///
/// ```
/// ids        a a a a b b c c c c
/// lengths    4       2   4
/// positions  0 1 2 3 0 1 0 1 2 3
/// ```
///
/// Attention never crosses a bound and positions begin anew at each, so the first token of a
/// document is predicted from nothing and counts for nothing. Immutable; arrays are copied.
public final class PackedRow {
    private final TokenSequence tokens;
    private final int[] documentLengths;
    private final List<Origin> origins;

    /// Takes the tokens of all documents, the length of each, and where each came from.
    ///
    /// @throws IllegalArgumentException if the three disagree, or a document is empty
    public PackedRow(TokenSequence tokens, int[] documentLengths, List<Origin> origins) {
        long sum = 0;
        for (int length : documentLengths) {
            if (length < 1) {
                throw new IllegalArgumentException("a document of " + length + " tokens");
            }
            sum += length;
        }
        if (sum != tokens.length() || origins.size() != documentLengths.length) {
            throw new IllegalArgumentException(
                    "%d tokens in %d documents of %d origins, but the row has %d tokens"
                            .formatted(
                                    sum, documentLengths.length, origins.size(), tokens.length()));
        }
        this.tokens = tokens;
        this.documentLengths = documentLengths.clone();
        this.origins = List.copyOf(origins);
    }

    /// The ids of all documents, and which are trained.
    public TokenSequence tokens() {
        return tokens;
    }

    /// How many tokens each document has.
    public int[] documentLengths() {
        return documentLengths.clone();
    }

    /// The row of the data that each document is, or is part of.
    public List<Origin> origins() {
        return origins;
    }

    /// The position of each token in its document.
    public int[] positions() {
        int[] positions = new int[tokens.length()];
        int at = 0;
        for (int length : documentLengths) {
            for (int i = 0; i < length; i++) {
                positions[at++] = i;
            }
        }
        return positions;
    }
}
