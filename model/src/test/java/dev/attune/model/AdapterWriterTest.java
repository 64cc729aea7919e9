package dev.attune.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.format.SafetensorsFile;
import dev.attune.format.TensorEntry;
import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Generator;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Scope;
import dev.attune.testkit.LeakCheck;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// What is written of an adapter: PEFT's own files, and what was trained.
@ExtendWith(LeakCheck.class)
class AdapterWriterTest {
    @TempDir private Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource({
        "adapter-gemma2, gemma2, ../gemma2",
        "adapter-gemma2-dora, gemma2, ../gemma2",
        "adapter-gpt2, gpt2, ../gpt2",
        "adapter-llama-bias-lora-only, llama-bias, ../llama-bias",
        "adapter-llama-embed, llama, ../llama",
        "adapter-llama-layers-regex, llama, ../llama",
        "adapter-llama-layers-transform, llama, ../llama",
        "adapter-mixtral, mixtral, ../mixtral",
        "adapter-phi3, phi3, ../phi3",
        "adapter-qwen3, qwen3, ../qwen3",
        "train-gemma2-lora-all/adapter_final, gemma2, ../../gemma2",
        "train-gpt2-lora/adapter_final, gpt2, ../../gpt2",
        "train-llama-dora/adapter_final, llama, ../../llama",
        "train-llama-dpo-lora/adapter_final, llama, ../../llama",
        "train-llama-kto-lora/adapter_final, llama, ../../llama",
        "train-llama-lora-all/adapter_final, llama, ../../llama",
        "train-llama-lora-all-accum2/adapter_final, llama, ../../llama",
        "train-llama-lora-head-pattern/adapter_final, llama, ../../llama",
        "train-llama-lora-qv/adapter_final, llama, ../../llama",
        "train-llama-orpo-lora/adapter_final, llama, ../../llama",
        "train-llama-rslora/adapter_final, llama, ../../llama",
        "train-llama-simpo-lora/adapter_final, llama, ../../llama",
        "train-qwen2-dora/adapter_final, qwen2, ../../qwen2",
        "train-qwen2-dpo-lora-hinge/adapter_final, qwen2, ../../qwen2",
        "train-qwen2-lora-all/adapter_final, qwen2, ../../qwen2",
        "train-qwen2-lora-all-accum2/adapter_final, qwen2, ../../qwen2",
        "train-qwen2-lora-qv/adapter_final, qwen2, ../../qwen2",
        "train-qwen2-rslora/adapter_final, qwen2, ../../qwen2"
    })
    void whatPeftWroteIsWrittenAgainByteForByte(String name, String base, String baseName)
            throws IOException {
        Path original = SharedData.path("reference/" + name);
        try (Decoder decoder = base(base);
                Adapter adapter = Adapter.load(original, decoder)) {
            adapter.save(folder, baseName);
            assertThat(LoraConfigReader.read(folder).config()).isEqualTo(adapter.config());
        }
        assertThat(folder.resolve("adapter_config.json"))
                .hasSameTextualContentAs(original.resolve("adapter_config.json"));
        assertSameTensors(
                folder.resolve("adapter_model.safetensors"),
                original.resolve("adapter_model.safetensors"));
    }

    @Test
    void trainedBiasesAreWrittenAndTheBaseKeepsItsOwn() {
        try (Decoder decoder = base("llama-bias");
                Adapter adapter =
                        Adapter.load(
                                SharedData.path("reference/adapter-llama-bias-lora-only"),
                                decoder)) {
            List<float[]> before =
                    decoder.parameters().stream().map(p -> p.data().floats()).toList();
            adapter.attach();
            List<Parameter> biases = trainedBiases(adapter);
            assertThat(biases).hasSize(6);
            adapter.save(folder, "base");
            adapter.detach();
            List<float[]> after =
                    decoder.parameters().stream().map(p -> p.data().floats()).toList();
            assertThat(after).usingRecursiveComparison().isEqualTo(before);
            assertThat(names())
                    .hasSize(18)
                    .contains("base_model.model.model.layers.0.self_attn.q_proj.base_layer.bias");
            assertBiasesOfFile(decoder, biases);
        }
    }

