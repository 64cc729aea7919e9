package dev.attune.format;

import dev.attune.base.AttuneException;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.foreign.ValueLayout.OfLong;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Map;

/// The checked head of a file: what is in it, and where.
///
/// @param metadata the strings below `__metadata__`, in the header's order
/// @param tensors by name, in the order of their bytes
record SafetensorsHeader(Map<String, String> metadata, Map<String, TensorEntry> tensors) {
    /// The longest header that is read or written, the reference implementation's limit.
    static final int MAX_HEADER_BYTES = 100_000_000;

    /// The bytes of the header length at the start of a file.
    static final int LENGTH_BYTES = 8;

    /// The header length: unsigned, little-endian, at any address.
    static final OfLong LENGTH = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// The next step for a damaged file.
    static final String AGAIN =
            "Get the file again and compare its checksum; if that is right, its writer is at"
                    + " fault.";

    /// Reads and checks the head of `file`, the whole file's bytes.
    ///
    /// @throws AttuneException at `place` if it is not a safetensors file or a damaged one
    static SafetensorsHeader read(MemorySegment file, Path place) {
        long headerBytes = headerBytes(file, place);
        byte[] utf8 = file.asSlice(LENGTH_BYTES, headerBytes).toArray(ValueLayout.JAVA_BYTE);
        HeaderJson json = HeaderJson.parse(utf8, place);
        long dataStart = LENGTH_BYTES + headerBytes;
        TensorLayout layout = new TensorLayout(dataStart, file.byteSize() - dataStart, place);
        return new SafetensorsHeader(json.metadata(), layout.place(json.tensors()));
    }

    private static long headerBytes(MemorySegment file, Path place) {
        long fileBytes = file.byteSize();
        if (fileBytes < LENGTH_BYTES) {
            throw foreignOr(
                    file,
                    place,
                    "The file has %d bytes; a safetensors file begins with 8 for its header length."
                            .formatted(fileBytes));
        }
        long length = file.get(LENGTH, 0);
        if (length < 0 || length > MAX_HEADER_BYTES) {
            throw foreignOr(
                    file,
                    place,
                    "The header length is %s bytes; at most %d are allowed."
                            .formatted(Long.toUnsignedString(length), MAX_HEADER_BYTES));
        }
        long follow = fileBytes - LENGTH_BYTES;
        if (length > follow) {
            throw foreignOr(
                    file,
                    place,
                    "The header length is %d bytes, but only %d follow it in the file."
                            .formatted(length, follow));
        }
        if (length == 0) {
            throw AttuneException.user("The header length is 0; expected at least 2, for {}.")
                    .at(place)
                    .fix(AGAIN);
        }
        if (file.get(ValueLayout.JAVA_BYTE, LENGTH_BYTES) != '{') {
            ForeignFile.recognise(file).ifPresent(kind -> refuse(kind, place));
        }
        return length;
    }

    private static AttuneException foreignOr(MemorySegment file, Path place, String what) {
        ForeignFile.recognise(file).ifPresent(kind -> refuse(kind, place));
        return AttuneException.user(what).at(place).fix(AGAIN);
    }

    private static void refuse(ForeignFile kind, Path place) {
        throw AttuneException.user(kind.what()).at(place).fix(kind.fix());
    }
}
