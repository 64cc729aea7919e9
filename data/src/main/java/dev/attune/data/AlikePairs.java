package dev.attune.data;

import java.util.Iterator;
import java.util.List;

/// Pairs of rows in the order in which they were added, eight bytes each: of templated data there
/// are several a row.
///
/// ```
/// row a, 28 bits | row b, 28 bits | likeness of the prompts, 6 | answers differ, 1 | short, 1
/// ```
///
/// Not thread-safe.
final class AlikePairs implements Iterable<AlikeRows.Pair> {
    private static final int ROW_BITS = 28;
    private static final int ROW_MASK = (1 << ROW_BITS) - 1;
    private static final List<Likeness> LIKENESSES = List.of(Likeness.values());

    private final LongList pairs = new LongList();

    void add(AlikeRows.Pair pair) {
        int facts =
                LIKENESSES.indexOf(pair.prompts()) << 2
                        | (pair.differ() ? 2 : 0)
                        | (pair.shortAnswers() ? 1 : 0);
        pairs.add((long) pair.a() << (ROW_BITS + 8) | (long) pair.b() << 8 | facts);
    }

    /// How many there are.
    int size() {
        return pairs.size();
    }

    private AlikeRows.Pair at(int index) {
        long packed = pairs.at(index);
        return new AlikeRows.Pair(
                (int) (packed >>> (ROW_BITS + 8)),
                (int) (packed >>> 8) & ROW_MASK,
                LIKENESSES.get((int) (packed >>> 2) & 0x3f),
                (packed & 2) != 0,
                (packed & 1) != 0);
    }

    @Override
    public Iterator<AlikeRows.Pair> iterator() {
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < pairs.size();
            }

            @Override
            public AlikeRows.Pair next() {
                return at(next++);
            }
        };
    }
}
