package dev.attune.text;

import dev.attune.base.AttuneException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Walks the fields of a protobuf message, of which every number and length is checked. Not
/// thread-safe.
///
/// ```
/// while (in.next()) {
///     switch (in.field()) { case 1 -> text = in.text(); default -> in.skip(); }
/// }
/// ```
final class ProtoReader {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;
    private static final int MAX_VARINT_BYTES = 10;

    private final ByteBuffer in;
    private final Object place;
    private int field;
    private int wire;

    ProtoReader(byte[] message, Object place) {
        this.in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        this.place = place;
    }

    /// Moves to the next field; false at the end.
    boolean next() {
        if (!in.hasRemaining()) {
            return false;
        }
        long key = varint();
        if (key >>> 32 != 0 || key >>> 3 == 0) {
            throw fault("a field number of " + Long.toUnsignedString(key >>> 3));
        }
        field = (int) (key >>> 3);
        wire = (int) (key & 7);
        return true;
    }

    /// The number of the field.
    int field() {
        return field;
    }

    /// The field as a whole number.
    long whole() {
        require(VARINT);
        return varint();
    }

    /// The field as a truth value.
    boolean flag() {
        return whole() != 0;
    }

    /// The field as a float.
    float real() {
        require(FIXED32);
        return need(4).getFloat();
    }

    /// The field as bytes, a message among them.
    byte[] bytes() {
        require(BYTES);
        long length = varint();
        if (length < 0 || length > in.remaining()) {
            throw fault(
                    "a length of %s bytes where %d follow"
                            .formatted(Long.toUnsignedString(length), in.remaining()));
        }
        int from = in.position();
        in.position(from + (int) length);
        return Arrays.copyOfRange(in.array(), from, in.position());
    }

    /// The field as text.
    String text() {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes())).toString();
        } catch (CharacterCodingException e) {
            throw fault("a text that is not UTF-8").causedBy(e);
        }
    }

    /// Passes over the field.
    void skip() {
        switch (wire) {
            case VARINT -> varint();
            case FIXED64 -> need(8).position(in.position() + 8);
            case BYTES -> bytes();
            case FIXED32 -> need(4).position(in.position() + 4);
            default -> throw fault("the wire type " + wire);
        }
    }

    private long varint() {
        long value = 0;
        for (int i = 0; i < MAX_VARINT_BYTES; i++) {
            byte b = need(1).get();
            value |= (b & 0x7fL) << (7 * i);
            if (b >= 0) {
                return value;
            }
        }
        throw fault("a number of more than 10 bytes");
    }

    private ByteBuffer need(int bytes) {
        if (in.remaining() < bytes) {
            throw fault("an end in the middle of a value");
        }
        return in;
    }

    private void require(int expected) {
        if (wire != expected) {
            throw fault("the wire type %d, expected %d,".formatted(wire, expected));
        }
    }

    private AttuneException fault(String what) {
        return AttuneException.user(
                        "This is no SentencePiece model: %s in field %d, near byte %d."
                                .formatted(what, field, in.position()))
                .at(place)
                .fix("Get the file again: it is damaged, a git-lfs pointer or another format.");
    }
}
