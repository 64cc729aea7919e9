package dev.attune.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.base.AttuneException;
import dev.attune.base.ErrorKind;
import dev.attune.testkit.SharedData;

import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

class CheckpointTest {
    private static final String ONE = "model-00001-of-00002.safetensors";
    private static final String TWO = "model-00002-of-00002.safetensors";

    @TempDir private Path folder;

    @Test
    void readsASingleFile() {
        Path file = folder.resolve("model.safetensors");
        Crafted.write(file, Map.of("a", new float[] {1, 2}));

        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(checkpoint.tensors()).containsOnlyKeys("a");
            assertThat(checkpoint.bytes("a").byteSize()).isEqualTo(8);
            assertThat(checkpoint.byteLength()).isEqualTo(8);
            assertThat(checkpoint.fileOf("a")).isEqualTo(file);
            assertThat(checkpoint.files()).containsExactly(file);
            assertThat(checkpoint.metadata()).containsExactly(Map.entry("format", "pt"));
            assertThat(checkpoint.folder()).isEqualTo(folder);
        }
    }

    @Test
    void readsShardsAsOne() {
        shards("{\"a\":\"%s\",\"b\":\"%s\"}".formatted(ONE, TWO));

        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(checkpoint.tensors().keySet()).containsExactly("a", "b");
            assertThat(checkpoint.fileOf("b")).isEqualTo(folder.resolve(TWO));
            assertThat(Crafted.heap(checkpoint.bytes("b"))).containsExactly(0, 0, 0, 64);
            assertThat(checkpoint.specs())
                    .containsExactly(Crafted.vector("a", 1), Crafted.vector("b", 1));
            assertThatThrownBy(() -> checkpoint.bytes("c"))
                    .isInstanceOf(AttuneException.class)
                    .hasMessageContaining("The weights hold 2 tensors, but none named 'c'.");
            assertThatThrownBy(() -> checkpoint.fileOf("c")).isInstanceOf(AttuneException.class);
        }
    }

    @Test
    void prefersTheSingleFileAsTransformersDoes() {
        shards("{\"a\":\"%s\",\"b\":\"%s\"}".formatted(ONE, TWO));
        Crafted.write(folder.resolve("model.safetensors"), Map.of("whole", new float[] {1}));

        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(checkpoint.tensors()).containsOnlyKeys("whole");
        }
    }

    @Test
    void tellsAllShardsThatAreMissing() throws IOException {
        shards("{\"a\":\"%s\",\"b\":\"%s\"}".formatted(ONE, TWO));
        Files.delete(folder.resolve(ONE));
        Files.delete(folder.resolve(TWO));

        assertThatOpening()
                .hasMessageContaining("2 problems")
                .hasMessageContaining("The index names a shard that is missing.")
                .hasMessageContaining(ONE)
                .hasMessageContaining(TWO);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "{'a':'1','b':'2','c':'2'} | The index says that tensor 'c' is in 2, which lacks"
                        + " it.",
                "{'a':'1','z':'2'} | Tensor 'b' is in 2, but the index omits it.",
                "{'a':'1','b':'1','y':'2'} | The index says that tensor 'b' is in 1, but it is in"
                        + " 2.",
                "{'a':'1','a':'2'} | The tensor 'a' appears twice in weight_map.",
                "{} | The index has no weight_map, or an empty one.",
                "[] | Found an array for weight_map; expected an object.",
                "{'a':1} | Found a number for the shard of tensor 'a'; expected a string.",
                "{'a':null} | Found null for the shard of tensor 'a'; expected a string."
            })
    void refusesAnIndexThatDoesNotAgree(String weightMap, String message) {
        shards(weightMap.replace('\'', '"').replace("\"1\"", q(ONE)).replace("\"2\"", q(TWO)));

        assertThatOpening()
                .hasMessageContaining(
                        message.replace("in 1", "in " + ONE).replace("in 2", "in " + TWO))
                .hasMessageContaining("model.safetensors.index.json");
    }

    @Test
    void refusesATensorInTwoShards() {
        shards("{\"a\":\"%s\",\"b\":\"%s\"}".formatted(ONE, TWO));
        Crafted.write(folder.resolve(TWO), Map.of("a", new float[] {1}, "b", new float[] {2}));

        assertThatOpening()
                .hasMessageContaining("Tensor 'a' is in two shards, " + ONE + " and " + TWO);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../x.safetensors",
                "/etc/passwd",
                "sub/../../x.safetensors",
                "..\\\\x.safetensors",
                "C:x.safetensors",
                "./x.safetensors",
                "a//b",
                "a/",
                "",
                " ",
                "..",
                "x\\u0000y",
                "x\\ny"
            })
    void refusesAShardOutsideTheFolder(String shard) {
        index("{\"weight_map\":{\"a\":\"" + shard + "\"}}");

        assertThatOpening()
                .hasMessageContaining("which is not a file of the model's own folder")
                .hasMessageContaining("tensor 'a'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "{'weight_map':{'a' | The JSON of the index ends before it is complete.",
                "{'metadata':{}} | The index has no weight_map",
                "weights | This is not JSON in the index",
                "[1] | Found an array for the index; expected an object.",
                "{'weight_map':{'a':'b'}}{} | follows the closing brace of the index",
                "<html>404 | This is an HTML page",
                "version https://git-lfs.github.com/spec/v1 | This is a git-lfs pointer"
            })
    void refusesABrokenIndex(String text, String message) {
        index(text.replace('\'', '"'));

        assertThatOpening().hasMessageContaining(message);
    }

    @Test
    void refusesAnIndexThatIsAFolderOrEndless() throws IOException {
        Path index = Files.createDirectory(folder.resolve("model.safetensors.index.json"));
        assertThatOpening().hasMessageContaining("This is a folder or a device; expected a file.");
        Files.delete(index);
        try (RandomAccessFile sparse = new RandomAccessFile(index.toFile(), "rw")) {
            sparse.setLength(100_000_001);
        }

        assertThatOpening().hasMessageContaining("The index is over 100 MB.");
    }

    @Test
    void namesTheDamagedShard() {
        shards("{\"a\":\"%s\",\"b\":\"%s\"}".formatted(ONE, TWO));
        Crafted.put(folder.resolve(TWO), "Access to this model is restricted");

        assertThatOpening().hasMessageContaining("This is a text").hasMessageContaining(TWO);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pytorch_model.bin | Python pickles (pytorch_model.bin)",
                "consolidated.00.pth,consolidated.01.pth | (consolidated.00.pth and 1 more)",
                "model.pt,training_args.bin | Python pickles (model.pt)",
                "training_args.bin,optimizer.pt | There are no weights in the folder.",
                "qwen-q4_k_m.gguf | The weights are GGUF (qwen-q4_k_m.gguf)",
                "adapter_model.safetensors | The folder holds an adapter",
                "model-00001-of-00002.safetensors | The shards lack their"
                        + " model.safetensors.index.json",
                "consolidated.safetensors | There is no model.safetensors, only consolidated.safe",
                "config.json | There are no weights in the folder."
            })
    void tellsWhatAFolderHoldsInstead(String files, String message) {
        for (String file : files.split(",", -1)) {
            Crafted.put(folder.resolve(file), "x");
        }

        assertThatOpening().hasMessageContaining(message).hasMessageContaining(folder.toString());
    }

    @Test
    void tellsHowToConvertPickles() {
        Crafted.put(folder.resolve("pytorch_model.bin"), "x");

        assertThatOpening().hasMessageContaining("save_pretrained(");
    }

    @Test
    void refusesWhatIsNoFolder() {
        assertThatThrownBy(() -> Checkpoint.open(folder.resolve("absent")))
                .isInstanceOf(AttuneException.class)
                .hasMessageContaining("There is no such model folder.");
        Path file = Crafted.put(folder.resolve("model.gguf"), "GGUF");
        assertThatThrownBy(() -> Checkpoint.open(file))
                .isInstanceOf(AttuneException.class)
                .hasMessageContaining("This is a file; expected the folder of a model.");
    }

    @Test
    void readsTheShardsOfOthers() {
        for (String model :
                List.of("models/variants/stories260K-sharded", "reference/llama-bf16-sharded")) {
            try (Checkpoint checkpoint = Checkpoint.open(SharedData.path(model))) {
                assertThat(checkpoint.files()).as(model).hasSizeGreaterThan(1);
                assertThat(checkpoint.tensors()).as(model).containsKey("model.norm.weight");
                checkpoint
                        .tensors()
                        .forEach((name, t) ->
                                assertThat(checkpoint.bytes(name).byteSize())
                                        .isEqualTo(t.byteLength()));
            }
        }
        assertThatThrownBy(() ->
                        Checkpoint.open(SharedData.path("models/variants/stories260K-pickle")))
                .hasMessageContaining("Python pickles (pytorch_model.bin)");
    }

    private void shards(String weightMap) {
        Crafted.write(folder.resolve(ONE), Map.of("a", new float[] {1}));
        Crafted.write(folder.resolve(TWO), Map.of("b", new float[] {2}));
        index("{\"metadata\":{\"total_size\":8},\"weight_map\":" + weightMap + "}");
    }

    private void index(String json) {
        Crafted.put(folder.resolve("model.safetensors.index.json"), json);
    }

    private AbstractThrowableAssert<?, ?> assertThatOpening() {
        return assertThatThrownBy(() -> Checkpoint.open(folder).close())
                .isInstanceOfSatisfying(
                        AttuneException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.USER));
    }

    private static String q(String text) {
        return '"' + text + '"';
    }
}
