package dev.attune.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.attune.format.GgufFile;
import dev.attune.model.ModelFolder;
import dev.attune.testkit.LeakCheck;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Adapters as GGUF files: written, read back, and beside a base in llama.cpp.
@ExtendWith(LeakCheck.class)
class GgufLoraTest {
    private static final LocalDateTime NOW = LocalDateTime.of(2025, 7, 10, 12, 0);
    private static final List<Integer> PROMPT = List.of(5, 17, 101, 33, 250, 8, 64, 99);

    @TempDir private Path folder;

    /// The export itself reads the file back and compares the logits.
    @ParameterizedTest
    @CsvSource({
        "adapter-qwen3, qwen3",
        "adapter-gpt2, gpt2",
        "adapter-phi3, phi3",
        "adapter-mixtral, mixtral",
        "train-qwen2-lora-all/adapter_final, qwen2"
    })
    void anAdapterComesBackAsItWas(String adapter, String base) {
        ExportReport report = export(adapter, base);

        assertThat(report.files()).containsExactly("adapter.gguf");
        assertThat(report.check().relative()).as("difference of logits").isLessThan(2e-5);
    }

    @Test
    void theFileSaysWhatItIs() {
        export("adapter-qwen3", "qwen3");

        try (GgufFile file = GgufFile.open(folder.resolve("lora/adapter.gguf"))) {
            assertThat(file.metadata().text("general.architecture")).contains("qwen3");
            assertThat(file.metadata().text("general.type")).contains("adapter");
            assertThat(file.metadata().text("adapter.type")).contains("lora");
            assertThat(file.metadata().real("adapter.lora.alpha")).hasValue(4);
            var factor = file.tensors().get("blk.0.attn_q.weight.lora_a");
            assertThat(Objects.requireNonNull(factor).shape()).as("rank first").startsWith(8L);
        }
        assertThatThrownBy(() ->
                        GgufImport.unpack(
                                folder.resolve("lora/adapter.gguf"),
                                folder.resolve("model"),
                                ExportProgress.none()))
                .hasMessageContaining("The file is an adapter, no model.");
    }

    /// A base, its adapter's file and the file of the merged model, all in llama.cpp.
    @ParameterizedTest
    @CsvSource({
        "adapter-gpt2, gpt2",
        "adapter-phi3, phi3",
        "adapter-mixtral, mixtral",
        "train-qwen2-lora-all/adapter_final, qwen2",
        "train-llama-rslora/adapter_final, llama"
    })
    void llamaCppContinuesAsTheMergedModel(String adapter, String base) {
        assumeThat(SpokenLlamaCpp.loads()).as("llama.cpp for this machine").isTrue();
        Path from = SharedData.path("reference/" + adapter);
        Path model = SharedData.path("reference/" + base);
        int vocabSize = ModelFolder.read(model).config().vocabSize();
        Path source = NumberedTokens.beside(model, vocabSize, folder.resolve("source"));
        export(adapter, base);
        Path plain = gguf(source, Optional.empty(), "plain");
        Path merged = gguf(source, Optional.of(from), "merged");

        List<Integer> beside;
        List<Integer> whole;
        try (SpokenLlamaCpp llama =
                SpokenLlamaCpp.speaking(plain, folder.resolve("lora/adapter.gguf"))) {
            beside = llama.greedy(PROMPT, 12);
        }
        try (SpokenLlamaCpp llama = SpokenLlamaCpp.speaking(merged)) {
            whole = llama.greedy(PROMPT, 12);
        }
        assertThat(beside).as("tokens").hasSize(12).isEqualTo(whole);
    }

    @Test
    void refusesWhatSuchAFileCannotHold() {
        assertThatThrownBy(() -> export("train-llama-dora/adapter_final", "llama"))
                .hasMessageContaining("has the row lengths of DoRA")
                .hasMessageContaining("Export the merged model with --to gguf.");
        assertThatThrownBy(() -> export("adapter-llama-embed", "llama"))
                .hasMessageContaining("The layer lm_head has weights of its own.")
                .hasMessageContaining("Export the merged model with --to gguf.");
    }

    @Test
    void refusesABaseOfAnotherFamilyAndAFileOfAnotherKind() {
        export("adapter-qwen3", "qwen3");
        Path other = SharedData.path("reference/llama");
        assertThatThrownBy(() ->
                        GgufLoraImport.unpack(
                                folder.resolve("lora/adapter.gguf"), other, folder.resolve("x")))
                .hasMessageContaining(
                        "The adapter is for the architecture qwen3, the base is llama.")
                .hasMessageContaining("--base MODEL");
        Path model = SharedData.path("models/gguf/stories260K-f32.gguf");
        assertThatThrownBy(() -> GgufLoraImport.unpack(model, other, folder.resolve("x")))
                .hasMessageContaining("Its adapter.type is nothing, expected lora.");
    }

    private ExportReport export(String adapter, String base) {
        ExportRequest request =
                new ExportRequest(
                        SharedData.path("reference/" + base),
                        Optional.of(SharedData.path("reference/" + adapter)),
                        folder.resolve("lora"),
                        ExportFormat.GGUF_LORA,
                        ExportOptions.usual());
        return new ModelExport().export(request, ExportProgress.none());
    }

    private Path gguf(Path source, Optional<Path> adapter, String name) {
        GgufRequest request = GgufRequest.of(source, adapter, folder.resolve(name), GgufQuant.F32);
        return new GgufExport(NOW, 1).export(request, ExportProgress.none()).file();
    }
}
