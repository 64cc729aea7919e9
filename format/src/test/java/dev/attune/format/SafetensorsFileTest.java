package dev.attune.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.base.AttuneException;
import dev.attune.base.ErrorKind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

class SafetensorsFileTest {
    private static final String TWO_TENSORS =
            "{\"__metadata__\":{\"format\":\"pt\",\"by\":\"hand\"},"
                    + "\"late\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[8,11]},"
                    + "\"none\":{\"dtype\":\"F64\",\"shape\":[0,7],\"data_offsets\":[8,8]},"
                    + "\"early\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]}}";

    @TempDir private Path folder;

    @Test
    void givesTensorsInTheOrderOfTheirBytes() {
        Path path = Crafted.put(folder.resolve("m.safetensors"), Crafted.file(TWO_TENSORS, 11));
        long dataStart = 8L + TWO_TENSORS.length();

        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertThat(file.tensors().values())
                    .containsExactly(
                            new TensorEntry(
                                    "early", SafetensorsDtype.F32, List.of(2L, 1L), dataStart, 8),
                            new TensorEntry(
                                    "none",
                                    SafetensorsDtype.F64,
                                    List.of(0L, 7L),
                                    dataStart + 8,
                                    0),
                            new TensorEntry(
                                    "late", SafetensorsDtype.U8, List.of(3L), dataStart + 8, 3));
            assertThat(Crafted.heap(file.bytes("late"))).containsExactly(8, 9, 10);
            assertThat(file.bytes("none").byteSize()).as("an empty tensor's bytes").isZero();
            assertThat(file.bytes("early").isReadOnly()).as("read-only").isTrue();
            assertThat(file.metadata())
                    .as("metadata in the header's order")
                    .containsExactly(Map.entry("format", "pt"), Map.entry("by", "hand"));
            assertThat(file.path()).isEqualTo(path);
        }
    }

    @Test
    void tellsTheNearestNameOfAMissingTensor() {
        Path path = Crafted.put(folder.resolve("m.safetensors"), Crafted.file(TWO_TENSORS, 11));

        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertThatThrownBy(() -> file.bytes("earl"))
                    .isInstanceOf(AttuneException.class)
                    .hasMessageContaining("The weights hold 3 tensors, but none named 'earl'.")
                    .hasMessageContaining(path.toString())
                    .hasMessageContaining("The nearest name is 'early'.");
            assertThatThrownBy(() -> file.bytes("x".repeat(100_000)))
                    .as("an endless name is not compared")
                    .isInstanceOf(AttuneException.class);
            TensorEntry foreign =
                    new TensorEntry("early", SafetensorsDtype.F32, List.of(2L, 1L), 0, 8);
            assertThatThrownBy(() -> file.bytes(foreign))
                    .as("an entry of another file")
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void refusesToReadAfterClose() {
        Path path = Crafted.put(folder.resolve("m.safetensors"), Crafted.file(TWO_TENSORS, 11));
        SafetensorsFile file = SafetensorsFile.open(path);
        MemorySegment bytes = file.bytes("late");

        file.close();
        file.close();

        assertThatThrownBy(() -> bytes.get(ValueLayout.JAVA_BYTE, 0))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void namesTheFileThatIsMissing() {
        Path path = folder.resolve("absent.safetensors");

        assertThatThrownBy(() -> SafetensorsFile.open(path))
                .isInstanceOfSatisfying(
                        AttuneException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContaining("There is no such file.")
                .hasMessageContaining("absent.safetensors");
    }

    @Test
    void tellsALinkThatLeadsNowhere() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("l.safetensors"), folder.resolve("x"));

        assertThatThrownBy(() -> SafetensorsFile.open(link))
                .hasMessageContaining("The link leads to a file that is not there.");
    }

    @Test
    void refusesAFolder() {
        assertThatThrownBy(() -> SafetensorsFile.open(folder))
                .isInstanceOf(AttuneException.class)
                .hasMessageContaining("This is a folder or a device");
    }

    @Test
    void refusesAnEmptyFile() {
        Path path = Crafted.put(folder.resolve("empty.safetensors"), "");

        assertThatThrownBy(() -> SafetensorsFile.open(path))
                .isInstanceOf(AttuneException.class)
                .hasMessageContaining("The file has 0 bytes");
    }

    @Test
    void readsTensorsBeyondTwoGigabytes() throws IOException {
        long length = 3L << 30;
        String header =
                "{\"big\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[0,%d]},"
                                .formatted(length, length)
                        + "\"end\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[%d,%d]}}"
                                .formatted(length, length + 1);
        byte[] head = Crafted.file(header, 0);
        Path path = folder.resolve("sparse.safetensors");
        try (RandomAccessFile sparse = new RandomAccessFile(path.toFile(), "rw")) {
            sparse.write(head);
            sparse.setLength(head.length + length + 1);
            sparse.seek(head.length + length);
            sparse.write(42);
        }

        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            MemorySegment big = file.bytes("big");
            assertThat(big.byteSize()).isEqualTo(length);
            assertThat(big.get(ValueLayout.JAVA_BYTE, length - 1)).as("the last byte").isZero();
            assertThat(Crafted.heap(file.bytes("end"))).containsExactly(42);
        } finally {
            Files.delete(path);
        }
    }
}
