package dev.attune.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Where one document ends and the next begins in a batch whose tokens lie end to end.
///
/// A batch has no padding and no batch dimension: `N` tokens in a row, cut into documents that do
/// not see each other and whose positions each start at zero.
///
/// ```
/// tokens     a b c d | e f | g h i        N = 9
/// bounds     0         4     6       9
/// positions  0 1 2 3   0 1   0 1 2
/// ```
public final class Documents {
    private final int[] bounds;

    private Documents(int[] bounds) {
        this.bounds = bounds;
    }

    /// Documents of these lengths, one behind the other.
    ///
    /// @throws IllegalArgumentException if there is none, or one is empty
    public static Documents ofLengths(int... lengths) {
        if (lengths.length == 0) {
            throw new IllegalArgumentException("a batch needs a document");
        }
        int[] bounds = new int[lengths.length + 1];
        for (int i = 0; i < lengths.length; i++) {
            if (lengths[i] <= 0) {
                throw new IllegalArgumentException("document " + i + " is empty");
            }
            bounds[i + 1] = Math.addExact(bounds[i], lengths[i]);
        }
        return new Documents(bounds);
    }

    /// `count` documents of the same length.
    public static Documents uniform(int count, int length) {
        int[] lengths = new int[count];
        Arrays.fill(lengths, length);
        return ofLengths(lengths);
    }

    /// How many documents there are.
    public int count() {
        return bounds.length - 1;
    }

    /// How many tokens there are in all, `N`.
    public int tokens() {
        return bounds[bounds.length - 1];
    }

    /// The first token of a document.
    public int start(int document) {
        return bounds[document];
    }

    /// The token behind the last of a document.
    public int end(int document) {
        return bounds[document + 1];
    }

    /// The tokens of a document.
    public int length(int document) {
        return bounds[document + 1] - bounds[document];
    }

    /// The tokens of the longest document.
    public int longest() {
        int longest = 0;
        for (int i = 0; i < count(); i++) {
            longest = Math.max(longest, length(i));
        }
        return longest;
    }

    /// The position of each token in its document.
    public int[] positions() {
        int[] positions = new int[tokens()];
        for (int i = 0; i < count(); i++) {
            for (int t = bounds[i]; t < bounds[i + 1]; t++) {
                positions[t] = t - bounds[i];
            }
        }
        return positions;
    }

    /// Neighbouring documents of equal length, which kernels can do at once.
    ///
    /// @param start the first token
    /// @param count how many documents
    /// @param length the tokens of each
    record Run(int start, int count, int length) {}

    List<Run> runs() {
        List<Run> runs = new ArrayList<>();
        int from = 0;
        while (from < count()) {
            int to = from + 1;
            while (to < count() && length(to) == length(from)) {
                to++;
            }
            runs.add(new Run(bounds[from], to - from, length(from)));
            from = to;
        }
        return runs;
    }
}
