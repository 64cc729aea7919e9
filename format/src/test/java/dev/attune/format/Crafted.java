package dev.attune.format;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.attune.base.AttuneException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Files made by hand, good and bad.
final class Crafted {
    static final Path PLACE = Path.of("crafted.safetensors");

    private Crafted() {}

    /// A header length, the header, and `dataBytes` bytes of data that count up.
    static byte[] file(String header, int dataBytes) {
        return file(header.getBytes(StandardCharsets.UTF_8), dataBytes);
    }

    static byte[] file(byte[] header, int dataBytes) {
        ByteBuffer file = ByteBuffer.allocate(8 + header.length + dataBytes);
        file.order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).put(header);
        for (int i = 0; i < dataBytes; i++) {
            file.put((byte) i);
        }
        return file.array();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static SafetensorsHeader read(byte[] file) {
        return SafetensorsHeader.read(MemorySegment.ofArray(file), PLACE);
    }

    /// The error of reading `file`, which must be one.
    static AttuneException refusal(byte[] file) {
        AttuneException refusal =
                catchThrowableOfType(AttuneException.class, () -> Crafted.read(file));
        if (refusal == null) {
            throw new AssertionError("accepted a bad file");
        }
        return refusal;
    }

    static byte[] heap(MemorySegment segment) {
        return segment.toArray(ValueLayout.JAVA_BYTE);
    }

    /// Writes a file of F32 vectors, named with their contents.
    static void write(Path file, Map<String, float[]> tensors) {
        var specs =
                tensors.entrySet().stream()
                        .map(t -> vector(t.getKey(), t.getValue().length))
                        .toList();
        try (var writer = SafetensorsWriter.create(file, specs, Map.of("format", "pt"))) {
            tensors.forEach((name, values) -> writer.write(name, MemorySegment.ofArray(values)));
            writer.finish();
        }
    }

    static TensorSpec vector(String name, long length) {
        return new TensorSpec(name, SafetensorsDtype.F32, List.of(length));
    }

    static Path put(Path file, byte[] bytes) {
        try {
            return Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path put(Path file, String text) {
        return put(file, bytes(text));
    }
}
