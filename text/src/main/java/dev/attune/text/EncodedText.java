package dev.attune.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/// A text as tokens, with what a model is to learn of it and what is worth knowing about it.
///
/// @param text the text that was tokenised
/// @param encoding its tokens; an end-of-text token that the text does not hold stands at its end,
///   for no character
/// @param tokens the same as the trainer takes them
/// @param trained the characters to be learned, in order
/// @param notes what a person may want to know: changes that the template made, special tokens that
///   stand in what somebody wrote
/// @param templated whether a chat template wrote the text
public record EncodedText(
        String text,
        Encoding encoding,
        TokenSequence tokens,
        List<Span> trained,
        List<String> notes,
        boolean templated) {
    /// Copies the lists.
    public EncodedText {
        trained = List.copyOf(trained);
        notes = List.copyOf(notes);
    }

    /// A text that no template wrote. A token is learned when a character of it is.
    static EncodedText of(String text, Encoding encoding, List<Span> trained, List<String> notes) {
        BitSet learned = new BitSet(encoding.length());
        int next = 0;
        for (int i = 0; i < encoding.length(); i++) {
            while (next < trained.size() && trained.get(next).to() <= encoding.start(i)) {
                next++;
            }
            if (next < trained.size()
                    && trained.get(next).overlaps(encoding.start(i), encoding.end(i))) {
                learned.set(i);
            }
        }
        return new EncodedText(
                text, encoding, new TokenSequence(encoding.ids(), learned), trained, notes, false);
    }

    /// The same, written by a chat template.
    EncodedText byTemplate() {
        return new EncodedText(text, encoding, tokens, trained, notes, true);
    }

    /// The same with one more token at the end, which is learned.
    EncodedText endedWith(int id) {
        int length = encoding.length();
        int[] ids = Arrays.copyOf(encoding.ids(), length + 1);
        int[] starts = new int[length + 1];
        int[] ends = new int[length + 1];
        BitSet learned = new BitSet(length + 1);
        for (int i = 0; i < length; i++) {
            starts[i] = encoding.start(i);
            ends[i] = encoding.end(i);
            learned.set(i, tokens.isTrained(i));
        }
        ids[length] = id;
        starts[length] = text.length();
        ends[length] = text.length();
        learned.set(length);
        return new EncodedText(
                text,
                new Encoding(ids, starts, ends),
                new TokenSequence(ids, learned),
                trained,
                notes,
                templated);
    }

    /// The same with its last token learned.
    EncodedText withLastTrained() {
        BitSet learned = new BitSet(tokens.length());
        for (int i = 0; i < tokens.length(); i++) {
            learned.set(i, tokens.isTrained(i) || i == tokens.length() - 1);
        }
        return new EncodedText(
                text,
                encoding,
                new TokenSequence(encoding.ids(), learned),
                trained,
                notes,
                templated);
    }

    /// The last learned token of each stretch of learned tokens: where the model is to stop.
    ///
    /// @return their positions
    public List<Integer> turnEnds() {
        List<Integer> ends = new ArrayList<>();
        for (int i = 0; i < tokens.length(); i++) {
            if (tokens.isTrained(i) && (i + 1 == tokens.length() || !tokens.isTrained(i + 1))) {
                ends.add(i);
            }
        }
        return ends;
    }

    /// Whether each stretch of learned tokens ends with a stop token, so that the model learns to
    /// stop; white space behind it counts for nothing.
    public boolean stops(Set<Integer> stopIds) {
        return firstUnstopped(stopIds).isEmpty();
    }

    /// The last token of the first stretch of learned tokens that does not end with a stop token.
    ///
    /// @return its position
    public OptionalInt firstUnstopped(Set<Integer> stopIds) {
        return turnEnds().stream()
                .mapToInt(Integer::intValue)
                .filter(end -> !stopIds.contains(tokens.id(lastVisible(end))))
                .findFirst();
    }

    private int lastVisible(int end) {
        int at = end;
        while (at > 0 && isBlank(at) && tokens.isTrained(at - 1)) {
            at--;
        }
        return at;
    }

    private boolean isBlank(int token) {
        return encoding.start(token) < encoding.end(token)
                && text.substring(encoding.start(token), encoding.end(token)).isBlank();
    }
}
