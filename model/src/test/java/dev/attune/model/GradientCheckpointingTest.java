package dev.attune.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.model.LoraConfig.Targets;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Parameter;
import dev.attune.testkit.LeakCheck;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.util.List;

/// Layers that run again in backward give the gradients of those that kept everything, to the last
/// bit, over packed documents.
@ExtendWith(LeakCheck.class)
class GradientCheckpointingTest {
    @ParameterizedTest
    @CsvSource({
        "FLOAT32, lora, 0",
        "BFLOAT16, lora, 0",
        "FLOAT32, lora, 0.3",
        "BFLOAT16, lora, 0.3",
        "FLOAT32, dora, 0",
        "FLOAT32, dora, 0.3",
        "BFLOAT16, dora, 0.3",
        "FLOAT32, full, 0",
        "BFLOAT16, full, 0"
    })
    void gradientsOfASmallLlamaAreTheSame(
            Dtype dtype, String tuning, double dropout, @TempDir Path folder) {
        assertSame(TinyCheckpoint.llama().write(folder), dtype, tuning, dropout);
    }

    /// Windows, soft caps, norms before and behind, layers side by side, learned positions,
    /// experts.
    @ParameterizedTest
    @CsvSource({
        "mistral, FLOAT32, lora, 0.2",
        "gemma2, BFLOAT16, lora, 0.2",
        "gemma3, FLOAT32, full, 0",
        "gpt2, FLOAT32, full, 0",
        "gpt-neox, FLOAT32, lora, 0.2",
        "mixtral, FLOAT32, lora, 0.2",
        "mixtral, FLOAT32, full, 0",
        "qwen3-moe, BFLOAT16, full, 0"
    })
    void gradientsOfOtherFamiliesAreTheSame(
            String name, Dtype dtype, String tuning, double dropout) {
        assertSame(SharedData.path("reference/" + name), dtype, tuning, dropout);
    }

    private static void assertSame(Path model, Dtype dtype, String tuning, double dropout) {
        try (Decoder decoder = LearningPass.decoder(model, dtype)) {
            if (tuning.equals("full")) {
                decoder.parameters().forEach(p -> p.train(true));
                assertSame(decoder, decoder.parameters(), dropout);
            } else {
                boolean dora = tuning.equals("dora");
                try (Adapter adapter = LearningPass.adapter(decoder, dora, Targets.allLinear())) {
                    assertSame(decoder, adapter.train(), dropout);
                }
            }
        }
    }

    private static void assertSame(Decoder decoder, List<Parameter> parameters, double dropout) {
        Regularization noise = new Regularization(dropout, 3 * dropout);
        var kept = LearningPass.run(decoder, parameters, new Pass(noise, 7, false));
        var again = LearningPass.run(decoder, parameters, new Pass(noise, 7, true));
        assertThat(again.numbers()).isEqualTo(kept.numbers());
        assertThat(kept.numbers().size()).isGreaterThan(parameters.size() / 2);
        assertThat(again.savedBytes()).isLessThan(kept.savedBytes() / 2);
    }

    /// The scores of the routers leave their layers, so that a loss of them finds its way back.
    @Test
    void theBalanceOfExpertsReachesTheRouters() {
        Path model = SharedData.path("reference/mixtral");
        try (Decoder decoder = LearningPass.decoder(model, Dtype.FLOAT32)) {
            decoder.parameters().forEach(p -> p.train(true));
            List<Parameter> parameters = decoder.parameters();
            Pass again = new Pass(Regularization.NONE, 0, true);
            var kept = LearningPass.run(decoder, parameters, Pass.PLAIN, 0.5);
            assertThat(LearningPass.run(decoder, parameters, again, 0.5).numbers())
                    .isEqualTo(kept.numbers());
            assertThat(LearningPass.run(decoder, parameters, again, 0).numbers())
                    .isNotEqualTo(kept.numbers());
        }
    }
}
