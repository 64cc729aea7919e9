package dev.attune.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.format.GgufValue.Array;
import dev.attune.format.GgufValue.Flag;
import dev.attune.format.GgufValue.Text;
import dev.attune.format.GgufValue.Whole;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

class GgufWriterTest {
    @TempDir private Path folder;

    @Test
    void writesFilesOfOthersAgainByteForByte() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(SharedData.path("formats/gguf-valid"))) {
            files = all.filter(p -> !p.endsWith("version-2.gguf")).sorted().toList();
        }
        for (Path file : files) {
            Path copy = folder.resolve("copy.gguf");
            try (GgufFile from = GgufFile.open(file)) {
                List<GgufTensorSpec> specs =
                        from.tensors().values().stream().map(GgufWriterTest::spec).toList();
                try (GgufWriter to = GgufWriter.create(copy, from.metadata().values(), specs)) {
                    from.tensors().keySet().forEach(name -> to.append(name, from.bytes(name)));
                    to.finish();
                }
            }
            byte[] expected = Files.readAllBytes(file);
            assertThat(Files.readAllBytes(copy)).as("%s", file).startsWith(expected);
        }
    }

    @Test
    void takesATensorInPieces() {
        Path path = folder.resolve("a.gguf");
        List<GgufTensorSpec> specs =
                List.of(of("a", GgmlType.I8, 3L), of("b", GgmlType.I8, 2L, 2L));

        try (GgufWriter writer = GgufWriter.create(path, Map.of(), specs)) {
            writer.append("b", bytes(1, 2));
            writer.append("a", bytes(9, 8, 7));
            writer.append("b", bytes(3, 4));
            assertThat(writer.finish())
                    .as("bytes of the file")
                    .isEqualTo(path.toFile().length())
                    .isEqualTo(GgufWriter.fileBytes(Map.of(), specs));
        }

        try (GgufFile file = GgufFile.open(path)) {
            assertThat(file.bytes("a").toArray(ValueLayout.JAVA_BYTE)).containsExactly(9, 8, 7);
            assertThat(file.bytes("b").toArray(ValueLayout.JAVA_BYTE)).containsExactly(1, 2, 3, 4);
        }
    }

    @Test
    void leavesNothingBehindWhenATensorIsIncomplete() throws IOException {
        Path path = folder.resolve("a.gguf");
        try (GgufWriter writer =
                GgufWriter.create(path, Map.of(), List.of(of("a", GgmlType.I8, 3L)))) {
            writer.append("a", bytes(1, 2));
            assertThatThrownBy(writer::finish).hasMessage("tensor 'a' has 2 of its 3 bytes");
            assertThatThrownBy(() -> writer.append("a", bytes(1, 2)))
                    .hasMessage("tensor 'a' has 3 bytes, 2 are there and 2 more came");
            assertThatThrownBy(() -> writer.append("b", bytes(1)))
                    .hasMessage("tensor 'b' is undeclared");
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).as("files left").isEmpty();
        }
    }

    @Test
    void refusesWhatNoReaderWouldTake() {
        Path path = folder.resolve("a.gguf");
        GgufTensorSpec tensor = of("a", GgmlType.F32, 1L);
        assertThatThrownBy(() -> GgufWriter.create(path, Map.of(), List.of(tensor, tensor)).close())
                .hasMessage("tensor 'a' is declared twice");
        assertThatThrownBy(() -> of("n".repeat(64), GgmlType.F32, 1L))
                .hasMessageContaining("a name of 64 bytes");
        assertThatThrownBy(() -> of("a", GgmlType.Q8_0, 2L, 33L))
                .hasMessage("rows of 33 in a are no multiple of 32, a block of Q8_0");
        assertThatThrownBy(() -> of("a", GgmlType.F32, 1L, 0L))
                .hasMessageContaining("shape [1, 0]");
        Map<String, GgufValue> odd =
                Map.of("general.alignment", new Whole(GgufValueType.UINT32, 24));
        assertThatThrownBy(() -> GgufWriter.create(path, odd, List.of()).close())
                .hasMessageContaining("general.alignment");
        Map<String, GgufValue> mixed =
                Map.of("m", new Array(GgufValueType.BOOL, List.of(new Flag(true), new Text("x"))));
        assertThatThrownBy(() -> GgufWriter.create(path, mixed, List.of()).close())
                .hasMessage("a STRING in an array of BOOL");
    }

    static GgufTensorSpec of(String name, GgmlType type, Long... shape) {
        return new GgufTensorSpec(name, type, List.of(shape));
    }

    private static GgufTensorSpec spec(GgufTensor tensor) {
        return new GgufTensorSpec(tensor.name(), tensor.type(), tensor.shape());
    }

    private static MemorySegment bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return MemorySegment.ofArray(bytes);
    }
}
