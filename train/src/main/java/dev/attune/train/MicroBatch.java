package dev.attune.train;

import dev.attune.data.PackedRow;
import dev.attune.text.TokenSequence;

import java.util.Arrays;
import java.util.List;

/// What goes through the model at once: documents end to end, without padding, and which tokens are
/// to be predicted.
///
/// ```
/// ids      a0 a1 a2 a3 │ b0 b1 b2          lengths 4, 3
/// trained        a2 a3 │    b1
/// rows         1  2    │ 4                 the place before each trained token predicts it
/// targets     a2 a3      b1
/// ```
///
/// Immutable.
final class MicroBatch {
    private final int[] ids;
    private final int[] lengths;
    private final int[] rows;
    private final int[] targets;

    private MicroBatch(int[] ids, int[] lengths, int[] rows, int[] targets) {
        this.ids = ids;
        this.lengths = lengths;
        this.rows = rows;
        this.targets = targets;
    }

    /// A document a row.
    static MicroBatch of(List<TokenSequence> documents) {
        Filler filler = new Filler(documents.stream().mapToInt(TokenSequence::length).sum());
        documents.forEach(document -> filler.add(document, new int[] {document.length()}));
        return filler.batch();
    }

    /// Packed rows, of several documents each.
    static MicroBatch ofPacked(List<PackedRow> rows) {
        Filler filler = new Filler(rows.stream().mapToInt(row -> row.tokens().length()).sum());
        rows.forEach(row -> filler.add(row.tokens(), row.documentLengths()));
        return filler.batch();
    }

    /// Grows arrays.
    private static final class Filler {
        private final int[] ids;
        private final int[] rows;
        private final int[] targets;
        private int[] lengths = new int[16];
        private int tokens;
        private int documents;
        private int labelled;

        Filler(int tokens) {
            ids = new int[tokens];
            rows = new int[tokens];
            targets = new int[tokens];
        }

        void add(TokenSequence sequence, int[] documentLengths) {
            int at = 0;
            for (int length : documentLengths) {
                for (int i = 0; i < length; i++) {
                    ids[tokens + i] = sequence.id(at + i);
                    if (i > 0 && sequence.isTrained(at + i)) {
                        rows[labelled] = tokens + i - 1;
                        targets[labelled++] = sequence.id(at + i);
                    }
                }
                if (length > 0) {
                    if (documents == lengths.length) {
                        lengths = Arrays.copyOf(lengths, 2 * documents);
                    }
                    lengths[documents++] = length;
                }
                tokens += length;
                at += length;
            }
        }

        MicroBatch batch() {
            return new MicroBatch(
                    ids,
                    Arrays.copyOf(lengths, documents),
                    Arrays.copyOf(rows, labelled),
                    Arrays.copyOf(targets, labelled));
        }
    }

    /// How many tokens there are.
    int tokens() {
        return ids.length;
    }

    /// How many of them are to be predicted.
    int trainedTokens() {
        return targets.length;
    }

    /// The token ids; not to be changed.
    int[] ids() {
        return ids;
    }

    /// The length of each document; not to be changed.
    int[] lengths() {
        return lengths;
    }

    /// The places that predict the targets; not to be changed.
    int[] rows() {
        return rows;
    }

    /// The tokens to be predicted; not to be changed.
    int[] targets() {
        return targets;
    }
}
