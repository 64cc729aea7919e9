package dev.attune.data;

import dev.attune.text.TokenSequence;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// Which documents stand in which packed row, and what became of the rows that are not in one
/// whole.
///
/// A packed row is put together when it is asked for. As thread-safe as the rows it reads.
public final class Packing {
    private final TokenRows rows;
    private final Packer.Documents documents;
    private final Bins bins;
    private final List<RowFate> fates;

    Packing(TokenRows rows, Packer.Documents documents, Bins bins, List<RowFate> fates) {
        this.rows = rows;
        this.documents = documents;
        this.bins = bins;
        this.fates = List.copyOf(fates);
    }

    /// How many packed rows there are.
    public int rows() {
        return bins.starts.length - 1;
    }

    /// How many documents they hold.
    public int documents() {
        return bins.documents.length;
    }

    /// Packed row `row`.
    public PackedRow row(int row) {
        int first = bins.starts[row];
        int end = bins.starts[row + 1];
        int[] lengths = new int[end - first];
        int total = 0;
        for (int i = first; i < end; i++) {
            lengths[i - first] = documents.length(bins.documents[i]);
            total += lengths[i - first];
        }
        int[] ids = new int[total];
        BitSet trained = new BitSet(total);
        List<Origin> origins = new ArrayList<>();
        int at = 0;
        for (int i = first; i < end; i++) {
            int document = bins.documents[i];
            documents.copy(rows.row(documents.row(document)), document, ids, trained, at);
            origins.add(rows.origin(documents.row(document)));
            at += lengths[i - first];
        }
        return new PackedRow(new TokenSequence(ids, trained), lengths, origins);
    }

    /// What became of every row that is not packed whole, in the order of the data.
    public List<RowFate> fates() {
        return fates;
    }

    /// How many nodes the search for room visited.
    long steps() {
        return bins.steps;
    }

    /// The documents in the order of their bins; bin `i` begins at `starts[i]`.
    static final class Bins {
        private final int[] starts;
        private final int[] documents;
        private final long steps;

        Bins(int[] starts, int[] documents, long steps) {
            this.starts = starts;
            this.documents = documents;
            this.steps = steps;
        }
    }
}
