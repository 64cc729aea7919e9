package dev.attune.export;

import java.util.List;
import java.util.stream.IntStream;

/// A text that models are compared on, and the places at which their next token counts.
///
/// @param ids the text
/// @param first the place whose next token is the first to count
/// @param count how many places count, one after the other
record ComparedText(List<Integer> ids, int first, int count) {
    private static final int LENGTH = 32;

    /// A step that is prime to most sizes, so that ids come from everywhere in the vocabulary.
    private static final int STRIDE = 7919;

    /// Copies the ids.
    ComparedText {
        ids = List.copyOf(ids);
        if (first < 0 || count < 1 || first + count > ids.size()) {
            throw new IllegalArgumentException(
                    "places %d to %d of %d".formatted(first, first + count, ids.size()));
        }
    }

    /// A text of ids that mean nothing, all of whose places count.
    ///
    /// @param longest how many tokens the model knows positions for
    static ComparedText madeUp(int vocabSize, int longest) {
        List<Integer> ids =
                IntStream.range(0, Math.min(LENGTH, longest))
                        .mapToObj(i -> (int) ((1L + (long) i * STRIDE) % vocabSize))
                        .toList();
        return new ComparedText(ids, 0, ids.size());
    }
}
