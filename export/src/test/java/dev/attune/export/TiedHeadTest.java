package dev.attune.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.format.Checkpoint;
import dev.attune.format.CheckpointWriter;
import dev.attune.format.TensorEntry;
import dev.attune.format.TensorSpec;
import dev.attune.model.Adapter;
import dev.attune.model.Decoder;
import dev.attune.model.LoraConfig;
import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Generator;
import dev.attune.tensor.Scope;
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
import java.util.List;
import java.util.Map;

/// A head that the base shares with its embedding, when an adapter changes one of the two.
@ExtendWith(LeakCheck.class)
class TiedHeadTest {
    private static final double LOGITS = 1e-4;

    @TempDir private Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource({
        "llama-tied, embed_tokens, false",
        "llama-tied, lm_head, false",
        "llama-tied, embed_tokens, true",
        "llama-tied, lm_head, true",
        "gpt2, wte, false",
        "gpt2, lm_head, true",
        "gemma2, embed_tokens, false",
        "qwen2, lm_head, false",
        "starcoder2, embed_tokens, true",
        "cohere, lm_head, false"
    })
    void becomesATensorOfItsOwn(String name, String target, boolean whole) {
        Path base = SharedData.path("reference/" + name);
        Path adapter = adapter(base, target, whole);
        Path merged = folder.resolve("merged");
        ExportReport report = merge(base, adapter, merged);
        assertThat(report.untied()).isTrue();
        assertThat(merged.resolve("config.json"))
                .content()
                .contains("\"tie_word_embeddings\": false");
        try (Checkpoint weights = Checkpoint.open(merged)) {
            assertThat(weights.tensors()).containsKey("lm_head.weight");
        }
        assertSameLogits(name, base, adapter, merged);
    }

    @Test
    void staysSharedWhereOnlyLayersChange() {
        Path base = SharedData.path("reference/llama-tied");
        Path merged = folder.resolve("merged");
        assertThat(merge(base, adapter(base, "q_proj", false), merged).untied()).isFalse();
        try (Checkpoint weights = Checkpoint.open(merged)) {
            assertThat(weights.tensors()).doesNotContainKey("lm_head.weight");
        }
    }

    /// GPT-2's own files are of the bare decoder: their names lack `transformer.`.
    @ParameterizedTest
    @CsvSource({
        "gpt2, c_attn, transformer.",
        "gpt2, lm_head, transformer.",
        "llama-tied, embed_tokens, model."
    })
    void ofABareDecoderIsFoundUnderTheWholeNames(String name, String target, String prefix)
            throws IOException {
        Path whole = SharedData.path("reference/" + name);
        Path base = bare(whole, prefix);
        Path adapter = adapter(base, target, false);
        Path merged = folder.resolve("merged");
        merge(base, adapter, merged);
        assertSameLogits(name, whole, adapter, merged);
    }

    private void assertSameLogits(String name, Path base, Path adapter, Path merged) {
        try (Tensors texts = new Tensors(name)) {
            float[] expected = texts.logits(base, adapter);
            assertThat(Tensors.largest(expected, texts.logits(base))).isGreaterThan(0.1);
            assertThat(Tensors.largest(expected, texts.logits(merged))).isLessThan(LOGITS);
        }
    }

    private static ExportReport merge(Path base, Path adapter, Path target) {
        return new ModelExport()
                .export(ExportRequest.merged(base, adapter, target), ExportProgress.none());
    }

    /// An adapter with factors, or a whole weight, for one sort of layer, drawn at random.
    private Path adapter(Path base, String target, boolean whole) {
        LoraConfig config =
                new LoraConfig(
                        2,
                        4,
                        new LoraConfig.Scaling(false, false),
                        LoraConfig.Targets.of(whole ? new String[0] : new String[] {target}),
                        Map.of(),
                        Map.of(),
                        whole ? List.of(target) : List.of(),
                        "none");
        Path at = folder.resolve("adapter");
        try (Decoder decoder = Decoder.load(base, Dtype.FLOAT32, Device.CPU);
                Generator generator = Generator.seeded(7);
                Adapter adapter = Adapter.fresh(config, decoder, generator);
                var _ = Scope.open("drawn")) {
            Files.createDirectories(at);
            adapter.parameters()
                    .forEach(p ->
                            p.data()
                                    .copyInPlace(
                                            generator.normal(
                                                    0,
                                                    0.3,
                                                    Dtype.FLOAT32,
                                                    Device.CPU,
                                                    p.data().shape())));
            adapter.save(at, "base");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return at;
    }

    private Path bare(Path whole, String prefix) throws IOException {
        Path base = Files.createDirectory(folder.resolve("bare"));
        Files.copy(whole.resolve("config.json"), base.resolve("config.json"));
        try (Checkpoint weights = Checkpoint.open(whole)) {
            List<TensorSpec> specs =
                    weights.specs().stream()
                            .map(s -> new TensorSpec(cut(s.name(), prefix), s.dtype(), s.shape()))
                            .toList();
            try (var writer =
                    CheckpointWriter.create(base, specs, Map.of("format", "pt"), 1L << 40)) {
                for (TensorEntry entry : weights.tensors().values()) {
                    writer.write(cut(entry.name(), prefix), weights.bytes(entry.name()));
                }
                writer.finish();
            }
        }
        return base;
    }

    private static String cut(String name, String prefix) {
        assertThat(name).startsWith(prefix);
        return name.substring(prefix.length());
    }
}
