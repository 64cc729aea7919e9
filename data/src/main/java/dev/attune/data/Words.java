package dev.attune.data;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/// A text as the words that tell it from others: case, punctuation and spaces are gone, numbers and
/// the signs of arithmetic stay. Writing without spaces gives a word a character.
///
/// @param all in their order
record Words(List<String> all) {
    /// Words that change a text's manner and not what it asks. Negations are not among them.
    private static final WordSet FUNCTION =
            WordSet.of(
                    """
                    a an the and or of to in on at for by with as is are was were be been am
                    do does did i me my mine we us our you your yours he she it its they them
                    their this that these those can could will would shall should may might
                    have has had please kindly hi hello hey thanks thank just really actually
                    so well also too im ive id want like need know tell let lets some any get
                    der die das den dem ein eine einen einem einer und oder ist sind ich mir
                    mich mein meine wir uns sie ihr es bitte kann können zu im auf
                    le la les un une des du de et ou est sont je me mon ma mes nous vous il
                    elle ce cette peux pouvez pour
                    el los las una unos y o es son yo mi mis tu usted puedo puede por favor
                    """
                            .strip()
                            .split("\\s+", -1));

    private static final List<String> ENDINGS = List.of("ing", "ed", "es", "s");

    /// Copies the list.
    Words {
        all = List.copyOf(all);
    }

    /// The words of `text`.
    static Words of(String text) {
        String plain =
                isAscii(text)
                        ? text.toLowerCase(Locale.ROOT)
                        : Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
        return new Words(new Cutting(plain).words());
    }

    /// The words that say what the text is about, as stems; all where there is none.
    List<String> content() {
        List<String> content = new ArrayList<>(all.size());
        for (String word : all) {
            if (!isFunction(word)) {
                content.add(stem(word));
            }
        }
        return content.isEmpty() ? all : Collections.unmodifiableList(content);
    }

    /// A hash of the words in their order.
    long hash() {
        long hash = all.size();
        for (String word : all) {
            hash = Hash64.of(hash, Hash64.of(word));
        }
        return hash;
    }

    static boolean isFunction(String word) {
        return FUNCTION.contains(word);
    }

    static boolean isNumber(String word) {
        return Character.isDigit(word.charAt(0));
    }

    /// A word without its commonest English endings; never shorter than four letters.
    static String stem(String word) {
        for (String ending : ENDINGS) {
            if (word.length() >= ending.length() + 4 && word.endsWith(ending)) {
                return word.substring(0, word.length() - ending.length());
            }
        }
        return word;
    }

    private static boolean isPart(String text, int i, char c) {
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            return true;
        }
        if (c == ' ') {
            return false;
        }
        if (Character.isLetterOrDigit(c)
                || Character.isSurrogate(c)
                || Character.getType(c) == Character.NON_SPACING_MARK) {
            return true;
        }
        return (c == '.' || c == ',')
                && i > 0
                && i + 1 < text.length()
                && Character.isDigit(text.charAt(i - 1))
                && Character.isDigit(text.charAt(i + 1));
    }

    /// Ideographs, kana and the like stand without spaces.
    private static boolean isOwnWord(char c) {
        return c >= '\u2e80' && c <= '\u9fff';
    }

    private static boolean isSign(String text, int i, char c) {
        return switch (c) {
            case '+', '*', '/', '%', '^', '=', '<', '>', '&', '|', '$', '€', '#', '@' -> true;
            case '-', '−' -> i + 1 < text.length() && Character.isDigit(text.charAt(i + 1));
            default -> false;
        };
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 128) {
                return false;
            }
        }
        return true;
    }

    /// One pass over a text. A word is a piece of it, or several around apostrophes.
    private static final class Cutting {
        private final String text;
        private final List<String> words = new ArrayList<>();
        private final StringBuilder before = new StringBuilder();
        private int from = -1;

        Cutting(String text) {
            this.text = text;
        }

        List<String> words() {
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (isPart(text, i, c)) {
                    if (isOwnWord(c)) {
                        end(i);
                        words.add(String.valueOf(c));
                    } else if (from < 0) {
                        from = i;
                    }
                } else if (c == '\'' || c == '\u2019') {
                    pause(i);
                } else {
                    end(i);
                    if (isSign(text, i, c)) {
                        words.add(String.valueOf(c));
                    }
                }
            }
            end(text.length());
            return words;
        }

        private void pause(int at) {
            if (from >= 0) {
                before.append(text, from, at);
                from = -1;
            }
        }

        private void end(int at) {
            if (before.isEmpty() && from >= 0) {
                words.add(text.substring(from, at));
            } else {
                pause(at);
                if (!before.isEmpty()) {
                    words.add(before.toString());
                    before.setLength(0);
                }
            }
            from = -1;
        }
    }
}
