package dev.attune.data;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;

/// Any number of longs in ascending order, equal ones once: an external merge sort. So many as fit
/// are sorted in memory; what is more waits in sorted runs on the disk, which are merged while they
/// are read.
///
/// ```
/// add ─▶ [ at most so many ] ─▶ sorted run, sorted run, ... ─▶ merged ─▶ next
/// ```
///
/// Whoever creates it closes it. Not thread-safe.
final class SortedLongs implements AutoCloseable {
    /// 32 MB.
    static final int IN_MEMORY = 1 << 22;

    private static final int BLOCK = 1 << 13;

    private final int inMemory;
    private final SpillFile spill = new SpillFile(BLOCK * Long.BYTES);
    private final LongList runEnds = new LongList();
    private long[] values = new long[1 << 10];
    private int size;

    /// @param inMemory how many are sorted at a time
    SortedLongs(int inMemory) {
        this.inMemory = inMemory;
    }

    void add(long value) {
        if (size == values.length) {
            if (size >= inMemory) {
                spill();
            } else {
                values = Arrays.copyOf(values, Math.min(inMemory, 2 * size));
            }
        }
        values[size++] = value;
    }

    /// How many were added, equal ones each time.
    long added() {
        return spill.size() / Long.BYTES + size;
    }

    private void spill() {
        Arrays.sort(values, 0, size);
        ByteBuffer block = ByteBuffer.allocate(BLOCK * Long.BYTES);
        for (int from = 0; from < size; from += BLOCK) {
            int count = Math.min(BLOCK, size - from);
            block.clear();
            block.asLongBuffer().put(values, from, count);
            spill.append(block.limit(count * Long.BYTES));
        }
        runEnds.add(spill.size());
        size = 0;
    }

    /// Goes through all of them in ascending order, when all are added; as often as wanted.
    Ascending ascending() {
        Arrays.sort(values, 0, size);
        PriorityQueue<Run> runs =
                new PriorityQueue<>(
                        Comparator.comparingLong(Run::first).thenComparingInt(Run::number));
        runs.add(new Run(0, values, size, 0, 0));
        long from = 0;
        for (int run = 0; run < runEnds.size(); run++) {
            Run next = new Run(run + 1, new long[BLOCK], 0, from, runEnds.at(run));
            next.fill();
            runs.add(next);
            from = runEnds.at(run);
        }
        runs.removeIf(Run::isEmpty);
        return new Ascending(runs);
    }

    @Override
    public void close() {
        spill.close();
    }

    /// All of them, one after the other.
    static final class Ascending {
        private final PriorityQueue<Run> runs;

        private Ascending(PriorityQueue<Run> runs) {
            this.runs = runs;
        }

        private long taken() {
            Run run = runs.remove();
            long value = run.take();
            if (!run.isEmpty()) {
                runs.add(run);
            }
            return value;
        }

        boolean hasNext() {
            return !runs.isEmpty();
        }

        long next() {
            long value = taken();
            while (hasNext() && runs.element().first() == value) {
                taken();
            }
            return value;
        }
    }

    /// A sorted run, of which a block is in memory.
    private final class Run {
        private final int number;
        private final long[] block;
        private final long end;
        private int filled;
        private int at;
        private long from;

        Run(int number, long[] block, int filled, long from, long end) {
            this.number = number;
            this.block = block;
            this.filled = filled;
            this.from = from;
            this.end = end;
        }

        int number() {
            return number;
        }

        long first() {
            return block[at];
        }

        boolean isEmpty() {
            return at == filled;
        }

        long take() {
            long value = block[at++];
            if (at == filled) {
                fill();
            }
            return value;
        }

        private void fill() {
            if (from == end) {
                return;
            }
            int bytes = Math.toIntExact(Math.min(block.length * (long) Long.BYTES, end - from));
            filled = bytes / Long.BYTES;
            spill.read(from, bytes).asLongBuffer().get(block, 0, filled);
            from += bytes;
            at = 0;
        }
    }
}
