package dev.attune.format;

import dev.attune.base.AttuneException;
import dev.attune.format.GgufValue.Array;
import dev.attune.format.GgufValue.Flag;
import dev.attune.format.GgufValue.Real;
import dev.attune.format.GgufValue.Text;
import dev.attune.format.GgufValue.Whole;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The checked head of a GGUF file: what is in it, and where.
///
/// @param version 2 or 3
/// @param order little-endian, or big-endian for the rare files made on such hosts
/// @param alignment each tensor begins at a multiple of this many bytes of the data
/// @param metadata the key-value pairs
/// @param tensors by name, in the order of the file
record GgufHeader(
        int version,
        ByteOrder order,
        long alignment,
        GgufMetadata metadata,
        Map<String, GgufTensor> tensors) {
    static final String ALIGNMENT = "general.alignment";

    private static final int MAGIC = 0x46554747;
    private static final int MAX_VERSION = 3;
    private static final int MAX_KEY_BYTES = 65_535;

    /// The alignment of a file that does not name one.
    static final int DEFAULT_ALIGNMENT = 32;

    /// A key of one byte with its length, a type and a byte.
    private static final int MIN_PAIR_BYTES = 14;

    /// Reads and checks the head of `file`, the whole file's bytes.
    ///
    /// @throws AttuneException at `place` if it is not a GGUF file or a damaged one
    static GgufHeader read(MemorySegment file, Path place) {
        requireMagic(file, place);
        GgufCursor little = new GgufCursor(file, place, ByteOrder.LITTLE_ENDIAN, 4);
        int version = little.read32("the version");
        int swapped = Integer.reverseBytes(version);
        boolean big = swapped > 0 && swapped <= MAX_VERSION;
        ByteOrder order = big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        requireVersion(big ? swapped : version, little);
        GgufCursor in = new GgufCursor(file, place, order, 8);
        long tensorCount = in.count(GgufTensors.MIN_INFO_BYTES, "tensors");
        long pairCount = in.count(MIN_PAIR_BYTES, "key-value pairs");
        GgufMetadata metadata = new GgufMetadata(pairs(in, pairCount), place);
        long alignment = alignment(metadata, in);
        Map<String, GgufTensor> tensors =
                new GgufTensors(in, alignment, file.byteSize()).read(tensorCount);
        return new GgufHeader(big ? swapped : version, order, alignment, metadata, tensors);
    }

    private static void requireMagic(MemorySegment file, Path place) {
        if (file.byteSize() >= 4
                && file.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0)
                        == MAGIC) {
            return;
        }
        GgufCursor in = new GgufCursor(file, place, ByteOrder.LITTLE_ENDIAN, 0);
        if (file.byteSize() < 4) {
            throw in.fault(
                    "The file has %d bytes; a GGUF file begins with the 4 of GGUF."
                            .formatted(file.byteSize()));
        }
        StringBuilder found = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            found.append((char) (in.read8("the magic") & 0xff));
        }
        throw in.fault(
                        "This is not a GGUF file: it begins with %s, not with 'GGUF'."
                                .formatted(Shown.quoted(found.toString())))
                .fix(foreign(found.toString()));
    }

    private static String foreign(String magic) {
        return switch (magic) {
            case "lmgg", "tjgg", "fmgg", "GGML" ->
                    "It was made for a llama.cpp of before August 2023. Get the model as GGUF.";
            case "vers" -> "It is a git-lfs pointer. Run `git lfs pull`, or download the file.";
            default -> "Check that the path leads to a .gguf file, and that it is whole.";
        };
    }

    private static void requireVersion(int version, GgufCursor in) {
        if (version == 2 || version == MAX_VERSION) {
            return;
        }
        AttuneException fault =
                in.fault(
                        "The GGUF version is %s; versions 2 and 3 are read."
                                .formatted(Integer.toUnsignedString(version)));
        if (version == 1) {
            throw fault.fix(
                    "The file is too old. Convert the model again with a recent llama.cpp.");
        }
        throw version > MAX_VERSION
                ? fault.fix("The file is newer than this Attune, or damaged. Look for an update.")
                : fault;
    }

    private static Map<String, GgufValue> pairs(GgufCursor in, long count) {
        Map<String, GgufValue> pairs = new LinkedHashMap<>();
        for (long i = 0; i < count; i++) {
            String key = in.string("key " + i, MAX_KEY_BYTES);
            if (key.isEmpty()) {
                throw in.fault("The name of key %d is empty.".formatted(i));
            }
            String whose = "key " + Shown.quoted(key);
            GgufValue value = value(in, type(in, whose), whose);
            if (pairs.putIfAbsent(key, value) != null) {
                throw in.fault("The %s is there twice.".formatted(whose));
            }
        }
        return pairs;
    }

    private static GgufValueType type(GgufCursor in, String whose) {
        int id = in.read32("the type of " + whose);
        return GgufValueType.of(id)
                .orElseThrow(() ->
                        in.fault(
                                "The %s has the unknown type %s; expected 0 to 12."
                                        .formatted(whose, Integer.toUnsignedString(id))));
    }

    private static GgufValue value(GgufCursor in, GgufValueType type, String whose) {
        return switch (type) {
            case UINT8 -> new Whole(type, in.read8(whose) & 0xffL);
            case INT8 -> new Whole(type, in.read8(whose));
            case UINT16 -> new Whole(type, in.read16(whose) & 0xffffL);
            case INT16 -> new Whole(type, in.read16(whose));
            case UINT32 -> new Whole(type, in.read32(whose) & 0xffff_ffffL);
            case INT32 -> new Whole(type, in.read32(whose));
            case UINT64, INT64 -> new Whole(type, in.read64(whose));
            case FLOAT32 -> new Real(type, Float.intBitsToFloat(in.read32(whose)));
            case FLOAT64 -> new Real(type, Double.longBitsToDouble(in.read64(whose)));
            case BOOL -> flag(in, whose);
            case STRING -> new Text(in.string("the value of " + whose));
            case ARRAY -> array(in, whose);
        };
    }

    private static GgufValue flag(GgufCursor in, String whose) {
        int value = in.read8(whose) & 0xff;
        if (value > 1) {
            throw in.fault("The bool of %s is %d; expected 0 or 1.".formatted(whose, value));
        }
        return new Flag(value == 1);
    }

    private static GgufValue array(GgufCursor in, String whose) {
        GgufValueType element = type(in, "array of " + whose);
        if (element == GgufValueType.ARRAY) {
            throw in.fault("The %s is an array of arrays; none is known.".formatted(whose));
        }
        long count = in.count(element.minBytes(), "elements of " + whose);
        if (count > Integer.MAX_VALUE - 8) {
            throw in.fault("The array of %s has %d elements: too many.".formatted(whose, count));
        }
        List<GgufValue> values = new ArrayList<>((int) Math.min(count, 1 << 20));
        String one = "an element of " + whose;
        for (long i = 0; i < count; i++) {
            values.add(value(in, element, one));
        }
        return new Array(element, values);
    }

    private static long alignment(GgufMetadata metadata, GgufCursor in) {
        GgufValue value = metadata.values().get(ALIGNMENT);
        if (value == null) {
            return DEFAULT_ALIGNMENT;
        }
        if (value.type() != GgufValueType.UINT32) {
            throw in.fault(
                    "The key '%s' is of type %s; expected UINT32."
                            .formatted(ALIGNMENT, value.type()));
        }
        long alignment = ((Whole) value).value();
        if (alignment < 8 || Long.bitCount(alignment) != 1) {
            throw in.fault(
                    "The key '%s' is %d; expected a power of two of 8 or more."
                            .formatted(ALIGNMENT, alignment));
        }
        return alignment;
    }
}
