package dev.attune.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.format.GgmlType;
import dev.attune.format.GgufFile;
import dev.attune.format.GgufTensor;
import dev.attune.testkit.LeakCheck;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

@ExtendWith(LeakCheck.class)
class GgufExportTest {
    private static final LocalDateTime NOW = LocalDateTime.of(2025, 7, 10, 12, 0);

    @TempDir private Path folder;

    /// The references were quantised by llama.cpp and by gguf's own writer from the same weights.
    @ParameterizedTest
    @CsvSource({
        "tinystories-656K, q4_k_m, tinystories-656K-q4_k_m-llamacpp",
        "tinystories-656K, q8_0, tinystories-656K-q8_0",
        "tinystories-656K, bf16, tinystories-656K-bf16",
        "tinystories-656K, f16, tinystories-656K-f16",
        "stories260K-hf, f32, stories260K-f32",
        "stories260K-hf, f16, stories260K-f16",
    })
    void writesTheTensorsThatTheReferenceHas(String model, String quant, String reference) {
        GgufReport report = export(SharedData.path("models/" + model), quant);

        try (GgufFile ours = GgufFile.open(report.file());
                GgufFile theirs =
                        GgufFile.open(SharedData.path("models/gguf/" + reference + ".gguf"))) {
            assertThat(types(ours)).as("names and types").isEqualTo(types(theirs));
            for (GgufTensor tensor : ours.tensors().values()) {
                GgufTensor other = Objects.requireNonNull(theirs.tensors().get(tensor.name()));
                assertThat(ours.bytes(tensor).mismatch(theirs.bytes(other)))
                        .as("first other byte of %s, %s", tensor.name(), tensor.type())
                        .isEqualTo(-1);
            }
            assertThat(ours.metadata().texts("tokenizer.ggml.tokens"))
                    .isEqualTo(theirs.metadata().texts("tokenizer.ggml.tokens"));
            assertThat(ours.metadata().wholes("tokenizer.ggml.token_type"))
                    .isEqualTo(theirs.metadata().wholes("tokenizer.ggml.token_type"));
            if (model.startsWith("stories")) {
                assertThat(ours.metadata().reals("tokenizer.ggml.scores"))
                        .as("scores of its SentencePiece model")
                        .isEqualTo(theirs.metadata().reals("tokenizer.ggml.scores"));
            }
            for (String key : theirs.metadata().values().keySet()) {
                boolean plain = !key.startsWith("tokenizer.ggml.") && !key.equals("general.name");
                if (plain) {
                    assertThat(ours.metadata().values())
                            .containsEntry(
                                    key,
                                    Objects.requireNonNull(theirs.metadata().values().get(key)));
                }
            }
        }
    }

    @Test
    void refusesWhatIsNoQuantisationWithTheNearest() {
        assertThatThrownBy(() -> GgufQuant.of("q4_k_n"))
                .hasMessageContaining("There is no quantisation q4_k_n (nearest: q4_k_m).")
                .hasMessageContaining("Known are f32, f16, bf16, q8_0");
        assertThat(GgufQuant.of("Q4_K_M")).isEqualTo(GgufQuant.Q4_K_M);
    }

    @Test
    void refusesAModelThatLlamaCppCannotRunAndWritesNothing() throws IOException {
        Path norms =
                NumberedTokens.beside(
                        SharedData.path("reference/cohere-qknorm"), 256, folder.resolve("m"));

        assertThatThrownBy(() -> export(norms, "f16"))
                .hasMessageContaining("norms of queries and keys, which llama.cpp reads for 64")
                .hasMessageContaining("Export with --to hf instead.");
        Path gemma2 =
                NumberedTokens.beside(
                        SharedData.path("reference/gemma2"), 256, folder.resolve("g"));
        assertThatThrownBy(() -> export(gemma2, "f16"))
                .hasMessageContaining(
                        "It has 3 layers; llama.cpp knows Gemma 2 with 26, 42 or 46.");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.map(Path::getFileName).map(String::valueOf))
                    .containsExactlyInAnyOrder("m", "g");
        }
    }

    @Test
    void refusesAModelWithoutATokenizer() {
        Path model = SharedData.path("reference/llama");

        assertThatThrownBy(() -> export(model, "f16")).hasMessageContaining("tokenizer");
    }

    private GgufReport export(Path model, String quant) {
        GgufRequest request =
                GgufRequest.of(model, Optional.empty(), folder.resolve("out"), GgufQuant.of(quant));
        return new GgufExport(NOW, 2).export(request, ExportProgress.none());
    }

    private static Map<String, GgmlType> types(GgufFile file) {
        Map<String, GgmlType> types = new TreeMap<>();
        file.tensors().values().forEach(t -> types.put(t.name(), t.type()));
        return types;
    }
}
