package dev.attune.data;

import java.util.Arrays;

/// Where the words of a text begin: the places at which it can be cut.
final class WordStarts {
    private final int[] starts;

    WordStarts(String text) {
        int[] found = new int[text.length() / 2 + 1];
        int count = 0;
        for (int i = 1; i < text.length(); i++) {
            if (Character.isWhitespace(text.charAt(i - 1))
                    && !Character.isWhitespace(text.charAt(i))) {
                found[count++] = i;
            }
        }
        starts = Arrays.copyOf(found, count);
    }

    /// How many there are, the text's beginning not counted.
    int count() {
        return starts.length;
    }

    /// Start number `index`, in characters.
    int at(int index) {
        return starts[index];
    }
}
