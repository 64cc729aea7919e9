package dev.attune.train;

import dev.attune.data.Origin;
import dev.attune.data.RowSource;
import dev.attune.data.TokenCache;
import dev.attune.data.TokenRows;
import dev.attune.text.TokenSequence;

import java.util.Arrays;
import java.util.List;

/// The rows of several sources, one source after the other. Whoever opened the caches closes them.
final class SourceRows implements TokenRows {
    private final List<RowSource> sources;
    private final List<TokenCache> caches;
    private final int[] starts;

    /// @param caches the rows of each source
    SourceRows(List<RowSource> sources, List<TokenCache> caches) {
        this.sources = List.copyOf(sources);
        this.caches = List.copyOf(caches);
        this.starts = new int[caches.size() + 1];
        for (int i = 0; i < caches.size(); i++) {
            starts[i + 1] = Math.addExact(starts[i], caches.get(i).rows());
        }
    }

    /// Where the rows come from, in order.
    List<RowSource> sources() {
        return sources;
    }

    /// Which source a row is of.
    int source(int row) {
        int found = Arrays.binarySearch(starts, row);
        if (found < 0) {
            return -found - 2;
        }
        int source = found;
        while (starts[source + 1] == row) {
            source++; // a source without rows begins where the next one does
        }
        return source;
    }

    /// What was noted when a row was encoded.
    List<String> notes(int row) {
        int source = source(row);
        return caches.get(source).notes(row - starts[source]);
    }

    @Override
    public int rows() {
        return starts[caches.size()];
    }

    @Override
    public int length(int row) {
        int source = source(row);
        return caches.get(source).length(row - starts[source]);
    }

    @Override
    public TokenSequence row(int row) {
        int source = source(row);
        return caches.get(source).row(row - starts[source]);
    }

    @Override
    public Origin origin(int row) {
        int source = source(row);
        return caches.get(source).origin(row - starts[source]);
    }
}
