package dev.attune.data;

import dev.attune.base.AttuneException;
import dev.attune.text.TokenSequence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/// Packs rows of any length into as few rows of `maxLength` tokens as first-fit-decreasing finds:
/// at most 11/9 of the least number, and one more.
///
/// The documents are placed in the order of their length, longest first, those of one length in the
/// order of the data, each into the first row with room (Johnson, 1973). Deterministic; time O(n
/// log n), memory some 30 bytes a row: no token is read but of rows that are too long.
public final class Packer {
    private final int maxLength;
    private final TooLong tooLong;

    /// Packs into rows of at most `maxLength` tokens; `tooLong` says what becomes of longer rows.
    public Packer(int maxLength, TooLong tooLong) {
        if (maxLength < 1) {
            throw new IllegalArgumentException("rows of " + maxLength + " tokens");
        }
        this.maxLength = maxLength;
        this.tooLong = tooLong;
    }

    /// As [#Packer(int, TooLong)], failing on rows that are too long.
    public Packer(int maxLength) {
        this(maxLength, TooLong.FAIL);
    }

    /// Decides which document goes where. `rows` is read again as packed rows are asked for, and
    /// must stay open so long.
    ///
    /// @throws AttuneException of kind USER that lists the rows that are too long, if they are not
    ///   to be
    public Packing pack(TokenRows rows) {
        return pack(rows, maxLength);
    }

    /// Like [#pack(TokenRows)], into rows of `rowLength` tokens, which is no more than the length
    /// that decides which documents are too long. Where a document is longer, rows are as long as
    /// the longest.
    public Packing pack(TokenRows rows, int rowLength) {
        if (rowLength < 1 || rowLength > maxLength) {
            throw new IllegalArgumentException(rowLength + " of at most " + maxLength);
        }
        List<RowFate> fates = new ArrayList<>();
        Documents documents = documents(rows, fates);
        int longest = Math.max(rowLength, documents.longest());
        return placed(rows, documents, fates, longest);
    }

    /// Like [#pack], but each document has a row of its own, in the order of the data.
    public Packing separate(TokenRows rows) {
        List<RowFate> fates = new ArrayList<>();
        Documents documents = documents(rows, fates);
        int[] starts = IntStream.rangeClosed(0, documents.count).toArray();
        int[] order = IntStream.range(0, documents.count).toArray();
        return new Packing(rows, documents, new Packing.Bins(starts, order, 0), fates);
    }

    private Documents documents(TokenRows rows, List<RowFate> fates) {
        Documents documents = new Documents();
        RowFaults faults = new RowFaults();
        for (int row = 0; row < rows.rows(); row++) {
            int length = rows.length(row);
            if (length == 0) {
                fates.add(new RowFate(row, rows.origin(row), RowFate.Kind.EMPTY, 0, 0));
            } else if (length <= maxLength) {
                documents.add(row, 0, length);
            } else {
                fit(rows, row, new Outcome(documents, fates, faults));
            }
        }
        faults.throwIfAny("Cannot fit all rows into " + maxLength + " tokens");
        return documents;
    }

    private Packing placed(
            TokenRows rows, Documents documents, List<RowFate> fates, int rowLength) {
        FirstFit bins = new FirstFit(rowLength);
        int[] order = documents.longestFirst(maxLength);
        int[] binOf = new int[order.length];
        for (int document : order) {
            binOf[document] = bins.place(documents.length(document));
        }
        // Documents by bin, in each bin in the order of placement: a counting sort.
        int[] starts = new int[bins.opened() + 1];
        for (int bin : binOf) {
            starts[bin + 1]++;
        }
        Arrays.parallelPrefix(starts, Integer::sum);
        int[] next = starts.clone();
        int[] sorted = new int[order.length];
        for (int document : order) {
            sorted[next[binOf[document]]++] = document;
        }
        return new Packing(rows, documents, new Packing.Bins(starts, sorted, bins.steps()), fates);
    }

    private record Outcome(Documents documents, List<RowFate> fates, RowFaults faults) {}

