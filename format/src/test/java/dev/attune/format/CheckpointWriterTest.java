package dev.attune.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.base.AttuneException;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

class CheckpointWriterTest {
    private static final Map<String, String> PT = Map.of("format", "pt");
    private static final List<TensorSpec> THREE =
            List.of(Crafted.vector("z", 2), Crafted.vector("b", 1), Crafted.vector("a", 3));

    @TempDir private Path folder;

    @Test
    void writesOneFileIfItFits() throws IOException {
        write(24);

        assertThat(files()).containsExactly("model.safetensors");
        assertReadsBack();
    }

    @Test
    void dealsTensorsToShardsInTheOrderGiven() throws IOException {
        write(12);

        assertThat(files())
                .containsExactly(
                        "model-00001-of-00002.safetensors",
                        "model-00002-of-00002.safetensors",
                        "model.safetensors.index.json");
        assertThat(folder.resolve("model.safetensors.index.json"))
                .hasContent(
                        """
                        {
                          "metadata": {
                            "total_size": 24
                          },
                          "weight_map": {
                            "a": "model-00002-of-00002.safetensors",
                            "b": "model-00001-of-00002.safetensors",
                            "z": "model-00001-of-00002.safetensors"
                          }
                        }
                        """);
        assertReadsBack();
    }

    @Test
    void givesATensorLargerThanAShardItsOwn() throws IOException {
        write(1);

        assertThat(files()).hasSize(4).contains("model-00003-of-00003.safetensors");
        assertReadsBack();
    }

    @Test
    void replacesAnEarlierModelOfEitherSpelling() throws IOException {
        Crafted.put(folder.resolve("model-00007-of-00009.safetensors"), "stale");
        Crafted.put(folder.resolve("adapter_model.safetensors"), "not ours");
        write(12);
        write(24);
        assertThat(files()).containsExactly("adapter_model.safetensors", "model.safetensors");

        write(12);

        assertThat(files()).hasSize(4).doesNotContain("model.safetensors");
        assertReadsBack();
    }

    @Test
    void leavesTheEarlierModelAloneIfItIsNotFinished() throws IOException {
        write(24);
        try (var writer = CheckpointWriter.create(folder, THREE, PT, 12)) {
            writer.write("z", MemorySegment.ofArray(new float[2]));
            assertThatThrownBy(writer::finish)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("1 of 2 tensors are not written, first 'b'");
        }

        assertThat(files()).containsExactly("model.safetensors");
        assertReadsBack();
    }

    @Test
    void refusesWhatCannotBeWritten() throws IOException {
        assertThatThrownBy(() -> CheckpointWriter.create(folder, THREE, PT, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxShardBytes must be positive: 0");
        List<TensorSpec> twice = List.of(Crafted.vector("a", 1), Crafted.vector("a", 1));
        assertThatThrownBy(() -> CheckpointWriter.create(folder, twice, PT, 4))
                .as("twice, in two shards")
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tensor 'a' is declared twice");
        assertThatThrownBy(() -> CheckpointWriter.create(folder.resolve("absent"), THREE, PT, 24))
                .isInstanceOf(AttuneException.class)
                .hasMessageContaining("The folder to write to does not exist.");
        List<TensorSpec> huge = List.of(Crafted.vector("a", 1L << 55), Crafted.vector("b", 1));
        assertThatThrownBy(() -> CheckpointWriter.create(folder, huge, PT, 8))
                .isInstanceOf(AttuneException.class)
                .hasMessageContaining("but the disk has only");
        assertThat(files()).isEmpty();
        try (var writer = CheckpointWriter.create(folder, THREE, PT, 24)) {
            assertThatThrownBy(() -> writer.write("c", MemorySegment.ofArray(new float[1])))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("tensor 'c' is undeclared");
        }
    }

    @Test
    void copiesTheShardsOfOthersByteForByte() {
        Path original = SharedData.path("reference/llama-bf16-sharded");
        try (Checkpoint from = Checkpoint.open(original);
                CheckpointWriter to =
                        CheckpointWriter.create(folder, from.specs(), from.metadata(), 60_000)) {
            from.tensors().keySet().forEach(name -> to.write(name, from.bytes(name)));
            to.finish();
            try (Checkpoint copy = Checkpoint.open(folder)) {
                assertThat(copy.specs()).containsExactlyInAnyOrderElementsOf(from.specs());
                for (String name : from.tensors().keySet()) {
                    assertThat(copy.bytes(name).mismatch(from.bytes(name))).as(name).isEqualTo(-1);
                }
            }
        }
    }

    private void write(long maxShardBytes) {
        try (var writer = CheckpointWriter.create(folder, THREE, PT, maxShardBytes)) {
            writer.write("a", MemorySegment.ofArray(new float[] {1, 2, 3}));
            writer.write("b", MemorySegment.ofArray(new float[] {4}));
            writer.write("z", MemorySegment.ofArray(new float[] {5, 6}));
            writer.finish();
        }
    }

    private void assertReadsBack() {
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(checkpoint.specs()).containsExactlyInAnyOrderElementsOf(THREE);
            MemorySegment b = MemorySegment.ofArray(new float[] {4});
            assertThat(checkpoint.bytes("b").mismatch(b)).as("bytes of b").isEqualTo(-1);
        }
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }
}
