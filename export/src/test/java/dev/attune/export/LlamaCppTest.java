package dev.attune.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.format.GgufFile;
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
import dev.attune.testkit.LlamaCpp;
import dev.attune.testkit.LlamaCppModel;
import dev.attune.testkit.LlamaCppSettings;
import dev.attune.testkit.SharedData;

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
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// What a real llama.cpp makes of the files.
@ExtendWith(LeakCheck.class)
class LlamaCppTest {
    private static final LocalDateTime NOW = LocalDateTime.of(2025, 7, 10, 12, 0);
    private static final List<Integer> PROMPT = List.of(5, 17, 101, 33, 250, 8, 64, 99);
    private static final int COUNT = 12;

    @TempDir private static Path library;

    @TempDir private Path folder;

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
    void continuesAPromptAsTheModelItself(String name) throws IOException {
        compare(SharedData.path("reference/" + name), PROMPT);
    }

    @Test
    void continuesAPromptAsGemma2Does() throws IOException {
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
    void continuesAPromptAsALlamaWithBiasesDoes() throws IOException {
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

    @Test
    void tellsInItsOwnWordsWhyAFileIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("no.gguf"), "# Read me");
        LlamaCpp llama = BundledLlamaCpp.open(library);
        assertThatThrownBy(() -> llama.load(file, LlamaCppSettings.exact(8)))
                .hasMessageContaining("llama.cpp cannot load the file: ")
                .hasMessageContaining("failed to load model from")
                .hasMessageContaining(file.toString());
    }

    /// By such a name it looks for tokens that Phi-3 has.
    @Test
    void loadsAModelWithoutTheTokensOfPhi3ThatIsCalledSo() throws IOException {
        Path base = SharedData.path("reference/llama");
        Path source = NumberedTokens.beside(base, 256, folder.resolve("source"));
        Path target = folder.resolve("my-Phi-3-mini");
        GgufRequest request = GgufRequest.of(source, Optional.empty(), target, GgufQuant.F32);
        GgufReport report = new GgufExport(NOW, 1).export(request, ExportProgress.none());
        try (LlamaCppModel llama = loaded(report);
                GgufFile file = GgufFile.open(report.file())) {
            assertThat(file.metadata().text("general.name")).contains("my-Phi_3-mini");
            assertThat(llama).isNotNull();
        }
    }

    /// Bounds are three times what was found.
    @ParameterizedTest
    @CsvSource({
        "f16, 1e-5", "bf16, 5e-4", "q8_0, 1e-2", "q6_k, 1e-2", "q5_k_m, 4e-2", "q5_1, 6e-2",
        "q5_0, 0.3", "q4_k_m, 0.3", "q4_1, 0.6", "q4_0, 0.6", "iq4_nl, 3", "q3_k_m, 0.2"
    })
    void staysNearTheModelWhenItIsRounded(String quant, double bound) throws IOException {
        staysNear(SharedData.path("models/tinystories-656K"), 2048, quant, bound);
    }

    /// Rows of 256 and more, which the types of blocks of blocks need.
    @ParameterizedTest
    @CsvSource({
        "q8_0, 1e-3", "q6_k, 4e-3", "q5_k_m, 9e-3", "q5_k_s, 1e-2", "q4_k_m, 4e-2", "q4_k_s, 4e-2",
        "iq4_xs, 6e-2", "iq4_nl, 7e-2", "q3_k_l, 0.13", "q3_k_m, 0.13", "q3_k_s, 0.2", "q2_k, 0.4",
        "q2_k_s, 0.5"
    })
    void staysNearAWideModelWhenItIsRounded(String quant, double bound) throws IOException {
        staysNear(Variants.wide(folder.resolve("wide")), 256, quant, bound);
    }

    private void staysNear(Path model, int vocabSize, String quant, double bound)
            throws IOException {
        Path source = NumberedTokens.beside(model, vocabSize, folder.resolve("source"));
        double worst = 0;
        try (LlamaCppModel llama = loaded(exported(source, GgufQuant.of(quant)))) {
            for (int start = 3; start < 240; start += 60) {
                int first = start;
                List<Integer> prompt =
                        IntStream.range(0, 20).mapToObj(i -> (first + 13 * i) % 250).toList();
                Expected expected = Expected.of(model, prompt, 1);
                worst = Math.max(worst, expected.divergence(llama, prompt.size() - 1));
            }
        }
        assertThat(worst).as("KL divergence of %s", quant).isLessThan(bound);
    }

