package dev.attune.text;

/// A word of a template.
///
/// @param kind what it is
/// @param text its text; for a string constant the value, for data what is to be written
/// @param at where it starts in the source
record JinjaToken(Kind kind, String text, int at) {
    /// The kinds of words.
    enum Kind {
        /// Text outside of tags.
        DATA,
        /// `{{`
        VARIABLE_BEGIN,
        /// `}}`
        VARIABLE_END,
        /// `{%`
        BLOCK_BEGIN,
        /// `%}`
        BLOCK_END,
        /// An identifier.
        NAME,
        /// A string constant.
        STRING,
        /// A whole number.
        INTEGER,
        /// A number with a fraction or exponent.
        FLOAT,
        /// `+`, `==`, `(` ...
        OPERATOR,
        /// The end of the template.
        END
    }

    /// Whether it is this operator.
    boolean isOperator(String operator) {
        return kind == Kind.OPERATOR && text.equals(operator);
    }

    /// Whether it is this name.
    boolean isName(String name) {
        return kind == Kind.NAME && text.equals(name);
    }

    /// What a person calls it.
    String described() {
        return switch (kind) {
            case DATA -> "text";
            case VARIABLE_BEGIN -> "'{{'";
            case VARIABLE_END -> "'}}'";
            case BLOCK_BEGIN -> "'{%'";
            case BLOCK_END -> "'%}'";
            case END -> "the end of the template";
            case STRING -> "the string '" + text + "'";
            case NAME, INTEGER, FLOAT, OPERATOR -> "'" + text + "'";
        };
    }
}