    private void fit(TokenRows rows, int row, Outcome outcome) {
        Origin origin = rows.origin(row);
        TokenSequence tokens = rows.row(row);
        int length = tokens.length();
        switch (tooLong) {
            case FAIL -> outcome.faults.add(tooLong(length, origin));
            case DROP ->
                    outcome.fates.add(fate(row, origin, RowFate.Kind.DROPPED, lost(tokens, 0, 0)));
            case TRUNCATE_END -> {
                outcome.documents.add(row, 0, maxLength);
                int[] lost = lost(tokens, 0, maxLength);
                outcome.fates.add(fate(row, origin, RowFate.Kind.TRUNCATED, lost));
            }
            case TRUNCATE_PROMPT -> {
                int from = length - maxLength;
                int[] lost = lost(tokens, from, length);
                if (lost[1] > 0) {
                    outcome.faults.add(answersTooLong(tokens, origin));
                } else {
                    outcome.documents.add(row, from, length);
                    outcome.fates.add(fate(row, origin, RowFate.Kind.TRUNCATED, lost));
                }
            }
            case SPLIT -> {
                int trainedLost = 0;
                for (int from = 0; from < length; from += maxLength) {
                    outcome.documents.add(row, from, Math.min(length, from + maxLength));
                    trainedLost += from > 0 && tokens.isTrained(from) ? 1 : 0;
                }
                int[] lost = {0, trainedLost};
                outcome.fates.add(fate(row, origin, RowFate.Kind.SPLIT, lost));
            }
        }
    }

    private static RowFate fate(int row, Origin origin, RowFate.Kind kind, int[] lost) {
        return new RowFate(row, origin, kind, lost[0], lost[1]);
    }

    /// How many tokens, and how many trained ones, are lost if `from` to `to` is kept. A trained
    /// token that comes to stand first is lost, too; token 0 of a row was never learned.
    private static int[] lost(TokenSequence tokens, int from, int to) {
        int trained = 0;
        for (int i = 1; i < tokens.length(); i++) {
            boolean kept = i > from && i < to;
            trained += !kept && tokens.isTrained(i) ? 1 : 0;
        }
        return new int[] {tokens.length() - (to - from), trained};
    }

    private AttuneException tooLong(int length, Origin origin) {
        return AttuneException.user(
                        "The row has %d tokens; at most %d fit.".formatted(length, maxLength))
                .at(origin)
                .fix(
                        "Raise max_length, shorten the row, or say what may become of such rows:"
                                + " drop, truncate_end, truncate_prompt or split.");
    }

    private AttuneException answersTooLong(TokenSequence tokens, Origin origin) {
        int first = 1;
        while (!tokens.isTrained(first)) {
            first++;
        }
        return AttuneException.user(
                        "The row has %d tokens from before its first answer to its end; at most %d"
                                        .formatted(tokens.length() - first + 1, maxLength)
                                + " fit, and cutting its prompt is not enough.")
                .at(origin)
                .fix("Raise max_length, shorten the row, or choose drop, truncate_end or split.");
    }

    /// The documents to pack: pieces of rows, nearly always a whole one.
    static final class Documents {
        private int[] rows = new int[1024];
        private int[] from = new int[1024];
        private int[] to = new int[1024];
        private int count;

        void add(int row, int first, int end) {
            if (count == rows.length) {
                rows = Arrays.copyOf(rows, 2 * count);
                from = Arrays.copyOf(from, 2 * count);
                to = Arrays.copyOf(to, 2 * count);
            }
            rows[count] = row;
            from[count] = first;
            to[count++] = end;
        }

        int longest() {
            int longest = 0;
            for (int document = 0; document < count; document++) {
                longest = Math.max(longest, length(document));
            }
            return longest;
        }

        int length(int document) {
            return to[document] - from[document];
        }

        int row(int document) {
            return rows[document];
        }

        /// Adds the document's tokens to `ids` and `trained` at `at`.
        void copy(TokenSequence row, int document, int[] ids, BitSet trained, int at) {
            for (int i = 0; i < length(document); i++) {
                ids[at + i] = row.id(from[document] + i);
                trained.set(at + i, row.isTrained(from[document] + i));
            }
        }

        /// The numbers of the documents by length, longest first, those of one length as they came.
        int[] longestFirst(int maxLength) {
            int[] next = new int[maxLength + 2];
            for (int i = 0; i < count; i++) {
                next[maxLength - length(i) + 1]++;
            }
            Arrays.parallelPrefix(next, Integer::sum);
            int[] order = new int[count];
            for (int i = 0; i < count; i++) {
                order[next[maxLength - length(i)]++] = i;
            }
            return order;
        }
    }
}
