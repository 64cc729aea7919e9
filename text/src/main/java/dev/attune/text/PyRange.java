package dev.attune.text;

import java.util.AbstractList;
import java.util.Objects;
import java.util.RandomAccess;

/// The numbers of Python's `range`, none of which takes memory.
final class PyRange extends AbstractList<Object> implements RandomAccess {
    private final long start;
    private final long stop;
    private final long step;
    private final int size;

    PyRange(long start, long stop, long step, int size) {
        this.start = start;
        this.stop = stop;
        this.step = step;
        this.size = size;
    }

    /// How many numbers there are from `start` up to `stop`.
    static long size(long start, long stop, long step) {
        boolean none = step > 0 ? start >= stop : start <= stop;
        return none ? 0 : (Math.abs(stop - start) - 1) / Math.abs(step) + 1;
    }

    @Override
    public Object get(int index) {
        Objects.checkIndex(index, size);
        return start + index * step;
    }

    @Override
    public int size() {
        return size;
    }

    /// Every `by`th number of those from `from` up to `to`.
    PyRange part(long from, long to, long every) {
        long by = Math.clamp(every, -1L - size, size + 1L);
        long first = start + from * step;
        long last = start + to * step;
        return new PyRange(first, last, step * by, (int) size(first, last, step * by));
    }

    /// Whether it comes to the number.
    boolean has(long number) {
        boolean within =
                step > 0 ? number >= start && number < stop : number <= start && number > stop;
        return within && (number - start) % step == 0;
    }

    /// As Python prints it.
    @Override
    public String toString() {
        return "range(" + start + ", " + stop + (step == 1 ? ")" : ", " + step + ")");
    }
}
