package dev.attune.text;

/// A word of a template in Go's language.
///
/// @param kind what it is
/// @param text its text: of a string the value, of a field and a variable the name
/// @param apart whether a space stands before it
/// @param at where it starts in the source
record GoToken(Kind kind, String text, boolean apart, int at) {
    /// The kinds of words.
    enum Kind {
        /// Text outside of actions, trimmed as its neighbours ask.
        TEXT,
        /// `{{`
        OPEN,
        /// `}}`
        CLOSE,
        /// `if`, `eq` ...
        NAME,
        /// `.Content`; an empty name is the dot alone
        FIELD,
        /// `$last`; an empty name is the dollar alone
        VARIABLE,
        /// A string constant.
        STRING,
        /// A whole number.
        NUMBER,
        /// `(`, `)`, `|`, `,`, `=` and `:=`
        SIGN,
        /// The end of the template.
        END
    }

    boolean is(Kind other, String word) {
        return kind == other && text.equals(word);
    }
}
