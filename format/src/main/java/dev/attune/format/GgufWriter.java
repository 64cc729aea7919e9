package dev.attune.format;

import dev.attune.base.AttuneException;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/// Writes a GGUF file of version 3, little-endian.
///
/// Metadata and tensors are declared first; the bytes of each tensor then come in one piece or
/// several, tensors in any order, so that no more than a piece is ever in memory. The file appears
/// at [#finish]; closed before that, nothing of it is left.
///
/// ```
/// try (GgufWriter writer = GgufWriter.create(target, metadata, specs)) {
///     for (GgufTensorSpec spec : specs) {
///         writer.append(spec.name(), bytes(spec));
///     }
///     writer.finish();
/// }
/// ```
///
/// Whoever creates it closes it. Not thread-safe.
public final class GgufWriter implements AutoCloseable {
    private final PendingFile file;
    private final Map<String, Place> places;
    private final long fileBytes;

    private GgufWriter(PendingFile file, Map<String, Place> places, long fileBytes) {
        this.file = file;
        this.places = places;
        this.fileBytes = fileBytes;
    }

    /// Where the bytes of a tensor go, and how many have come.
    private static final class Place {
        private final long start;
        private final long length;
        private long done;

        Place(long start, long length) {
            this.start = start;
            this.length = length;
        }
    }

    /// Begins a file that will replace what is at `target`.
    ///
    /// @param metadata the key-value pairs; `general.alignment` is obeyed if it is among them
    /// @param specs all tensors, in the order of the file
    /// @throws IllegalArgumentException if a name comes twice, or the metadata could not be read
    ///   again
    /// @throws AttuneException of kind USER if the folder is missing or the target is a folder,
    ///   RESOURCES if the disk has too little space, ENVIRONMENT if it cannot be written to
    public static GgufWriter create(
            Path target, Map<String, GgufValue> metadata, Collection<GgufTensorSpec> specs) {
        GgufHead head = new GgufHead(metadata, specs);
        byte[] bytes = head.bytes();
        Map<String, Place> places = new LinkedHashMap<>();
        long end = bytes.length;
        for (GgufTensorSpec spec : specs) {
            if (places.put(spec.name(), new Place(end, spec.byteLength())) != null) {
                throw new IllegalArgumentException(
                        "tensor " + Shown.quoted(spec.name()) + " is declared twice");
            }
            end = head.aligned(Math.addExact(end, spec.byteLength()));
        }
        PendingFile file = PendingFile.create(target, end);
        try {
            file.write(0, MemorySegment.ofArray(bytes));
            return new GgufWriter(file, places, end);
        } catch (RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    /// How large a file of such tensors is, before it is written.
    public static long fileBytes(
            Map<String, GgufValue> metadata, Collection<GgufTensorSpec> specs) {
        GgufHead head = new GgufHead(metadata, specs);
        return head.bytes().length
                + specs.stream().mapToLong(spec -> head.aligned(spec.byteLength())).sum();
    }

    /// Writes the next bytes of a tensor.
    ///
    /// @throws IllegalArgumentException if it was not declared, or is shorter than that
    public void append(String name, MemorySegment bytes) {
        Place place = places.get(name);
        if (place == null) {
            throw new IllegalArgumentException("tensor " + Shown.quoted(name) + " is undeclared");
        }
        if (bytes.byteSize() > place.length - place.done) {
            throw new IllegalArgumentException(
                    "tensor %s has %d bytes, %d are there and %d more came"
                            .formatted(
                                    Shown.quoted(name),
                                    place.length,
                                    place.done,
                                    bytes.byteSize()));
        }
        file.write(place.start + place.done, bytes);
        place.done += bytes.byteSize();
    }

    /// Forces the file to the disk and gives it its name.
    ///
    /// @return how many bytes it has
    /// @throws IllegalStateException if bytes of a tensor are still missing
    /// @throws AttuneException of kind RESOURCES if the disk is full, ENVIRONMENT if it fails
    public long finish() {
        places.forEach((name, place) -> {
            if (place.done != place.length) {
                throw new IllegalStateException(
                        "tensor %s has %d of its %d bytes"
                                .formatted(Shown.quoted(name), place.done, place.length));
            }
        });
        padEnd();
        file.seal();
        file.publish();
        return fileBytes;
    }

    /// Deletes what was written, unless it was finished. Closing again does nothing.
    @Override
    public void close() {
        file.close();
    }

    /// The last tensor too is followed by its padding; readers that take the data in one piece
    /// count on it. Padding between tensors is what was never written there, zeros.
    private void padEnd() {
        long end =
                places.values().stream().mapToLong(p -> p.start + p.length).max().orElse(fileBytes);
        if (end < fileBytes) {
            file.write(end, MemorySegment.ofArray(new byte[(int) (fileBytes - end)]));
        }
    }
}
