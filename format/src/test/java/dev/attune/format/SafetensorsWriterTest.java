package dev.attune.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.base.AttuneException;
import dev.attune.base.ErrorKind;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

class SafetensorsWriterTest {
    private static final Map<String, String> PT = Map.of("format", "pt");

    @TempDir private Path folder;

    @Test
    void writesHeaderPaddedToEightBytesAndTensorsByAlignmentThenName() throws IOException {
        Path target = folder.resolve("m.safetensors");
        List<TensorSpec> specs =
                List.of(
                        new TensorSpec("b", SafetensorsDtype.U8, List.of(3L)),
                        new TensorSpec("z", SafetensorsDtype.BF16, List.of(2L)),
                        new TensorSpec("a", SafetensorsDtype.BF16, List.of()));
        try (var writer = SafetensorsWriter.create(target, specs, PT)) {
            writer.write("b", MemorySegment.ofArray(new byte[] {7, 8, 9}));
            writer.write("a", MemorySegment.ofArray(new short[] {1}));
            writer.write("z", MemorySegment.ofArray(new short[] {2, 3}));
            assertThat(writer.tensors().keySet()).containsExactly("a", "z", "b");
            assertThat(writer.path()).isEqualTo(target);
            writer.finish();
        }

        String header =
                "{\"__metadata__\":{\"format\":\"pt\"},"
                        + "\"a\":{\"dtype\":\"BF16\",\"shape\":[],\"data_offsets\":[0,2]},"
                        + "\"z\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[2,6]},"
                        + "\"b\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[6,9]}}";
        byte[] file = Files.readAllBytes(target);
        int headerBytes = (header.length() + 7) / 8 * 8;
        assertThat(file[0]).as("low byte of the header length").isEqualTo((byte) headerBytes);
        assertThat(new String(file, 8, headerBytes, StandardCharsets.UTF_8))
                .isEqualTo(header + " ".repeat(headerBytes - header.length()));
        assertThat(Stream.of(file).map(f -> List.of(f[8 + headerBytes], f[file.length - 1])))
                .as("first and last byte of data")
                .containsExactly(List.of((byte) 1, (byte) 9));
        assertThat(files()).as("nothing else").containsExactly("m.safetensors");
    }

    @Test
    void leavesMetadataOutIfThereIsNone() {
        Path target = folder.resolve("empty.safetensors");
        try (var writer = SafetensorsWriter.create(target, List.of(), Map.of())) {
            writer.finish();
        }

        assertThat(target).hasBinaryContent(Crafted.file("{}      ", 0));
    }

    @Test
    void replacesTheFileOnlyWhenItIsFinished() throws IOException {
        Path target = Crafted.put(folder.resolve("m.safetensors"), "before");
        try (var writer = SafetensorsWriter.create(target, List.of(Crafted.vector("a", 1)), PT)) {
            writer.write("a", MemorySegment.ofArray(new float[] {1}));
            assertThat(target).as("while writing").hasContent("before");
            writer.finish();
        }

        try (SafetensorsFile file = SafetensorsFile.open(target)) {
            assertThat(file.tensors()).containsOnlyKeys("a");
        }
        assertThat(files()).containsExactly("m.safetensors");
    }

    @Test
    void leavesNothingBehindIfItIsNotFinished() throws IOException {
        Path target = folder.resolve("m.safetensors");
        SafetensorsWriter writer =
                SafetensorsWriter.create(target, List.of(Crafted.vector("a", 1)), PT);
        assertThat(files()).as("while writing: a temporary file").hasSize(1);

        writer.close();
        writer.close();

        assertThat(files()).isEmpty();
    }

    @Test
    void refusesToFinishWhileTensorsAreMissing() throws IOException {
        Path target = folder.resolve("m.safetensors");
        List<TensorSpec> specs = List.of(Crafted.vector("a", 1), Crafted.vector("b", 1));
        try (var writer = SafetensorsWriter.create(target, specs, PT)) {
            writer.write("a", MemorySegment.ofArray(new float[1]));
            assertThatThrownBy(writer::finish)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("1 of 2 tensors are not written, first 'b'");
        }

        assertThat(files()).isEmpty();
    }

