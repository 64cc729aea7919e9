package dev.attune.format;

import dev.attune.base.AttuneException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads the tensor table, and checks that the tensors follow one another in the data as ggml
/// requires: each at the next multiple of the alignment, none beyond the end of the file.
///
/// @param in at the first entry
/// @param alignment a power of two
/// @param fileBytes the length of the whole file
record GgufTensors(GgufCursor in, long alignment, long fileBytes) {
    /// A name of no byte, one size, and nothing left out.
    static final int MIN_INFO_BYTES = 8 + 4 + 8 + 4 + 8;

    /// The longest name that ggml takes.
    static final int MAX_NAME_BYTES = 63;

    /// The most sizes that ggml takes.
    static final int MAX_DIMS = 4;

    /// The tensors by name, in the order of the file.
    Map<String, GgufTensor> read(long count) {
        Map<String, GgufTensor> claimed = new LinkedHashMap<>();
        for (long i = 0; i < count; i++) {
            GgufTensor tensor = entry(i);
            if (claimed.putIfAbsent(tensor.name(), tensor) != null) {
                throw in.fault("The tensor %s is there twice.".formatted(quoted(tensor)));
            }
        }
        return place(claimed.values());
    }

    private Map<String, GgufTensor> place(Iterable<GgufTensor> claimed) {
        long dataStart = aligned(in.position());
        Map<String, GgufTensor> placed = new LinkedHashMap<>();
        long expected = 0;
        for (GgufTensor tensor : claimed) {
            if (tensor.offset() != expected) {
                throw in.fault(
                        "The tensor %s begins at byte %s of the data; expected %d, %s."
                                .formatted(
                                        quoted(tensor),
                                        Long.toUnsignedString(tensor.offset()),
                                        expected,
                                        "where the one before it ends"));
            }
            long end = dataStart + expected + tensor.byteLength();
            if (tensor.byteLength() > fileBytes || end > fileBytes) {
                throw in.fault(
                                "The tensor %s takes %d bytes, but the file has only %d for it."
                                        .formatted(
                                                quoted(tensor),
                                                tensor.byteLength(),
                                                Math.max(0, fileBytes - dataStart - expected)))
                        .fix("The file is cut short: its download did not finish. Get it again.");
            }
            placed.put(
                    tensor.name(),
                    new GgufTensor(
                            tensor.name(),
                            tensor.type(),
                            tensor.dims(),
                            dataStart + expected,
                            tensor.byteLength()));
            expected = aligned(expected + tensor.byteLength());
        }
        return Collections.unmodifiableMap(placed);
    }

    /// An entry whose offset still counts from the start of the data.
    private GgufTensor entry(long index) {
        String name = in.string("the name of tensor " + index, MAX_NAME_BYTES);
        if (name.isEmpty()) {
            throw in.fault("The name of tensor %d is empty.".formatted(index));
        }
        String whose = "tensor " + Shown.quoted(name);
        int count = in.read32(whose);
        if (count < 1 || count > MAX_DIMS) {
            throw in.fault(
                    "The %s has %s dimensions; expected 1 to 4."
                            .formatted(whose, Integer.toUnsignedString(count)));
        }
        List<Long> dims = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            dims.add(in.read64(whose));
        }
        GgmlType type = type(in.read32(whose), whose);
        long offset = in.read64(whose);
        return new GgufTensor(name, type, dims, offset, bytes(dims, type, whose));
    }

    private GgmlType type(int id, String whose) {
        return GgmlType.of(id)
                .orElseThrow(() ->
                        in.fault(
                                        "The %s has the unknown type %s."
                                                .formatted(whose, Integer.toUnsignedString(id)))
                                .fix(
                                        "It was quantised with a type that was withdrawn"
                                                + " or is newer than this Attune."
                                                + " Get the model in another one."));
    }

    private long bytes(List<Long> dims, GgmlType type, String whose) {
        for (long size : dims) {
            if (size < 1) {
                throw in.fault(
                        "The %s has a dimension of %s; expected 1 or more."
                                .formatted(whose, Long.toUnsignedString(size)));
            }
        }
        if (dims.getFirst() % type.blockLength() != 0) {
            throw in.fault(
                    "The %s has rows of %d elements, no multiple of the %d of a block of %s."
                            .formatted(whose, dims.getFirst(), type.blockLength(), type));
        }
        try {
            long blocks = dims.getFirst() / type.blockLength();
            for (long size : dims.subList(1, dims.size())) {
                blocks = Math.multiplyExact(blocks, size);
            }
            return Math.multiplyExact(blocks, (long) type.blockBytes());
        } catch (ArithmeticException e) {
            AttuneException fault =
                    in.fault("The sizes %s of %s multiply beyond 2^63.".formatted(dims, whose));
            throw fault.causedBy(e);
        }
    }

    private long aligned(long position) {
        return (position + alignment - 1) & -alignment;
    }

    private static String quoted(GgufTensor tensor) {
        return Shown.quoted(tensor.name());
    }
}
