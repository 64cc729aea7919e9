package dev.attune.data;

import dev.attune.text.TokenSequence;

import java.util.List;

/// Tokenised rows, by number: in memory, or in a [TokenCache].
public interface TokenRows {
    /// How many there are.
    int rows();

    /// How many tokens row `row` has.
    int length(int row);

    /// Row `row`.
    TokenSequence row(int row);

    /// Where row `row` was read.
    Origin origin(int row);

    /// Rows in memory.
    ///
    /// @throws IllegalArgumentException unless there is an origin for each row
    static TokenRows of(List<TokenSequence> rows, List<Origin> origins) {
        if (rows.size() != origins.size()) {
            throw new IllegalArgumentException(
                    rows.size() + " rows, but " + origins.size() + " origins");
        }
        List<TokenSequence> kept = List.copyOf(rows);
        List<Origin> places = List.copyOf(origins);
        return new TokenRows() {
            @Override
            public int rows() {
                return kept.size();
            }

            @Override
            public int length(int row) {
                return kept.get(row).length();
            }

            @Override
            public TokenSequence row(int row) {
                return kept.get(row);
            }

            @Override
            public Origin origin(int row) {
                return places.get(row);
            }
        };
    }
}
