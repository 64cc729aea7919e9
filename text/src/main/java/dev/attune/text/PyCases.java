package dev.attune.text;

import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;

/// The methods of strings that look at the kind of characters, change their case, or pad.
final class PyCases {
    private PyCases() {}

    /// Calls one of the methods, none of which takes an argument.
    static Object call(SourcedText text, String name, PyArguments given, RenderBudget budget) {
        given.bind(name);
        budget.make(text);
        budget.read(8L * text.length());
        return switch (name) {
            case "lower" -> PyStrings.lower(text, budget);
            case "casefold" -> PyStrings.mapped(text, (c, _) -> folded(c), budget);
            case "upper" -> PyStrings.upper(text, budget);
            case "capitalize" -> capitalize(text, budget);
            case "title" -> title(text, PyCases::isCased, PyCases::titled, budget);
            case "swapcase" -> PyStrings.mapped(text, (c, _) -> swapped(c), budget);
            case "isalnum" -> PyStrings.all(text, c -> Character.isLetter(c) || isNumeric(c));
            case "isalpha" -> PyStrings.all(text, Character::isLetter);
            case "isascii" -> text.chars().codePoints().allMatch(c -> c < 128);
            case "isdecimal" -> PyStrings.all(text, Character::isDigit);
            case "isdigit" -> PyStrings.all(text, c -> Character.isDigit(c) || isSuperscript(c));
            case "isnumeric" -> PyStrings.all(text, PyCases::isNumeric);
            case "isspace" -> PyStrings.all(text, PyChars::isSpace);
            case "islower" -> isCase(text, false);
            case "isupper" -> isCase(text, true);
            case "istitle" -> isTitle(text);
            case "isprintable" -> text.chars().codePoints().allMatch(PyChars::isPrintable);
            case "isidentifier" -> isIdentifier(text.chars());
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static boolean isIdentifier(String chars) {
        return !chars.isEmpty()
                && (chars.charAt(0) == '_'
                        || Character.isUnicodeIdentifierStart(chars.codePointAt(0)))
                && chars.codePoints()
                        .allMatch(c ->
                                Character.isUnicodeIdentifierPart(c)
                                        && !Character.isIdentifierIgnorable(c));
    }

    private static boolean isSuperscript(int c) {
        return c == 0xb2
                || c == 0xb3
                || c == 0xb9
                || c == 0x2070
                || (c >= 0x2074 && c <= 0x2079)
                || (c >= 0x2080 && c <= 0x2089);
    }

    private static boolean isNumeric(int c) {
        int type = Character.getType(c);
        return type == Character.DECIMAL_DIGIT_NUMBER
                || type == Character.LETTER_NUMBER
                || type == Character.OTHER_NUMBER;
    }

    /// Whether the character has a case.
    static boolean isCased(int c) {
        return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
    }

    /// As letters are compared without their case.
    private static String folded(String c) {
        return c.equals("\u0131")
                ? c
                : c.toLowerCase(Locale.ROOT).toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }

    private static String swapped(String c) {
        return Character.isUpperCase(c.codePointAt(0))
                ? c.toLowerCase(Locale.ROOT)
                : c.toUpperCase(Locale.ROOT);
    }

    /// The first character in upper case, the rest in lower case.
    static SourcedText capitalize(SourcedText text, RenderBudget budget) {
        return PyStrings.mapped(
                text, (c, at) -> at == 0 ? titled(c) : c.toLowerCase(Locale.ROOT), budget);
    }

    private static String titled(String c) {
        int title = Character.toTitleCase(c.codePointAt(0));
        String upper = c.toUpperCase(Locale.ROOT);
        return upper.length() > c.length()
                ? upper.charAt(0) + upper.substring(1).toLowerCase(Locale.ROOT)
                : Character.toString(title);
    }

    /// Every word's first character in upper case, the rest in lower case.
    ///
    /// @param inWord which characters continue a word
    /// @param first what becomes of the first one
    static SourcedText title(
            SourcedText text,
            IntPredicate inWord,
            UnaryOperator<String> first,
            RenderBudget budget) {
        return PyStrings.mapped(
                text,
                (c, at) -> {
                    boolean continues = at > 0 && inWord.test(text.chars().codePointBefore(at));
                    return continues ? c.toLowerCase(Locale.ROOT) : first.apply(c);
                },
                budget);
    }

    static boolean isCase(SourcedText text, boolean upper) {
        boolean any = false;
        for (int c : text.chars().codePoints().toArray()) {
            if (upper ? Character.isLowerCase(c) : Character.isUpperCase(c)) {
                return false;
            }
            any |= isCased(c);
        }
        return any;
    }

    private static boolean isTitle(SourcedText text) {
        boolean any = false;
        boolean inWord = false;
        for (int c : text.chars().codePoints().toArray()) {
            if (Character.isUpperCase(c) ? inWord : Character.isLowerCase(c) && !inWord) {
                return false;
            }
            inWord = isCased(c);
            any |= inWord;
        }
        return any;
    }

    /// `center`, `ljust`, `rjust` and `zfill`.
    static SourcedText pad(SourcedText text, String name, PyArguments given, RenderBudget budget) {
        List<Object> bound = given.bind(name, "width", "fillchar=");
        long missing = PyNumbers.index(bound.getFirst()) - text.codePoints();
        String fill =
                bound.get(1) == PyArguments.Absent.ABSENT
                        ? " "
                        : PyStrings.string(bound.get(1), name).chars();
        if (fill.codePointCount(0, fill.length()) != 1) {
            throw TemplateFault.type("The fill character must be exactly one character long");
        }
        if (missing <= 0) {
            return text;
        }
        budget.make(missing);
        budget.make(text);
        if (name.equals("zfill")) {
            boolean signed = text.chars().startsWith("-") || text.chars().startsWith("+");
            SourcedText zeros = SourcedText.of("0".repeat((int) missing));
            int sign = signed ? 1 : 0;
            return text.slice(0, sign).plus(zeros).plus(text.slice(sign, text.length()));
        }
        long left =
                switch (name) {
                    case "ljust" -> 0;
                    case "rjust" -> missing;
                    default -> centred(missing, text.codePoints());
                };
        return SourcedText.of(fill.repeat((int) left))
                .plus(text)
                .plus(SourcedText.of(fill.repeat((int) (missing - left))));
    }

    /// What Python's `center` puts on the left.
    private static long centred(long missing, long length) {
        return missing / 2 + (missing & (missing + length) & 1);
    }
}
