package dev.attune.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.attune.model.DecoderConfig.MixtureOfExperts;
import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tape;
import dev.attune.tensor.Tensor;
import dev.attune.tensor.Value;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.util.List;

class RouterScoresTest {
    @ParameterizedTest
    @CsvSource({"mixtral, 0.02", "qwen3-moe, 0.01"})
    void scoresAndTheLossOfTheirBalanceEqualTheReference(String name, double coefficient) {
        try (Reference expected = new Reference(folder(name).resolve("expected.safetensors"));
                Decoder decoder = Decoder.load(folder(name), Dtype.FLOAT32, Device.CPU);
                RouterScores scores = new RouterScores();
                var _ = Scope.open("test")) {
            PaddedRows rows = new PaddedRows(expected);
            Value hidden = decoder.hidden(Tape.off(), rows.batch(), scores);
            assertThat(scores.scores()).hasSize(2);
            for (int i = 0; i < 2; i++) {
                String router = "router_logits." + i;
                Reference.assertClose(
                        router,
                        scores.scores().get(i).data().floats(),
                        rows.kept(expected.floats(router)),
                        ReferenceModelTest.LOGITS);
            }
            double balance = scores.loadBalance(Tape.off(), perToken(decoder)).data().item();
            assertThat(balance).isCloseTo(expected.floats("aux_loss")[0], within(1e-5));
            Tensor logProbs = rows.logProbs(Tape.off(), decoder, hidden).data();
            double loss = -logProbs.sum().item() / rows.labels();
            assertThat(loss + coefficient * balance)
                    .isCloseTo(expected.floats("loss_with_aux")[0], within(1e-5));
        }
    }

    /// The gradient of a sum is the sum of gradients, and the balance reaches the routers.
    @Test
    void theBalanceAddsItsGradientToThatOfTheTokens() {
        try (Reference expected = new Reference(folder("mixtral").resolve("expected.safetensors"));
                Decoder decoder = Decoder.load(folder("mixtral"), Dtype.FLOAT32, Device.CPU)) {
            decoder.parameters().forEach(p -> p.train(true));
            PaddedRows rows = new PaddedRows(expected);
            Parameter router =
                    decoder.parameters().stream()
                            .filter(p -> p.name().endsWith("0.block_sparse_moe.gate.weight"))
                            .findFirst()
                            .orElseThrow();
            float[] tokens = gradient(decoder, rows, router, 1, 0);
            float[] balance = gradient(decoder, rows, router, 0, 0.5);
            float[] both = gradient(decoder, rows, router, 1, 0.5);
            float[] sum = new float[both.length];
            float most = 0;
            for (int i = 0; i < sum.length; i++) {
                sum[i] = tokens[i] + balance[i];
                most = Math.max(most, Math.abs(balance[i]));
            }
            assertThat(most).isGreaterThan(1e-3f);
            Reference.assertClose("gradient of both", both, sum, 1e-6);
        }
    }

    private static float[] gradient(
            Decoder decoder, PaddedRows rows, Parameter of, double tokens, double balance) {
        decoder.parameters().forEach(Parameter::clearGradient);
        try (RouterScores scores = new RouterScores();
                var _ = Scope.open("test");
                Tape tape = Tape.recording()) {
            Value hidden = decoder.hidden(tape, rows.batch(), scores);
            Value uneven = scores.loadBalance(tape, perToken(decoder));
            tape.seed(uneven, Tensor.full(balance, Dtype.FLOAT32, Device.CPU, 1));
            double count = tokens == 0 ? Double.POSITIVE_INFINITY : rows.labels() / tokens;
            rows.backward(tape, decoder, hidden, count);
            return of.gradient().orElseThrow().floats();
        }
    }

    @Test
    void aModelWithoutExpertsHasNoBalance() {
        try (RouterScores scores = new RouterScores()) {
            assertThatThrownBy(() -> scores.loadBalance(Tape.off(), 2))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("no layer has experts, or none has run");
        }
    }

    private static int perToken(Decoder decoder) {
        List<DecoderConfig.Layer> layers = decoder.config().layers();
        return ((MixtureOfExperts) layers.getFirst().feedForward()).numExpertsPerTok();
    }

    private static Path folder(String name) {
        return SharedData.path("reference/" + name);
    }
}
