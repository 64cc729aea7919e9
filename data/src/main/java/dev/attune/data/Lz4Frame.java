package dev.attune.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Unpacks LZ4 frames, as Arrow's buffers are packed with. Checksums are passed over: what they
/// guard against shows in the length that the buffer claims, and in the values.
///
/// ```
/// │ magic 4 │ flags 1 │ block size 1 │ [length 8] │ [dictionary 4] │ check 1 │ blocks │ 0, 4 bytes │
/// block: │ bytes 4, the highest bit set if not packed │ data │ [check 4] │
/// data:  │ token 1: literals, match │ [more] │ literals │ distance 2 │ [more] │ ...
/// ```
final class Lz4Frame {
    private static final int MAGIC = 0x184D2204;
    private static final int MIN_MATCH = 4;
    private static final int LONG = 15;
    private static final int FIRST_BYTES = 1 << 12;

    private final ByteBuffer in;
    private final int most;
    private byte[] out;
    private int size;

    private Lz4Frame(byte[] frame, int most) {
        this.in = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
        this.most = most;
        this.out = new byte[Math.min(most, FIRST_BYTES)];
    }

    /// The bytes of a frame, of which there are to be `most`.
    ///
    /// @throws ArrowFault if it is damaged or holds more
    static byte[] unpack(byte[] frame, int most) throws ArrowFault {
        Lz4Frame reading = new Lz4Frame(frame, most);
        try {
            reading.frame();
        } catch (RuntimeException e) {
            // What a damaged frame leads to: reading beyond its end, or before the output's start.
            throw damaged(e);
        }
        return Arrays.copyOf(reading.out, reading.size);
    }

    private static ArrowFault damaged(RuntimeException cause) {
        ArrowFault fault = new ArrowFault("a buffer packed with LZ4 is damaged");
        fault.initCause(cause);
        return fault;
    }

    private void frame() {
        require(in.getInt() == MAGIC);
        int flags = in.get();
        require((flags & 0xC0) == 0x40);
        in.get();
        in.position(in.position() + ((flags & 8) != 0 ? 8 : 0) + ((flags & 1) != 0 ? 4 : 0) + 1);
        boolean checked = (flags & 0x10) != 0;
        for (int block = in.getInt(); block != 0; block = in.getInt()) {
            int bytes = block & 0x7FFFFFFF;
            require(bytes <= in.remaining());
            if (block < 0) {
                literals(bytes);
            } else {
                block(in.position() + bytes);
            }
            if (checked) {
                in.getInt();
            }
        }
    }

    private void block(int end) {
        while (in.position() < end) {
            int token = in.get() & 0xFF;
            literals(length(token >>> 4));
            if (in.position() >= end) {
                break; // the last sequence has no match
            }
            int distance = in.getShort() & 0xFFFF;
            match(distance, length(token & LONG) + MIN_MATCH);
        }
        require(in.position() == end);
    }

    private int length(int first) {
        int length = first;
        if (first == LONG) {
            int more;
            do {
                more = in.get() & 0xFF;
                length = Math.addExact(length, more);
            } while (more == 0xFF);
        }
        return length;
    }

    private void literals(int count) {
        require(count <= in.remaining());
        room(count);
        in.get(out, size, count);
        size += count;
    }

    private void match(int distance, int count) {
        require(distance > 0 && distance <= size);
        room(count);
        for (int i = 0; i < count; i++) {
            out[size] = out[size - distance];
            size++;
        }
    }

    private void room(int count) {
        require(count <= most - size);
        if (size + count > out.length) {
            out = Arrays.copyOf(out, (int) Math.min(most, Math.max(2L * out.length, size + count)));
        }
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new IllegalArgumentException("no LZ4 frame");
        }
    }
}
