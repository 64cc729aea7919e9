package dev.attune.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.attune.model.Batch;
import dev.attune.model.Decoder;
import dev.attune.model.Regularization;
import dev.attune.tensor.AdamW;
import dev.attune.tensor.Device;
import dev.attune.tensor.Documents;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Optimizer;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tape;
import dev.attune.testkit.LeakCheck;
import dev.attune.testkit.SharedData;
import dev.attune.text.TokenSequence;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// What a micro-batch gives: its loss, the tokens that were right, its gradient from its seed.
@ExtendWith(LeakCheck.class)
class TokenLossTest {
    private static final Regularization NOISE = new Regularization(0, 5);

    @Test
    void countsTheTokensThatWereTheLikeliestOfAllLogits() {
        try (Decoder decoder = decoder()) {
            TokenLoss loss = new TokenLoss(decoder);
            int[] ids = row(0, 12);
            long[] likeliest = likeliest(decoder, ids);
            // The last token decides nothing before it, and is made the one the model would say.
            ids[11] = (int) likeliest[10];
            long right = 0;
            for (int i = 1; i < ids.length; i++) {
                right += likeliest[i - 1] == ids[i] ? 1 : 0;
            }
            TokenLoss.Sum sum = loss.forward(MicroBatch.of(List.of(trained(ids))));
            assertThat(sum.correct()).isEqualTo(right).isBetween(1L, 10L);
            assertThat(sum.tokens()).isEqualTo(11);
        }
    }

    private static long[] likeliest(Decoder decoder, int[] ids) {
        try (var _ = Scope.open("likeliest");
                Tape tape = Tape.off()) {
            Batch batch = Batch.of(ids, Documents.ofLengths(ids.length), Device.CPU);
            return decoder.head().logits(decoder.hidden(tape, batch).data()).argmax().longs();
        }
    }

    @Test
    void judgingGivesTheLossOfTrainingWithoutItsNoise() {
        try (Decoder decoder = decoder()) {
            MicroBatch batch = MicroBatch.of(List.of(trained(row(0, 12)), trained(row(3, 7))));
            double judged = new TokenLoss(decoder).forward(batch).mean();
            assertThat(new TokenLoss(decoder, NOISE, true).forward(batch).mean()).isEqualTo(judged);
            assertThat(new TokenLoss(decoder).backward(batch, 17, 1).mean())
                    .isCloseTo(judged, within(1e-6));
            double noisy = new TokenLoss(decoder, NOISE, false).backward(batch, 17, 1).mean();
            assertThat(Math.abs(noisy - judged)).isGreaterThan(1e-6);
        }
    }

    @Test
    void aStepIsRepeatedByItsSeedAndEachMicroBatchHasNoiseOfItsOwn() {
        List<MicroBatch> twice = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            twice.add(MicroBatch.of(List.of(trained(row(0, 12)))));
        }
        TrainingStep.Outcome plain = step(Regularization.NONE, false, twice, 1);
        TrainingStep.Outcome noisy = step(NOISE, false, twice, 1);
        assertThat(step(NOISE, false, twice, 1)).isEqualTo(noisy);
        assertThat(step(NOISE, true, twice, 1)).isEqualTo(noisy);
        assertThat(step(NOISE, false, twice, 2)).isNotEqualTo(noisy);
        assertThat(noisy.loss()).isNotEqualTo(plain.loss());
        TrainingStep.Outcome once = step(NOISE, false, twice.subList(0, 1), 1);
        assertThat(once.loss()).as("the second draws another noise").isNotEqualTo(noisy.loss());
        assertThat(step(Regularization.NONE, false, twice.subList(0, 1), 1).loss())
                .as("the same text twice is the same loss")
                .isEqualTo(plain.loss());
    }

    private static TrainingStep.Outcome step(
            Regularization noise, boolean checkpoints, List<MicroBatch> batches, long seed) {
        try (Decoder decoder = decoder()) {
            List<Parameter> parameters = decoder.parameters();
            parameters.forEach(p -> p.train(true));
            try (Optimizer optimizer = Optimizer.of(AdamW.DEFAULTS, parameters)) {
                TokenLoss loss = new TokenLoss(decoder, noise, checkpoints);
                return new TrainingStep(loss, parameters, optimizer, 1.0).run(batches, 1e-3, seed);
            }
        }
    }

    private static Decoder decoder() {
        return Decoder.load(SharedData.path("reference/llama"), Dtype.FLOAT32, Device.CPU);
    }

    private static int[] row(int from, int length) {
        int[] ids = new int[length];
        for (int i = 0; i < length; i++) {
            ids[i] = (from + 5 * i) % 256;
        }
        return ids;
    }

    private static TokenSequence trained(int[] ids) {
        BitSet all = new BitSet();
        all.set(0, ids.length);
        return new TokenSequence(ids, all);
    }
}