    @Test
    void biasesOfNormsAreWrittenAndReadToo() {
        LoraConfig config =
                new LoraConfig(
                        2,
                        4,
                        new LoraConfig.Scaling(false, false),
                        LoraConfig.Targets.of("c_attn"),
                        Map.of(),
                        Map.of(),
                        List.of(),
                        "all");
        try (Decoder decoder = base("gpt2");
                Generator generator = Generator.seeded(1);
                Adapter adapter = Adapter.fresh(config, decoder, generator)) {
            adapter.attach();
            List<Parameter> biases = trainedBiases(adapter);
            adapter.save(folder, "base");
            adapter.detach();
            assertThat(names())
                    .contains(
                            "base_model.model.transformer.h.0.attn.c_attn.base_layer.bias",
                            "base_model.model.transformer.h.0.attn.c_proj.bias",
                            "base_model.model.transformer.h.0.ln_1.bias",
                            "base_model.model.transformer.ln_f.bias");
            assertBiasesOfFile(decoder, biases);
        }
    }

    @Test
    void allLinearIsWrittenAsTheLayersItStoodFor() {
        LoraConfig config = LoraConfig.of(2, 4, LoraConfig.Targets.allLinear());
        try (Decoder decoder = base("llama");
                Generator generator = Generator.seeded(1);
                Adapter adapter = Adapter.fresh(config, decoder, generator)) {
            adapter.save(folder, "base");
        }
        assertThat(LoraConfigReader.read(folder).config().targets().targetModules())
                .containsExactly(
                        "down_proj",
                        "gate_proj",
                        "k_proj",
                        "o_proj",
                        "q_proj",
                        "up_proj",
                        "v_proj");
    }

    @Test
    void theDropoutOfTrainingIsWrittenAndKeptWhenWrittenAgain(@TempDir Path tiny) {
        Path trained = TinyAdapter.query().key("lora_dropout", "0.05").write(folder);
        try (Decoder decoder =
                        Decoder.load(
                                TinyCheckpoint.llama().write(tiny), Dtype.FLOAT32, Device.CPU);
                Adapter adapter = Adapter.load(trained, decoder)) {
            assertThat(adapter.loraDropout()).isEqualTo(0.05);
            adapter.save(folder, "base");
            assertThat(LoraConfigReader.read(folder).loraDropout()).isEqualTo(0.05);
            adapter.save(folder, "base", 0.1);
            assertThat(LoraConfigReader.read(folder).loraDropout()).isEqualTo(0.1);
        }
    }

    @Test
    void aHalfPreciseAdapterHoldsItsType() {
        try (Decoder decoder = base("llama");
                Adapter adapter = Adapter.load(reference("adapter-llama-layers-regex"), decoder)) {
            new AdapterWriter(adapter, false, "base").typed(Dtype.BFLOAT16).write(folder);
        }
        try (SafetensorsFile file = open()) {
            assertThat(file.tensors().values()).allMatch(e -> e.dtype().name().equals("BF16"));
        }
    }

    /// Adds one to every bias, as if that was learned.
    private static List<Parameter> trainedBiases(Adapter adapter) {
        List<Parameter> biases =
                adapter.train().stream().filter(p -> p.name().endsWith(".bias")).toList();
        try (var _ = Scope.open("learned")) {
            biases.forEach(p -> p.data().addInPlace(1));
        }
        return biases;
    }

    private void assertBiasesOfFile(Decoder decoder, List<Parameter> biases) {
        try (Adapter again = Adapter.load(folder, decoder)) {
            Map<String, float[]> found = new TreeMap<>();
            again.parameters().forEach(p -> found.put(p.name(), p.data().floats()));
            for (Parameter bias : biases) {
                assertThat(found.get(bias.name())).as(bias.name()).isEqualTo(bias.data().floats());
            }
        }
    }

    private List<String> names() {
        try (SafetensorsFile file = open()) {
            return List.copyOf(file.tensors().keySet());
        }
    }

    private SafetensorsFile open() {
        return SafetensorsFile.open(folder.resolve("adapter_model.safetensors"));
    }

    private static void assertSameTensors(Path found, Path expected) throws IOException {
        try (SafetensorsFile mine = SafetensorsFile.open(found);
                SafetensorsFile theirs = SafetensorsFile.open(expected)) {
            assertThat(mine.metadata()).isEqualTo(theirs.metadata());
            assertThat(mine.tensors()).containsOnlyKeys(theirs.tensors().keySet());
            for (TensorEntry entry : theirs.tensors().values()) {
                TensorEntry own = Objects.requireNonNull(mine.tensors().get(entry.name()));
                assertThat(own.spec()).isEqualTo(entry.spec());
                MemorySegment bytes = mine.bytes(own);
                assertThat(bytes.mismatch(theirs.bytes(entry))).as(entry.name()).isEqualTo(-1);
            }
        }
        assertThat(Files.size(found)).isPositive();
    }

    private static Path reference(String name) {
        return SharedData.path("reference/" + name);
    }

    private static Decoder base(String name) {
        return Decoder.load(reference(name), Dtype.FLOAT32, Device.CPU);
    }
}
