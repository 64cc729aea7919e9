package dev.attune.starter;

import java.util.List;

/// A piece of a template, parsed. [PhraseParser] describes how it is written.
sealed interface Phrase {
    /// Words as they stand.
    record Text(String text) implements Phrase {}

    /// One after another.
    record Sequence(List<Phrase> parts) implements Phrase {}

    /// Any one of several, all equally likely.
    record Choice(List<Phrase> options) implements Phrase {}

    /// What a rule says.
    ///
    /// @param name may hold `$variable`, for which the variable's value is put
    /// @param capital whether its first letter becomes a capital
    record Call(String name, boolean capital) implements Phrase {}

    /// A drawn or remembered value.
    ///
    /// @param functions what is done to it, the first one last
    /// @param operands the values, at least one
    record Slot(List<String> functions, List<Operand> operands) implements Phrase {}

    /// One value of a slot.
    ///
    /// @param silent whether it is remembered and not written
    /// @param variable what it is remembered as; empty if it is not
    /// @param source a variable, a table, a range such as `2-9`, a maker of values, or `<rule>`
    /// @param filter what a cell of the drawn row must be; empty for any row
    /// @param column which cell is written; empty for the first
    record Operand(boolean silent, String variable, String source, String filter, String column) {}
}
