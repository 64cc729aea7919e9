package dev.attune.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.attune.model.Batch;
import dev.attune.model.Decoder;
import dev.attune.model.ModelFolder;
import dev.attune.tensor.Device;
import dev.attune.tensor.Documents;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tape;
import dev.attune.tensor.Tensor;
import dev.attune.testkit.LeakCheck;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// What a real llama.cpp makes of the files.
@ExtendWith(LeakCheck.class)
class LlamaCppTest {
    private static final LocalDateTime NOW = LocalDateTime.of(2025, 7, 10, 12, 0);
    private static final List<Integer> PROMPT = List.of(5, 17, 101, 33, 250, 8, 64, 99);
    private static final int COUNT = 12;

    @TempDir private Path folder;

    @BeforeAll
    static void needsLlamaCpp() {
        assumeThat(LlamaCpp.loads()).as("llama.cpp for this machine").isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama",
                "llama-tied",
                "llama-bf16-sharded",
                "llama-linear-rope",
                "llama31-rope",
                "llama-yarn-rope",
                "llama-dynamic-rope",
                "mistral",
                "mixtral",
                "qwen2",
                "gemma",
                "phi3",
                "gpt2",
                "gpt-neox",
                "olmo2",
                "starcoder2",
                "cohere",
                "granite"
            })
    void continuesAPromptAsTheModelItself(String name) {
        compare(SharedData.path("reference/" + name), PROMPT);
    }

    @Test
    void continuesAPromptAsGemma2Does() {
        compare(
                Variants.layers(SharedData.path("reference/gemma2"), 26, folder.resolve("m")),
                PROMPT);
    }

    @Test
    void continuesAPromptAsGemma3Does() throws IOException {
        Path model = Variants.layers(SharedData.path("reference/gemma3"), 7, folder.resolve("m"));
        Path config = model.resolve("config.json");
        Files.writeString(
                config,
                Files.readString(config)
                        .replace("\"sliding_window_pattern\": 3", "\"sliding_window_pattern\": 6"));
        compare(model, PROMPT);
    }

    @Test
    void continuesAPromptAsALlamaWithBiasesDoes() {
        compare(Variants.biased(SharedData.path("reference/llama"), folder.resolve("m")), PROMPT);
    }

    /// llama.cpp chooses the factors of long texts by the room it was given, not by the text.
    @Test
    void continuesALongPromptAsLongropeDoes() throws IOException {
        Path from = SharedData.path("reference/phi3-longrope");
        Path model = NumberedTokens.beside(from, 256, folder.resolve("m"));
        Path config = model.resolve("config.json");
        Files.writeString(
                config,
                Files.readString(config)
                        .replace("\"sliding_window\": 9", "\"sliding_window\": null"));
        compare(model, IntStream.range(0, 24).mapToObj(i -> 3 + 7 * i).toList());
    }

    /// Bounds are three times what was found.
    @ParameterizedTest
    @CsvSource({
        "f16, 1e-5", "bf16, 5e-4", "q8_0, 1e-2", "q6_k, 1e-2", "q5_k_m, 4e-2", "q5_1, 6e-2",
        "q5_0, 0.3", "q4_k_m, 0.3", "q4_1, 0.6", "q4_0, 0.6", "iq4_nl, 3", "q3_k_m, 0.2"
    })
    void staysNearTheModelWhenItIsRounded(String quant, double bound) {
        staysNear(SharedData.path("models/tinystories-656K"), 2048, quant, bound);
    }

    /// Rows of 256 and more, which the types of blocks of blocks need.
    @ParameterizedTest
    @CsvSource({
        "q8_0, 1e-3", "q6_k, 4e-3", "q5_k_m, 9e-3", "q5_k_s, 1e-2", "q4_k_m, 4e-2", "q4_k_s, 4e-2",
        "iq4_xs, 6e-2", "iq4_nl, 7e-2", "q3_k_l, 0.13", "q3_k_m, 0.13", "q3_k_s, 0.2", "q2_k, 0.4",
        "q2_k_s, 0.5"
    })
    void staysNearAWideModelWhenItIsRounded(String quant, double bound) {
        staysNear(Variants.wide(folder.resolve("wide")), 256, quant, bound);
    }

    private void staysNear(Path model, int vocabSize, String quant, double bound) {
        Path source = NumberedTokens.beside(model, vocabSize, folder.resolve("source"));
        double worst = 0;
        try (LlamaCpp llama = LlamaCpp.embedding(exported(source, GgufQuant.of(quant)).file())) {
            for (int start = 3; start < 240; start += 60) {
                int first = start;
                List<Integer> prompt =
                        IntStream.range(0, 20).mapToObj(i -> (first + 13 * i) % 250).toList();
                Expected expected = Expected.of(model, prompt, 1);
                worst = Math.max(worst, expected.divergence(model, llama.hidden(prompt)));
            }
        }
        assertThat(worst).as("KL divergence of %s", quant).isLessThan(bound);
    }

    private void compare(Path model, List<Integer> prompt) {
        var config = ModelFolder.read(model).config();
        Path source = NumberedTokens.beside(model, config.vocabSize(), folder.resolve("source"));
        GgufReport report = exported(source, GgufQuant.F32);
        // Beyond a window that llama.cpp does not know, the two may differ.
        boolean ignored = report.notes().toString().contains("ignores the sliding window");
        int window = config.layers().getFirst().window();
        int count = ignored ? Math.max(1, window - prompt.size() + 1) : COUNT;
        Expected expected = Expected.of(model, prompt, count);
        try (LlamaCpp llama = LlamaCpp.embedding(report.file())) {
            assertThat(expected.divergence(model, llama.hidden(prompt)))
                    .as("divergence")
                    .isLessThan(1e-5);
        }
        try (LlamaCpp llama = LlamaCpp.speaking(report.file())) {
            assertThat(llama.greedy(prompt, count)).as("tokens").isEqualTo(expected.tokens());
        }
    }

    private GgufReport exported(Path source, GgufQuant quant) {
        Path target = folder.resolve("out-" + quant.label());
        GgufRequest request = GgufRequest.of(source, Optional.empty(), target, quant);
        return new GgufExport(NOW, 1).export(request, ExportProgress.none());
    }

    /// What the model itself says behind the prompt.
    ///
    /// @param tokens the most probable, one after the other
    /// @param hidden the final hidden state of the prompt's last token
    record Expected(List<Integer> tokens, List<Double> hidden) {
        static Expected of(Path model, List<Integer> prompt, int count) {
            List<Integer> text = new ArrayList<>(prompt);
            List<Double> hidden = List.of();
            try (Decoder decoder = Decoder.load(model, Dtype.FLOAT32, Device.CPU)) {
                for (int i = 0; i < count; i++) {
                    try (var _ = Scope.open("next")) {
                        Tensor last = last(decoder, text);
                        hidden = i == 0 ? doubles(last.floats()) : hidden;
                        text.add((int) decoder.head().logits(last).argmax().item());
                    }
                }
            }
            return new Expected(List.copyOf(text.subList(prompt.size(), text.size())), hidden);
        }

        private static Tensor last(Decoder decoder, List<Integer> text) {
            int[] ids = text.stream().mapToInt(Integer::intValue).toArray();
            Batch batch = Batch.of(ids, Documents.ofLengths(ids.length), Device.CPU);
            return decoder.hidden(Tape.off(), batch).data().narrow(0, ids.length - 1, 1);
        }

        /// KL between the tokens that follow this state and those that follow another, whose length
        /// is not known.
        double divergence(Path model, float[] unit) {
            double along = 0;
            double whole = 0;
            for (int i = 0; i < unit.length; i++) {
                along += unit[i] * hidden.get(i);
                whole += (double) unit[i] * unit[i];
            }
            float[] own = new float[unit.length];
            float[] other = new float[unit.length];
            for (int i = 0; i < unit.length; i++) {
                own[i] = hidden.get(i).floatValue();
                other[i] = (float) (unit[i] * along / whole);
            }
            try (Decoder decoder = Decoder.load(model, Dtype.FLOAT32, Device.CPU);
                    var _ = Scope.open("heads")) {
                return divergence(probabilities(decoder, own), probabilities(decoder, other));
            }
        }

        private static float[] probabilities(Decoder decoder, float[] state) {
            return decoder.head().logits(Tensor.of(state, 1, state.length)).softmax().floats();
        }

        private static double divergence(float[] p, float[] q) {
            double sum = 0;
            for (int i = 0; i < p.length; i++) {
                sum += p[i] > 0 ? p[i] * Math.log(p[i] / Math.max(q[i], 1e-30)) : 0;
            }
            return sum;
        }

        private static List<Double> doubles(float[] floats) {
            List<Double> doubles = new ArrayList<>();
            for (float each : floats) {
                doubles.add((double) each);
            }
            return doubles;
        }
    }
}