    @Test
    void refusesBytesThatDoNotBelong() {
        Path target = folder.resolve("m.safetensors");
        try (var writer = SafetensorsWriter.create(target, List.of(Crafted.vector("a", 2)), PT)) {
            MemorySegment four = MemorySegment.ofArray(new float[1]);
            MemorySegment eight = MemorySegment.ofArray(new float[2]);
            assertThatThrownBy(() -> writer.write("b", eight))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("tensor 'b' is undeclared");
            assertThatThrownBy(() -> writer.write("a", four))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("tensor 'a' was declared with 8 bytes, got 4");
            writer.write("a", eight);
            assertThatThrownBy(() -> writer.write("a", eight))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("tensor 'a' is written twice");
        }
    }

    @Test
    void refusesANameTwiceAndBrokenUnicode() throws IOException {
        Path target = folder.resolve("m.safetensors");
        List<TensorSpec> twice = List.of(Crafted.vector("a", 2), Crafted.vector("a", 2));
        assertThatThrownBy(() -> SafetensorsWriter.create(target, twice, PT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tensor 'a' is declared twice");
        assertThatThrownBy(() -> SafetensorsWriter.create(target, List.of(), Map.of("k", "\ud800")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("metadata 'k' has half a surrogate pair");
        assertThat(files()).isEmpty();
    }

    @Test
    void refusesAHeaderThatNobodyCouldRead() {
        Map<String, String> metadata = Map.of("k", "x".repeat(100_000_000));
        Path target = folder.resolve("m.safetensors");

        assertThatThrownBy(() -> SafetensorsWriter.create(target, List.of(), metadata))
                .isInstanceOf(AttuneException.class)
                .hasMessageContaining("The header would take 100000032 bytes");
    }

    @Test
    void refusesToBeginWhatTheDiskCannotHold() throws IOException {
        List<TensorSpec> specs = List.of(Crafted.vector("huge", 1L << 55));

        assertThatThrownBy(
                        () -> SafetensorsWriter.create(folder.resolve("m.safetensors"), specs, PT))
                .isInstanceOfSatisfying(
                        AttuneException.class,
                        e -> assertThat(e.kind()).isEqualTo(ErrorKind.RESOURCES))
                .hasMessageContaining("but the disk has only")
                .hasMessageContaining(folder.toString());
        assertThat(files()).isEmpty();
    }

    @Test
    void refusesATargetThatIsAFolderOrInNone() {
        assertThatThrownBy(() -> SafetensorsWriter.create(folder, List.of(), PT))
                .isInstanceOf(AttuneException.class)
                .hasMessageContaining("The file to write is a folder.");
        assertThatThrownBy(() -> SafetensorsWriter.create(folder.resolve("no/m.st"), List.of(), PT))
                .isInstanceOf(AttuneException.class)
                .hasMessageContaining("The folder to write to does not exist.");
        assertThatThrownBy(() -> SafetensorsWriter.create(Path.of("/"), List.of(), PT))
                .isInstanceOf(AttuneException.class)
                .hasMessageContaining("The file to write is the root folder.");
    }

    @Test
    void tellsThatAFolderCannotBeWrittenTo() throws IOException {
        Path zip = folder.resolve("read-only.zip");
        FileSystems.newFileSystem(zip, Map.of("create", "true")).close();
        try (FileSystem readOnly =
                FileSystems.newFileSystem(zip, Map.of("accessMode", "readOnly"))) {
            Path target = readOnly.getPath("/m.safetensors");
            assertThatThrownBy(() -> SafetensorsWriter.create(target, List.of(), PT))
                    .isInstanceOfSatisfying(
                            AttuneException.class,
                            e -> assertThat(e.kind()).isEqualTo(ErrorKind.ENVIRONMENT))
                    .hasMessageContaining("The folder cannot be written to.")
                    .hasMessageContaining("m.safetensors");
        }
    }

    @Test
    @Tag("big")
    @EnabledIfSystemProperty(named = "attune.big", matches = "true")
    void writesATensorBeyondTwoGigabytes() {
        long length = (1L << 31) + 5;
        Path target = folder.resolve("big.safetensors");
        TensorSpec big = new TensorSpec("big", SafetensorsDtype.U8, List.of(length));
        try (Arena arena = Arena.ofConfined();
                var writer = SafetensorsWriter.create(target, List.of(big), PT)) {
            MemorySegment bytes = arena.allocate(length);
            bytes.asSlice(length - 1).fill((byte) 9);
            writer.write("big", bytes);
            writer.finish();
            try (SafetensorsFile file = SafetensorsFile.open(target)) {
                assertThat(file.bytes("big").mismatch(bytes)).as("first difference").isEqualTo(-1);
            }
        }
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }
}
