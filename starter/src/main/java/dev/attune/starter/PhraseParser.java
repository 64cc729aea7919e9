package dev.attune.starter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads a template.
///
/// ```
/// [tea|coffee]        any one; [ please|] may be empty
/// <greeting>          what the rule says; <Greeting> with a capital; <greeting.$tone> by a variable
/// {food}              the first cell of a random row of a table
/// {f:food} {f.color}  a row remembered, and another cell of it; {!f:food} remembers in silence
/// {food(fruit)}       a row of which some cell is `fruit`; {food($f.kind)} takes it from a row
/// {2-9} {n:10-99}     a number
/// {q:<sentence>}      what a rule says, remembered
/// {upper q}           a function of a value: see Functions
/// \n \{ \[            a new line, and signs as they are
/// ```
///
/// Used once. Not thread-safe.
final class PhraseParser {
    private static final Pattern OPERAND =
            Pattern.compile(
                    "(!?)(?:(\\w+):)?(<[\\w.$-]+>|[\\w-]+)(?:\\(([^)]*)\\))?(?:\\.(\\w+))?");

    private final String text;
    private int at;

    private PhraseParser(String text) {
        this.text = text;
    }

    /// @throws IllegalArgumentException if it cannot be read
    static Phrase parse(String text) {
        PhraseParser parser = new PhraseParser(text);
        Phrase phrase = parser.sequence("");
        if (parser.at < text.length()) {
            throw parser.fault("unexpected " + text.charAt(parser.at));
        }
        return phrase;
    }

    private Phrase sequence(String ends) {
        List<Phrase> parts = new ArrayList<>();
        StringBuilder plain = new StringBuilder();
        while (at < text.length() && ends.indexOf(text.charAt(at)) < 0) {
            char sign = text.charAt(at++);
            if (sign == '\\') {
                plain.append(escaped());
            } else if ("[<{".indexOf(sign) < 0) {
                if ("]>}".indexOf(sign) >= 0) {
                    throw fault("stray " + sign);
                }
                plain.append(sign);
            } else {
                flush(plain, parts);
                parts.add(sign == '[' ? choice() : sign == '<' ? call() : slot());
            }
        }
        flush(plain, parts);
        return parts.size() == 1 ? parts.getFirst() : new Phrase.Sequence(List.copyOf(parts));
    }

    private char escaped() {
        if (at == text.length()) {
            throw fault("a backslash ends it");
        }
        char sign = text.charAt(at++);
        return sign == 'n' ? '\n' : sign;
    }

    private static void flush(StringBuilder plain, List<Phrase> parts) {
        if (!plain.isEmpty()) {
            parts.add(new Phrase.Text(plain.toString()));
            plain.setLength(0);
        }
    }

    private Phrase choice() {
        List<Phrase> options = new ArrayList<>();
        do {
            options.add(sequence("|]"));
            if (at == text.length()) {
                throw fault("a [ is not closed");
            }
        } while (text.charAt(at++) == '|');
        return new Phrase.Choice(List.copyOf(options));
    }

    private Phrase call() {
        String name = until('>');
        boolean capital = Character.isUpperCase(name.charAt(0));
        return new Phrase.Call(Character.toLowerCase(name.charAt(0)) + name.substring(1), capital);
    }

    private Phrase slot() {
        List<String> words = Arrays.asList(until('}').split(" ", -1));
        Set<String> known = Functions.NAMES;
        int operands = 0;
        while (operands < words.size() - 1 && known.contains(words.get(operands))) {
            operands++;
        }
        return new Phrase.Slot(
                List.copyOf(words.subList(0, operands)),
                words.subList(operands, words.size()).stream().map(this::operand).toList());
    }

    private Phrase.Operand operand(String written) {
        Matcher parts = OPERAND.matcher(written);
        if (!parts.matches()) {
            throw fault("{" + written + "} is no value");
        }
        return new Phrase.Operand(
                !parts.group(1).isEmpty(),
                group(parts, 2),
                group(parts, 3),
                group(parts, 4),
                group(parts, 5));
    }

    private static String group(Matcher parts, int index) {
        String found = parts.group(index);
        return found == null ? "" : found;
    }

    private String until(char end) {
        int close = text.indexOf(end, at);
        if (close <= at) {
            throw fault("no " + end + " follows");
        }
        String inside = text.substring(at, close);
        at = close + 1;
        return inside;
    }

    private IllegalArgumentException fault(String what) {
        return new IllegalArgumentException(
                "The template cannot be read: %s at %d of: %s".formatted(what, at, text));
    }
}
