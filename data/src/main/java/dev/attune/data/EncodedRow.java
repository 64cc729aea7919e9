package dev.attune.data;

import dev.attune.text.EncodedText;
import dev.attune.text.TokenSequence;

import java.util.List;

/// The tokens of an example, and what a person should know about them, a line each: `tools are not
/// shown by the template`.
///
/// @param templated whether a chat template wrote the text
public record EncodedRow(TokenSequence tokens, List<String> notes, boolean templated) {
    /// Copies the notes, and refuses one of several lines or of none.
    public EncodedRow {
        notes = List.copyOf(notes);
        if (notes.stream().anyMatch(note -> note.isEmpty() || note.indexOf('\n') >= 0)) {
            throw new IllegalArgumentException("a note must be one line: " + notes);
        }
    }

    /// A row that no template wrote.
    public EncodedRow(TokenSequence tokens, List<String> notes) {
        this(tokens, notes, false);
    }

    /// What is stored of an encoded text.
    public static EncodedRow of(EncodedText encoded) {
        return new EncodedRow(
                encoded.tokens(),
                encoded.notes().stream().map(note -> note.replace('\n', ' ')).toList(),
                encoded.templated());
    }
}
