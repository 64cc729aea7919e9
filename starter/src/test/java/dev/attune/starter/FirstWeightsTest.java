package dev.attune.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.model.Batch;
import dev.attune.model.Decoder;
import dev.attune.model.Family;
import dev.attune.tensor.Device;
import dev.attune.tensor.Documents;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Generator;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tape;
import dev.attune.tensor.Tensor;
import dev.attune.testkit.LeakCheck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What a starter can do before its first step.
@ExtendWith(LeakCheck.class)
class FirstWeightsTest {
    private static final int HALF = 24;

    @Test
    void expectsWhatCameAfterTheSameTokenBefore() {
        try (Generator generator = Generator.seeded(3);
                Decoder decoder =
                        Decoder.random(
                                Family.LLAMA,
                                StarterShape.EMBEDDED.decoder(),
                                generator,
                                Dtype.FLOAT32,
                                Device.CPU)) {
            double before = logitOfTheNextToken(decoder);

            new FirstWeights(StarterShape.EMBEDDED, 7).putInto(decoder);

            assertThat(before).isBetween(-0.2, 0.2);
            assertThat(logitOfTheNextToken(decoder)).isGreaterThan(0.6);
        }
    }

    /// In a list that is read twice, the mean over the second reading.
    private static double logitOfTheNextToken(Decoder decoder) {
        int[] ids = new int[2 * HALF];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = 300 + 71 * (i % HALF);
        }
        try (var _ = Scope.open("logits")) {
            Batch batch = Batch.of(ids, Documents.ofLengths(ids.length), Device.CPU);
            Tensor logits = decoder.head().logits(decoder.hidden(Tape.off(), batch).data());
            int vocabulary = (int) logits.size(1);
            float[] all = logits.floats();
            double sum = 0;
            for (int i = HALF; i + 1 < ids.length; i++) {
                sum += all[i * vocabulary + ids[i + 1]];
            }
            return sum / (HALF - 1);
        }
    }
}
