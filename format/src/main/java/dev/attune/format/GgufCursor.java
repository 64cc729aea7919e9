package dev.attune.format;

import dev.attune.base.AttuneException;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// A place in the head of a GGUF file that moves on as values are read; reading beyond the end is a
/// USER error that names what was being read. Not thread-safe.
final class GgufCursor {
    /// The next step for a damaged file.
    static final String AGAIN = SafetensorsHeader.AGAIN;

    private static final int MAX_STRING_BYTES = 1 << 30;

    private final MemorySegment file;
    private final Path place;
    private final ValueLayout.OfShort shorts;
    private final ValueLayout.OfInt ints;
    private final ValueLayout.OfLong longs;
    private long position;

    GgufCursor(MemorySegment file, Path place, ByteOrder order, long position) {
        this.file = file;
        this.place = place;
        this.shorts = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(order);
        this.ints = ValueLayout.JAVA_INT_UNALIGNED.withOrder(order);
        this.longs = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(order);
        this.position = position;
    }

    long position() {
        return position;
    }

    byte read8(String whose) {
        return file.get(ValueLayout.JAVA_BYTE, advance(1, whose));
    }

    short read16(String whose) {
        return file.get(shorts, advance(2, whose));
    }

    int read32(String whose) {
        return file.get(ints, advance(4, whose));
    }

    long read64(String whose) {
        return file.get(longs, advance(8, whose));
    }

    /// A count of things that take at least `minBytes` each, and so must fit into the file.
    long count(long minBytes, String whose) {
        long count = read64(whose);
        long room = (file.byteSize() - position) / minBytes;
        if (count < 0 || count > room) {
            throw fault(
                    "The number of %s is %s, but the rest of the file has room for %d at most."
                            .formatted(whose, Long.toUnsignedString(count), room));
        }
        return count;
    }

    String string(String whose) {
        return string(whose, MAX_STRING_BYTES);
    }

    String string(String whose, int maxBytes) {
        long length = read64(whose);
        long rest = file.byteSize() - position;
        if (length < 0 || length > rest) {
            throw fault(
                    "The length of %s is %s bytes, but only %d follow in the file."
                            .formatted(whose, Long.toUnsignedString(length), rest));
        }
        if (length > maxBytes) {
            throw fault(
                    "The length of %s is %d bytes; at most %d are allowed."
                            .formatted(whose, length, maxBytes));
        }
        byte[] bytes = file.asSlice(advance(length, whose), length).toArray(ValueLayout.JAVA_BYTE);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw fault("The bytes of %s are not UTF-8.".formatted(whose)).causedBy(e);
        }
    }

    AttuneException fault(String what) {
        return AttuneException.user(what).at(place).fix(AGAIN);
    }

    private long advance(long bytes, String whose) {
        if (bytes > file.byteSize() - position) {
            throw fault(
                            "The file ends at byte %d, in the middle of %s."
                                    .formatted(file.byteSize(), whose))
                    .fix("The file is cut short: its download did not finish. Get it again.");
        }
        long from = position;
        position += bytes;
        return from;
    }
}
