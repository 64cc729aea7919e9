package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.attune.testkit.LeakCheck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Documents laid end to end give what each gives alone.
@ExtendWith(LeakCheck.class)
class PackedAttentionTest {
    private static final AttentionShape SHAPE = new AttentionShape(4, 2, 16, 0.25, 0, 50);
    private static final int HEADS_WIDTH = 64;
    private static final int SHARED_WIDTH = 32;
    private static final int[] WIDTHS = {HEADS_WIDTH, HEADS_WIDTH, SHARED_WIDTH, SHARED_WIDTH};

    @InBothTypes
    void documentsOfUnequalLengthGiveTheVeryBitsEachGivesAlone(Dtype dtype) {
        Documents documents = Documents.ofLengths(3, 140, 1, 17);
        try (var _ = Scope.open("test")) {
            List<float[]> packed = pass(dtype, documents, 0, documents.tokens());
            for (int d = 0; d < documents.count(); d++) {
                int start = documents.start(d);
                int length = documents.length(d);
                List<float[]> alone = pass(dtype, Documents.ofLengths(length), start, length);
                for (int i = 0; i < WIDTHS.length; i++) {
                    assertThat(alone.get(i))
                            .isEqualTo(part(packed.get(i), WIDTHS[i], start, length));
                }
            }
        }
    }

    /// Equal documents go through the kernels as one batch, which may sum in another order.
    @Test
    void documentsOfEqualLengthGiveWhatEachGivesAlone() {
        Documents documents = Documents.uniform(3, 70);
        try (var _ = Scope.open("test")) {
            List<float[]> packed = pass(Dtype.FLOAT32, documents, 0, documents.tokens());
            for (int d = 0; d < documents.count(); d++) {
                int start = documents.start(d);
                List<float[]> alone = pass(Dtype.FLOAT32, Documents.ofLengths(70), start, 70);
                for (int i = 0; i < WIDTHS.length; i++) {
                    assertThat(alone.get(i))
                            .containsExactly(
                                    part(packed.get(i), WIDTHS[i], start, 70), offset(1e-5f));
                }
            }
        }
    }

    @Test
    void aChangeInOneDocumentLeavesTheOthersBitsAlone() {
        Documents documents = Documents.uniform(2, 9);
        try (var _ = Scope.open("test");
                var tape = Tape.off()) {
            Tensor q = random(Dtype.FLOAT32, 1, 18, HEADS_WIDTH);
            Tensor k = random(Dtype.FLOAT32, 2, 18, SHARED_WIDTH);
            Tensor v = random(Dtype.FLOAT32, 3, 18, SHARED_WIDTH);
            float[] before = attend(tape, q, k, v, documents).floats();
            k.narrow(0, 0, 9).fillInPlace(7);
            v.narrow(0, 0, 9).fillInPlace(-7);
            float[] after = attend(tape, q, k, v, documents).floats();
            assertThat(part(after, HEADS_WIDTH, 9, 9)).isEqualTo(part(before, HEADS_WIDTH, 9, 9));
            assertThat(part(after, HEADS_WIDTH, 0, 9))
                    .isNotEqualTo(part(before, HEADS_WIDTH, 0, 9));
        }
    }

    private static Tensor attend(Tape tape, Tensor q, Tensor k, Tensor v, Documents documents) {
        var qkv = new Attention.QueryKeyValue(tape.constant(q), tape.constant(k), tape.constant(v));
        return Attention.apply(tape, qkv, SHAPE, documents).data();
    }

    /// The result, and the gradients of queries, keys and values.
    private static List<float[]> pass(Dtype dtype, Documents documents, int start, int length) {
        try (var _ = Scope.open("pass");
                var tape = Tape.recording()) {
            Value q = tape.variable(rows(dtype, 1, HEADS_WIDTH, start, length));
            Value k = tape.variable(rows(dtype, 2, SHARED_WIDTH, start, length));
            Value v = tape.variable(rows(dtype, 3, SHARED_WIDTH, start, length));
            var qkv = new Attention.QueryKeyValue(q, k, v);
            Value out = Attention.apply(tape, qkv, SHAPE, documents);
            tape.backward(out, rows(dtype, 4, HEADS_WIDTH, start, length));
            return List.of(
                    out.data().floats(),
                    q.gradientOrZeros().floats(),
                    k.gradientOrZeros().floats(),
                    v.gradientOrZeros().floats());
        }
    }

    private static Tensor rows(Dtype dtype, long seed, int width, int start, int length) {
        return random(dtype, seed, 220, width).narrow(0, start, length).copy();
    }

    private static Tensor random(Dtype dtype, long seed, int rows, int width) {
        Random random = new Random(seed);
        float[] elements = new float[rows * width];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = (float) random.nextGaussian();
        }
        return Tensor.of(elements, rows, width).to(dtype);
    }

    private static float[] part(float[] all, int width, int start, int length) {
        return Arrays.copyOfRange(all, start * width, (start + length) * width);
    }
}
