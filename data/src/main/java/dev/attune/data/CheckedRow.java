package dev.attune.data;

/// A row of the training data as checks see it: its texts, cut into words once for all of them.
///
/// @param row its number in the [RowIndex]
record CheckedRow(int row, RowText text, Words prompt, Words answer) {
    static CheckedRow of(int row, RowText text) {
        return new CheckedRow(row, text, Words.of(text.prompt()), Words.of(text.answer()));
    }

    /// The words of what is asked, or of a text that asks nothing.
    Words asked() {
        return text.prompt().isBlank() ? answer : prompt;
    }

    Origin origin() {
        return text.origin();
    }
}
