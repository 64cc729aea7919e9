package dev.attune.data;

/// Something that is told of rows of a data set once, with how many they are.
///
/// @param rows how many rows
/// @param first the first of them
/// @param value what it is in that row: a field and its value; empty where there is nothing to show
public record Noted(long rows, Origin first, String value) {
    /// The same with one row more.
    Noted more() {
        return new Noted(rows + 1, first, value);
    }

    /// `3 rows, first train.jsonl:7: messages[1].name = "Bob"`.
    public String told() {
        return "%,d rows, first %s%s".formatted(rows, first, value.isEmpty() ? "" : ": " + value);
    }
}
