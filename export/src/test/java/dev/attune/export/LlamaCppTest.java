package dev.attune.export;

import static org.assertj.core.api.Assertions.assertThat;

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

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a real llama.cpp makes of the files.
@ExtendWith(LeakCheck.class)
class LlamaCppTest {
    private static final LocalDateTime NOW = LocalDateTime.of(2025, 7, 10, 12, 0);
    private static final List<Integer> PROMPT = List.of(5, 17, 101, 33, 250, 8, 64, 99);
    private static final int COUNT = 12;

    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama", "llama-tied", "llama-bias", "llama-bf16-sharded", "llama-linear-rope",
                "llama31-rope", "llama-yarn-rope", "llama-dynamic-rope", "mistral", "mixtral",
                "qwen2", "gemma", "gemma3", "phi3", "phi3-longrope", "gpt2", "gpt-neox",
                "olmo2", "starcoder2", "cohere", "granite"
            })
    void continuesAPromptAsTheModelItself(String name) {
        Path model = SharedData.path("reference/" + name);
        int vocabSize = ModelFolder.read(model).config().vocabSize();
        Path source = NumberedTokens.beside(model, vocabSize, folder.resolve("source"));
        Expected expected = Expected.of(model);

        Path file = exported(source, GgufQuant.F32);
        try (LlamaCpp llama = LlamaCpp.embedding(file)) {
            double kl = expected.divergence(model, llama.hidden(PROMPT));
            System.err.println(name + " KL " + kl);
            assertThat(kl).as("divergence").isLessThan(1e-5);
        }
        try (LlamaCpp llama = LlamaCpp.speaking(file)) {
            assertThat(llama.greedy(PROMPT, COUNT)).as("tokens of %s", name).isEqualTo(expected.tokens());
        }
    }

    private Path exported(Path source, GgufQuant quant) {
        Path target = folder.resolve("out-" + quant.label());
        GgufRequest request = GgufRequest.of(source, Optional.empty(), target, quant);
        return new GgufExport(NOW, 1).export(request, ExportProgress.none()).file();
    }

    /// What the model itself says behind the prompt.
    ///
    /// @param tokens the most probable, one after the other
    /// @param hidden the final hidden state of the prompt's last token
    private record Expected(List<Integer> tokens, List<Double> hidden) {
        static Expected of(Path model) {
            List<Integer> text = new ArrayList<>(PROMPT);
            List<Double> hidden = List.of();
            try (Decoder decoder = Decoder.load(model, Dtype.FLOAT32, Device.CPU)) {
                for (int i = 0; i < COUNT; i++) {
                    try (var _ = Scope.open("next")) {
                        Tensor last = last(decoder, text);
                        hidden = i == 0 ? doubles(last.floats()) : hidden;
                        text.add((int) decoder.head().logits(last).argmax().item());
                    }
                }
            }
            return new Expected(List.copyOf(text.subList(PROMPT.size(), text.size())), hidden);
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
