package dev.attune.format;

import dev.attune.base.AttuneException;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Writes one safetensors file: all tensors are declared first, then their bytes come one tensor at
/// a time, in any order, so that no more than one needs to be in memory.
///
/// ```
/// try (var writer = SafetensorsWriter.create(file, specs, Map.of("format", "pt"))) {
///     for (TensorEntry entry : writer.tensors().values()) {
///         writer.write(entry.name(), bytesOf(entry));
///     }
///     writer.finish();
/// }
/// ```
///
/// The file appears at [#finish], whole; closed before that, nothing of it is left. Tensors lie in
/// the reference implementation's order, the strictest alignment first and then by name, so the
/// same tensors always give the same file. Whoever creates a writer closes it; not thread-safe.
public final class SafetensorsWriter implements AutoCloseable {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int DATA_ALIGNMENT = 8;
    private static final Comparator<TensorSpec> BY_ALIGNMENT_THEN_NAME =
            Comparator.comparing(TensorSpec::dtype)
                    .reversed()
                    .thenComparing(
                            spec -> spec.name().getBytes(StandardCharsets.UTF_8),
                            Arrays::compareUnsigned);

    private final Path path;
    private final PendingFile file;
    private final Map<String, TensorEntry> tensors;
    private final Set<String> missing;

    private SafetensorsWriter(Path path, PendingFile file, Map<String, TensorEntry> tensors) {
        this.path = path;
        this.file = file;
        this.tensors = tensors;
        this.missing = new LinkedHashSet<>(tensors.keySet());
    }

