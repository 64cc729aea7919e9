package dev.attune.export;

import dev.attune.text.TokenSequence;

import java.util.List;
import java.util.Set;

/// The user's rows that an exported model is held against its original on.
///
/// @param rows as tokens; what is marked as learned last in a row is taken for its answer, and what
///   stands before for the question
/// @param stopTokens the ids that end an answer
public record ParityRows(List<TokenSequence> rows, Set<Integer> stopTokens) {
    /// None: a text of made-up ids is taken.
    public static final ParityRows NONE = new ParityRows(List.of(), Set.of());

    /// How many rows are worth giving.
    public static final int USEFUL = 16;

    /// Copies the collections.
    public ParityRows {
        rows = List.copyOf(rows);
        stopTokens = Set.copyOf(stopTokens);
    }
}
