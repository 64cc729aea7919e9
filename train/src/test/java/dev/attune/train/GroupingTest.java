package dev.attune.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.attune.data.Origin;
import dev.attune.data.Packer;
import dev.attune.data.Packing;
import dev.attune.data.TokenRows;
import dev.attune.model.Decoder;
import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Parameter;
import dev.attune.testkit.LeakCheck;
import dev.attune.testkit.SharedData;
import dev.attune.text.TokenSequence;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// However rows are grouped into batches, a step is the same step.
@ExtendWith(LeakCheck.class)
class GroupingTest {
    private static final int ROWS = 8;

    @Test
    void packedEqualsUnpacked() {
        Path model = SharedData.path("models/tinystories-656K");
        TokenRows rows = rows();
        Packing packed = new Packer(128).pack(rows);
        assertThat(packed.rows()).isLessThan(ROWS);
        List<MicroBatch> together =
                List.of(MicroBatch.ofPacked(range(packed.rows()).map(packed::row).toList()));
        assertSame(gradients(model, alone(rows)), gradients(model, together));
    }

    @Test
    void oneTimesEightEqualsEightTimesOneOnUnequalLengths() {
        Path model = SharedData.path("models/tinystories-656K");
        TokenRows rows = rows();
        List<MicroBatch> atOnce = List.of(MicroBatch.of(range(ROWS).map(rows::row).toList()));
        assertSame(gradients(model, alone(rows)), gradients(model, atOnce));
    }

    private static java.util.stream.Stream<Integer> range(int end) {
        return java.util.stream.IntStream.range(0, end).boxed();
    }

    private static List<MicroBatch> alone(TokenRows rows) {
        return range(ROWS).map(row -> MicroBatch.of(List.of(rows.row(row)))).toList();
    }

    /// Rows of 3 to 100 tokens, of which about a third are learned, none in one row.
    private static TokenRows rows() {
        Random random = new Random(7);
        List<TokenSequence> rows = new ArrayList<>();
        List<Origin> origins = new ArrayList<>();
        for (int row = 0; row < ROWS; row++) {
            int[] ids = random.ints(3 + 14L * row, 3, 2000).toArray();
            BitSet trained = new BitSet();
            for (int i = 0; i < ids.length; i++) {
                trained.set(i, row != 4 && random.nextInt(3) == 0);
            }
            rows.add(new TokenSequence(ids, trained));
            origins.add(new Origin(Path.of("rows.jsonl"), row + 1, row));
        }
        return TokenRows.of(rows, origins);
    }

    private record Computed(double loss, Map<String, List<Float>> gradients) {}

    private static Computed gradients(Path model, List<MicroBatch> batches) {
        try (Decoder decoder = Decoder.load(model, Dtype.FLOAT32, Device.CPU)) {
            decoder.parameters().forEach(parameter -> parameter.train(true));
            TokenLoss loss = new TokenLoss(decoder);
            long trained = batches.stream().mapToLong(MicroBatch::trainedTokens).sum();
            TokenLoss.Sum sum = TokenLoss.Sum.ZERO;
            for (MicroBatch batch : batches) {
                sum = sum.plus(loss.backward(batch, trained, 0));
            }
            Map<String, List<Float>> gradients = new LinkedHashMap<>();
            for (Parameter parameter : decoder.parameters()) {
                List<Float> values = new ArrayList<>();
                for (float value : parameter.gradient().orElseThrow().floats()) {
                    values.add(value);
                }
                gradients.put(parameter.name(), values);
            }
            return new Computed(sum.mean(), gradients);
        }
    }

    private static void assertSame(Computed expected, Computed found) {
        assertThat(found.loss).isCloseTo(expected.loss, within(1e-6));
        expected.gradients.forEach((name, values) -> {
            List<Float> others = found.gradients.getOrDefault(name, List.of());
            assertThat(others).as(name).hasSameSizeAs(values);
            for (int i = 0; i < values.size(); i++) {
                assertThat((double) others.get(i))
                        .as(name + " at " + i)
                        .isCloseTo(values.get(i), within(1e-6));
            }
        });
    }
}
