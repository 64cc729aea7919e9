package dev.attune.format;

import dev.attune.format.GgufValue.Array;
import dev.attune.format.GgufValue.Flag;
import dev.attune.format.GgufValue.Real;
import dev.attune.format.GgufValue.Text;
import dev.attune.format.GgufValue.Whole;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;

/// What stands before the data of a GGUF file, as bytes: the reverse of [GgufHeader].
final class GgufHead {
    private static final int VERSION = 3;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final long alignment;

    /// @throws IllegalArgumentException if a reader would refuse it
    GgufHead(Map<String, GgufValue> metadata, Collection<GgufTensorSpec> specs) {
        alignment = alignment(metadata);
        out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        put(VERSION, 4);
        put(specs.size(), 8);
        put(metadata.size(), 8);
        metadata.forEach(this::pair);
        long offset = 0;
        for (GgufTensorSpec spec : specs) {
            tensor(spec, offset);
            offset = aligned(Math.addExact(offset, spec.byteLength()));
        }
        out.writeBytes(new byte[(int) (aligned(out.size()) - out.size())]);
    }

    /// Padded to where the data begins.
    byte[] bytes() {
        return out.toByteArray();
    }

    /// The next multiple of the alignment.
    long aligned(long position) {
        return (position + alignment - 1) & -alignment;
    }

    private static long alignment(Map<String, GgufValue> metadata) {
        GgufValue value = metadata.get(GgufHeader.ALIGNMENT);
        if (value == null) {
            return GgufHeader.DEFAULT_ALIGNMENT;
        }
        boolean usable =
                value instanceof Whole(GgufValueType type, long bytes)
                        && type == GgufValueType.UINT32
                        && bytes >= 8
                        && Long.bitCount(bytes) == 1;
        if (!usable) {
            throw new IllegalArgumentException("general.alignment " + value);
        }
        return ((Whole) value).value();
    }

    private void pair(String key, GgufValue value) {
        if (key.isEmpty()) {
            throw new IllegalArgumentException("an empty key");
        }
        text(key);
        put(value.type().id(), 4);
        value(value);
    }

    private void value(GgufValue value) {
        switch (value) {
            case Whole(GgufValueType type, long number) -> put(number, type.minBytes());
            case Real(GgufValueType type, double number) -> {
                if (type == GgufValueType.FLOAT32) {
                    put(Float.floatToRawIntBits((float) number), 4);
                } else {
                    put(Double.doubleToRawLongBits(number), 8);
                }
            }
            case Flag(boolean on) -> put(on ? 1 : 0, 1);
            case Text(String text) -> text(text);
            case Array array -> array(array);
        }
    }

    private void array(Array array) {
        put(array.elementType().id(), 4);
        put(array.values().size(), 8);
        for (GgufValue value : array.values()) {
            if (value.type() != array.elementType() || value instanceof Array) {
                throw new IllegalArgumentException(
                        "a %s in an array of %s".formatted(value.type(), array.elementType()));
            }
            value(value);
        }
    }

    private void tensor(GgufTensorSpec spec, long offset) {
        text(spec.name());
        put(spec.shape().size(), 4);
        spec.shape().reversed().forEach(size -> put(size, 8));
        put(spec.type().id(), 4);
        put(offset, 8);
    }

    private void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        put(bytes.length, 8);
        out.writeBytes(bytes);
    }

    private void put(long number, int bytes) {
        for (int i = 0; i < bytes; i++) {
            out.write((int) (number >>> (8 * i)));
        }
    }
}
