package dev.attune.train;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32C;

/// The bytes of TensorBoard's event files: protocol buffers in checked frames.
///
/// ```
/// frame  ┌──────────────┬──────────────────┬─────────┬───────────────┐
///        │ length u64   │ mask(crc(length))│ message │ mask(crc(msg))│   little-endian, CRC-32C
///        └──────────────┴──────────────────┴─────────┴───────────────┘
///        mask(c) = rotateRight(c, 15) + 0xa282ead8
///
/// Event   1 wall_time double   2 step int64   3 file_version   5 Summary   7 SessionLog
/// Summary 1 Value, repeated    Value 1 tag    2 simple_value float
/// SessionLog 1 status: START = 1
/// ```
final class TensorBoardRecord {
    private static final int MASK_DELTA = 0xa282ead8;
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private TensorBoardRecord() {}

    /// The first record of a file.
    static byte[] fileVersion(double wallSeconds) {
        var event = new TensorBoardRecord().fixed64(1, wallSeconds);
        return event.bytes(3, "brain.Event:2".getBytes(StandardCharsets.UTF_8)).framed();
    }

    /// Tells that what stands in earlier files from `step` on has been undone.
    static byte[] restart(double wallSeconds, long step) {
        byte[] start = new TensorBoardRecord().varint(1, 1).content();
        return new TensorBoardRecord()
                .fixed64(1, wallSeconds)
                .varint(2, step)
                .bytes(7, start)
                .framed();
    }

    /// Values of one step, by tag.
    static byte[] scalars(double wallSeconds, long step, Map<String, Double> values) {
        var summary = new TensorBoardRecord();
        values.forEach((tag, value) -> summary.bytes(1, scalar(tag, value.floatValue())));
        return new TensorBoardRecord()
                .fixed64(1, wallSeconds)
                .varint(2, step)
                .bytes(5, summary.content())
                .framed();
    }

    private static byte[] scalar(String tag, float value) {
        return new TensorBoardRecord()
                .bytes(1, tag.getBytes(StandardCharsets.UTF_8))
                .fixed32(2, value)
                .content();
    }

    private TensorBoardRecord varint(int field, long value) {
        key(field, VARINT);
        number(value);
        return this;
    }

    private TensorBoardRecord fixed64(int field, double value) {
        key(field, FIXED64);
        out.writeBytes(little(8).putDouble(value).array());
        return this;
    }

    private TensorBoardRecord fixed32(int field, float value) {
        key(field, FIXED32);
        out.writeBytes(little(4).putFloat(value).array());
        return this;
    }

    private TensorBoardRecord bytes(int field, byte[] content) {
        key(field, BYTES);
        number(content.length);
        out.writeBytes(content);
        return this;
    }

    private void key(int field, int wireType) {
        number(((long) field << 3) | wireType);
    }

    private void number(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    private byte[] content() {
        return out.toByteArray();
    }

    private byte[] framed() {
        byte[] message = content();
        byte[] length = little(8).putLong(message.length).array();
        return little(message.length + 16)
                .put(length)
                .putInt(maskedCrc(length))
                .put(message)
                .putInt(maskedCrc(message))
                .array();
    }

    private static int maskedCrc(byte[] bytes) {
        var crc = new CRC32C();
        crc.update(bytes);
        return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