    /// Begins the file that will stand at `target`, and writes its header.
    ///
    /// @param metadata the strings of `__metadata__`, such as `format: pt`, which transformers
    ///   wants; written in the order of their keys, and left out if empty
    /// @throws IllegalArgumentException if a name comes twice, or metadata is not valid Unicode
    /// @throws AttuneException of kind USER if the header would be over 100 MB, the folder is
    ///   missing or the target is a folder; RESOURCES if the disk has too little space; ENVIRONMENT
    ///   if the folder cannot be written to
    public static SafetensorsWriter create(
            Path target, Collection<TensorSpec> specs, Map<String, String> metadata) {
        List<TensorSpec> sorted = specs.stream().sorted(BY_ALIGNMENT_THEN_NAME).toList();
        byte[] header = padded(header(sorted, metadata));
        if (header.length > SafetensorsHeader.MAX_HEADER_BYTES) {
            throw AttuneException.user(
                            "The header would take %d bytes; at most %d are allowed."
                                    .formatted(header.length, SafetensorsHeader.MAX_HEADER_BYTES))
                    .at(target)
                    .fix("Shorten the metadata, or spread the tensors over more files.");
        }
        long dataStart = SafetensorsHeader.LENGTH_BYTES + (long) header.length;
        Map<String, TensorEntry> placed = place(sorted, dataStart);
        long fileBytes = dataStart + sorted.stream().mapToLong(TensorSpec::byteLength).sum();
        PendingFile file = PendingFile.create(target, fileBytes);
        try {
            file.write(0, head(header));
            return new SafetensorsWriter(target, file, placed);
        } catch (RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    /// Where the file will stand.
    public Path path() {
        return path;
    }

    /// The declared tensors by name, in the order of their bytes; supplying them in that order
    /// writes the file from front to back.
    public Map<String, TensorEntry> tensors() {
        return tensors;
    }

    /// Writes the bytes of one tensor: little-endian, row-major, exactly as many as declared.
    ///
    /// @throws IllegalArgumentException if no such tensor was declared, or the length is another
    /// @throws IllegalStateException if its bytes were written before
    /// @throws AttuneException of kind RESOURCES if the disk is full, ENVIRONMENT if it fails
    public void write(String name, MemorySegment bytes) {
        TensorEntry entry = tensors.get(name);
        if (entry == null) {
            throw new IllegalArgumentException("tensor " + Shown.quoted(name) + " is undeclared");
        }
        if (bytes.byteSize() != entry.byteLength()) {
            throw new IllegalArgumentException(
                    "tensor %s was declared with %d bytes, got %d"
                            .formatted(Shown.quoted(name), entry.byteLength(), bytes.byteSize()));
        }
        if (!missing.remove(name)) {
            throw new IllegalStateException("tensor " + Shown.quoted(name) + " is written twice");
        }
        file.write(entry.offset(), bytes);
    }

    /// Forces the file to the disk and gives it its name.
    ///
    /// @throws IllegalStateException if bytes of a tensor are still missing
    /// @throws AttuneException of kind RESOURCES if the disk is full, ENVIRONMENT if it fails
    public void finish() {
        seal();
        publish();
    }

    /// The slow and fallible half of [#finish].
    void seal() {
        if (!missing.isEmpty()) {
            throw new IllegalStateException(
                    "%d of %d tensors are not written, first %s"
                            .formatted(
                                    missing.size(),
                                    tensors.size(),
                                    Shown.quoted(missing.iterator().next())));
        }
        file.seal();
    }

    /// The quick half of [#finish].
    void publish() {
        file.publish();
    }

    /// Deletes what was written, unless it was finished. Closing again does nothing.
    @Override
    public void close() {
        file.close();
    }

    private static Map<String, TensorEntry> place(List<TensorSpec> sorted, long dataStart) {
        Map<String, TensorEntry> placed = LinkedHashMap.newLinkedHashMap(sorted.size());
        long offset = dataStart;
        for (TensorSpec spec : sorted) {
            if (placed.put(spec.name(), TensorEntry.of(spec, offset)) != null) {
                throw new IllegalArgumentException(
                        "tensor " + Shown.quoted(spec.name()) + " is declared twice");
            }
            offset = Math.addExact(offset, spec.byteLength());
        }
        return Collections.unmodifiableMap(placed);
    }

    private static byte[] header(List<TensorSpec> sorted, Map<String, String> metadata) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectPropertyStart(TensorSpec.METADATA_KEY);
                new TreeMap<>(metadata).forEach((key, value) -> writeMetadata(json, key, value));
                json.writeEndObject();
            }
            long begin = 0;
            for (TensorSpec spec : sorted) {
                writeTensor(json, spec, begin);
                begin += spec.byteLength();
            }
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private static void writeMetadata(JsonGenerator json, String key, String value) {
        if (!Shown.isUnicode(key) || !Shown.isUnicode(value)) {
            throw new IllegalArgumentException(
                    "metadata " + Shown.quoted(key) + " has half a surrogate pair");
        }
        json.writeStringProperty(key, value);
    }

    private static void writeTensor(JsonGenerator json, TensorSpec spec, long begin) {
        json.writeObjectPropertyStart(spec.name());
        json.writeStringProperty("dtype", spec.dtype().name());
        json.writeArrayPropertyStart("shape");
        spec.shape().forEach(json::writeNumber);
        json.writeEndArray();
        json.writeArrayPropertyStart("data_offsets");
        json.writeNumber(begin);
        json.writeNumber(begin + spec.byteLength());
        json.writeEndArray();
        json.writeEndObject();
    }

    /// `header` followed by the spaces that let the data begin at a multiple of eight.
    private static byte[] padded(byte[] header) {
        int rest = header.length % DATA_ALIGNMENT;
        if (rest == 0) {
            return header;
        }
        byte[] padded = Arrays.copyOf(header, header.length + DATA_ALIGNMENT - rest);
        Arrays.fill(padded, header.length, padded.length, (byte) ' ');
        return padded;
    }

    private static MemorySegment head(byte[] header) {
        ByteBuffer head = ByteBuffer.allocate(SafetensorsHeader.LENGTH_BYTES + header.length);
        head.order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).put(header);
        return MemorySegment.ofArray(head.array());
    }
}