    private void compare(Path model, List<Integer> prompt) throws IOException {
        var config = ModelFolder.read(model).config();
        Path source = NumberedTokens.beside(model, config.vocabSize(), folder.resolve("source"));
        GgufReport report = exported(source, GgufQuant.F32);
        // Beyond a window that llama.cpp does not know, the two may differ.
        boolean ignored = report.notes().toString().contains("ignores the sliding window");
        int window = config.layers().getFirst().window();
        int count = ignored ? Math.max(1, window - prompt.size() + 1) : COUNT;
        Expected expected = Expected.of(model, prompt, count);
        try (LlamaCppModel llama = loaded(report)) {
            assertThat(expected.divergence(llama, 0)).as("divergence").isLessThan(1e-5);
            assertThat(greedy(llama, prompt, count)).as("tokens").isEqualTo(expected.tokens());
        }
    }

    private static LlamaCppModel loaded(GgufReport report) throws IOException {
        return BundledLlamaCpp.open(library).load(report.file(), LlamaCppSettings.exact(96));
    }

    private static List<Integer> greedy(LlamaCppModel llama, List<Integer> prompt, int count) {
        List<Integer> text = new ArrayList<>(prompt);
        for (int i = 0; i < count; i++) {
            float[] logits = llama.logits(ids(text));
            int best = 0;
            for (int token = 1; token < logits.length; token++) {
                best = logits[token] > logits[best] ? token : best;
            }
            text.add(best);
        }
        return List.copyOf(text.subList(prompt.size(), text.size()));
    }

    private static int[] ids(List<Integer> text) {
        return text.stream().mapToInt(Integer::intValue).toArray();
    }

    private GgufReport exported(Path source, GgufQuant quant) {
        Path target = folder.resolve("out-" + quant.label());
        GgufRequest request = GgufRequest.of(source, Optional.empty(), target, quant);
        return new GgufExport(NOW, 1).export(request, ExportProgress.none());
    }

    /// What the model itself says behind the prompt.
    ///
    /// @param prompt what it read
    /// @param tokens the most probable, one after the other
    /// @param logits behind each token of the prompt
    record Expected(List<Integer> prompt, List<Integer> tokens, List<List<Float>> logits) {
        static Expected of(Path model, List<Integer> prompt, int count) {
            List<Integer> text = new ArrayList<>(prompt);
            List<List<Float>> logits = List.of();
            try (Decoder decoder = Decoder.load(model, Dtype.FLOAT32, Device.CPU)) {
                for (int i = 0; i < count; i++) {
                    try (var _ = Scope.open("next")) {
                        Tensor all = logits(decoder, ids(text));
                        logits = i == 0 ? rows(all) : logits;
                        text.add((int) all.narrow(0, text.size() - 1, 1).argmax().item());
                    }
                }
            }
            List<Integer> tokens = List.copyOf(text.subList(prompt.size(), text.size()));
            return new Expected(prompt, tokens, logits);
        }

        private static Tensor logits(Decoder decoder, int[] ids) {
            Batch batch = Batch.of(ids, Documents.ofLengths(ids.length), Device.CPU);
            return decoder.head().logits(decoder.hidden(Tape.off(), batch).data());
        }

        private static List<List<Float>> rows(Tensor logits) {
            List<List<Float>> rows = new ArrayList<>();
            for (long i = 0; i < logits.size(0); i++) {
                List<Float> row = new ArrayList<>();
                for (float each : logits.narrow(0, i, 1).floats()) {
                    row.add(each);
                }
                rows.add(row);
            }
            return rows;
        }

        /// The largest KL between what follows a token here and there.
        ///
        /// @param from the first token that counts
        double divergence(LlamaCppModel llama, int from) {
            double[] worst = new double[1];
            llama.read(
                    ids(prompt),
                    (token, there) -> {
                        if (token >= from) {
                            worst[0] = Math.max(worst[0], divergence(logits.get(token), there));
                        }
                    });
            return worst[0];
        }

        private static double divergence(List<Float> here, float[] there) {
            double[] p = logProbabilities(here.stream().mapToDouble(Float::doubleValue).toArray());
            double[] q =
                    logProbabilities(
                            IntStream.range(0, there.length).mapToDouble(i -> there[i]).toArray());
            double sum = 0;
            for (int i = 0; i < p.length; i++) {
                sum += Math.exp(p[i]) * (p[i] - q[i]);
            }
            return sum;
        }

        private static double[] logProbabilities(double[] logits) {
            double most = Arrays.stream(logits).max().orElseThrow();
            double all = 0;
            for (double logit : logits) {
                all += Math.exp(logit - most);
            }
            double whole = most + Math.log(all);
            return Arrays.stream(logits).map(logit -> logit - whole).toArray();
        }
    }
}
