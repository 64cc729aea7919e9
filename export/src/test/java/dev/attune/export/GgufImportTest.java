package dev.attune.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.format.GgmlType;
import dev.attune.format.GgufTensorSpec;
import dev.attune.format.GgufValue;
import dev.attune.format.GgufValue.Text;
import dev.attune.format.GgufWriter;
import dev.attune.model.ModelFolder;
import dev.attune.testkit.LeakCheck;
import dev.attune.testkit.SharedData;
import dev.attune.text.Tokenizer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;

@ExtendWith(LeakCheck.class)
class GgufImportTest {
    private static final LocalDateTime NOW = LocalDateTime.of(2025, 7, 10, 12, 0);
    private static final List<Integer> TEXT = List.of(5, 17, 101, 33, 250, 8, 64);

    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama",
                "llama-tied",
                "llama-linear-rope",
                "llama31-rope",
                "llama-yarn-rope",
                "mistral",
                "mixtral",
                "qwen2",
                "qwen3",
                "qwen3-moe",
                "gemma",
                "phi3",
                "phi3-longrope",
                "gpt2",
                "gpt-neox",
                "olmo2",
                "starcoder2",
                "cohere",
                "granite"
            })
    void givesTheLogitsOfTheModelThatWasExported(String name) {
        Path model = SharedData.path("reference/" + name);
        int vocabSize = ModelFolder.read(model).config().vocabSize();
        Path source = NumberedTokens.beside(model, vocabSize, folder.resolve("source"));
        LogitCheck check = LogitCheck.of(TEXT, vocabSize, 64);

        Path back = folder.resolve("back");
        GgufImport.unpack(exported(source), back, ExportProgress.none());

        LogitDifference difference =
                LogitDifference.of(check.logits(model), check.logits(back), vocabSize, 1e-5);
        assertThat(difference.isSmall()).as("%s", difference).isTrue();
    }

    @Test
    void givesTheLogitsOfGemmas() {
        Path gemma2 =
                Variants.layers(SharedData.path("reference/gemma2"), 26, folder.resolve("g2"));
        Path source = NumberedTokens.beside(gemma2, 256, folder.resolve("source"));
        LogitCheck check = LogitCheck.of(TEXT, 256, 64);

        GgufImport.unpack(exported(source), folder.resolve("back"), ExportProgress.none());

        LogitDifference difference =
                LogitDifference.of(
                        check.logits(gemma2), check.logits(folder.resolve("back")), 256, 1e-5);
        assertThat(difference.isSmall()).as("%s", difference).isTrue();
    }

    /// Bounds are twice what the types themselves lose.
    @ParameterizedTest
    @CsvSource({
        "stories260K-f32, stories260K-hf, 1e-5",
        "stories260K-f16, stories260K-hf, 1e-3",
        "stories260K-q8_0, stories260K-hf, 0.05",
        "stories260K-q4_0, stories260K-hf, 0.3",
        "tinystories-656K-bf16, tinystories-656K, 0.02",
        "tinystories-656K-q8_0, tinystories-656K, 0.05",
        "tinystories-656K-q4_k_m-llamacpp, tinystories-656K, 0.2"
    })
    void readsFilesOfOthers(String file, String name, double allowed) {
        Path model = SharedData.path("models/" + name);
        Path back = folder.resolve("back");
        int vocabSize = ModelFolder.read(model).config().vocabSize();
        LogitCheck check = LogitCheck.of(TEXT, vocabSize, 64);

        GgufImport.unpack(
                SharedData.path("models/gguf/" + file + ".gguf"), back, ExportProgress.none());

        LogitDifference difference =
                LogitDifference.of(check.logits(model), check.logits(back), vocabSize, allowed);
        assertThat(difference.isSmall()).as("%s", difference).isTrue();
        try (Tokenizer theirs = Tokenizer.load(back);
                Tokenizer own = Tokenizer.load(model)) {
            String text = "Once upon a time, there was a little girl.";
            assertThat(theirs.encodeWithSpecialTokens(text).ids())
                    .isEqualTo(own.encodeWithSpecialTokens(text).ids());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stories260K-f32", "tinystories-656K-q8_0"})
    void readsFilesOfBigEndianMachines(String name) throws IOException {
        Path little = SharedData.path("models/gguf/" + name + ".gguf");
        Path big = BigEndian.of(little, folder.resolve("big.gguf"));

        GgufImport.unpack(little, folder.resolve("one"), ExportProgress.none());
        GgufImport.unpack(big, folder.resolve("other"), ExportProgress.none());

        assertThat(folder.resolve("other/model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("one/model.safetensors"));
    }

    @Test
    void refusesWhatItCannotReadAndLeavesNothing() {
        Path other = written(Map.of("general.architecture", new Text("lama")), GgmlType.F32);
        assertThatThrownBy(() -> unpack(other))
                .hasMessageContaining("The architecture lama is not known (nearest: llama).");
        Path none = written(Map.of(), GgmlType.F32);
        assertThatThrownBy(() -> unpack(none))
                .hasMessageContaining("The file lacks the key general.architecture.");
        Path bare = written(Map.of("general.architecture", new Text("llama")), GgmlType.F32);
        assertThatThrownBy(() -> unpack(bare))
                .hasMessageContaining("The file lacks the tensor token_embd.weight.");
        Path exotic = written(Map.of("general.architecture", new Text("llama")), GgmlType.IQ2_XXS);
        assertThatThrownBy(() -> unpack(exotic))
                .hasMessageContaining(
                        "The tensor x is of type IQ2_XXS, which Attune does not read.")
                .hasMessageContaining("Get the model as F16, Q8_0, Q4_K_M or the like.");
        assertThat(Files.exists(folder.resolve("back"))).as("the folder").isFalse();
    }

    private void unpack(Path file) {
        GgufImport.unpack(file, folder.resolve("back"), ExportProgress.none());
    }

    private Path written(Map<String, GgufValue> pairs, GgmlType type) {
        Path path = folder.resolve(pairs.size() + "-" + pairs.hashCode() + type + ".gguf");
        List<GgufTensorSpec> specs = List.of(new GgufTensorSpec("x", type, List.of(256L)));
        try (GgufWriter writer = GgufWriter.create(path, pairs, specs)) {
            writer.append(
                    "x", MemorySegment.ofArray(new byte[(int) specs.getFirst().byteLength()]));
            writer.finish();
        }
        return path;
    }

    private Path exported(Path source) {
        GgufRequest request =
                GgufRequest.of(source, Optional.empty(), folder.resolve("out"), GgufQuant.F32);
        return new GgufExport(NOW, 1).export(request, ExportProgress.none()).file();
    }
}
