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
import dev.attune.testkit.LeakCheck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.util.stream.IntStream;

/// How a starter begins.
@ExtendWith(LeakCheck.class)
class FirstWeightsTest {
    @Test
    void logitsBeginAboutOneApartAndNotFlat() {
        try (Generator generator = Generator.seeded(3);
                Decoder decoder =
                        Decoder.random(
                                Family.LLAMA,
                                StarterShape.EMBEDDED.decoder(),
                                generator,
                                Dtype.FLOAT32,
                                Device.CPU)) {
            double before = deviationOfLogits(decoder);

            FirstWeights.widen(decoder, StarterShape.EMBEDDED);

            assertThat(before).isLessThan(0.4);
            assertThat(deviationOfLogits(decoder)).isBetween(0.8, 1.3);
        }
    }

    private static double deviationOfLogits(Decoder decoder) {
        int[] ids = IntStream.range(0, 40).map(i -> 300 + 61 * i).toArray();
        try (var _ = Scope.open("logits")) {
            Batch batch = Batch.of(ids, Documents.ofLengths(ids.length), Device.CPU);
            float[] logits =
                    decoder.head().logits(decoder.hidden(Tape.off(), batch).data()).floats();
            double squares = 0;
            for (float logit : logits) {
                squares += (double) logit * logit;
            }
            return Math.sqrt(squares / logits.length);
        }
    }
}
