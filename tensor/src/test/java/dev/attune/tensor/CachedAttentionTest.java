package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.attune.testkit.LeakCheck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Random;
import java.util.stream.IntStream;

/// Attention over a text in pieces against [Attention] over the whole text.
///
/// The tolerance is a hundred times what two orders of summing differ by in float32, and ten
/// thousand times less than a wrong mask moves.
@ExtendWith(LeakCheck.class)
class CachedAttentionTest {
    private static final double TOLERANCE = 1e-5;

    /// Queries, keys and values of one text.
    private record Text(Value q, Value k, Value v, int tokens) {
        static Text of(AttentionShape shape, int tokens, long seed) {
            Random random = new Random(seed);
            return new Text(
                    value(random, tokens, shape.heads() * shape.headDim()),
                    value(random, tokens, shape.keyValueHeads() * shape.headDim()),
                    value(random, tokens, shape.keyValueHeads() * shape.headDim()),
                    tokens);
        }

        private static Value value(Random random, int rows, int columns) {
            float[] cells = new float[rows * columns];
            for (int i = 0; i < cells.length; i++) {
                cells[i] = (float) random.nextGaussian();
            }
            return constant(Tensor.of(cells, rows, columns));
        }

        Text part(int from, int to) {
            return new Text(part(q, from, to), part(k, from, to), part(v, from, to), to - from);
        }

        private static Value part(Value x, int from, int to) {
            return constant(x.data().narrow(0, from, (long) to - from));
        }

        static Text endToEnd(Text... texts) {
            int tokens = 0;
            Tensor[][] parts = new Tensor[3][texts.length];
            for (int i = 0; i < texts.length; i++) {
                parts[0][i] = texts[i].q.data();
                parts[1][i] = texts[i].k.data();
                parts[2][i] = texts[i].v.data();
                tokens += texts[i].tokens;
            }
            return new Text(
                    constant(Kernels.cat(0, parts[0])),
                    constant(Kernels.cat(0, parts[1])),
                    constant(Kernels.cat(0, parts[2])),
                    tokens);
        }

        private static Value constant(Tensor data) {
            try (Tape off = Tape.off()) {
                return off.constant(data);
            }
        }

        Attention.QueryKeyValue qkv() {
            return new Attention.QueryKeyValue(q, k, v);
        }

        Tensor whole(AttentionShape shape) {
            try (Tape off = Tape.off()) {
                return Attention.apply(off, qkv(), shape, Documents.ofLengths(tokens)).data();
            }
        }
    }

    private static KeyValueCache cache(AttentionShape shape, int slots) {
        return KeyValueCache.growing(
                new KeyValueCache.Form(
                        1, shape.keyValueHeads(), shape.headDim(), Dtype.FLOAT32, Device.CPU),
                slots,
                1000);
    }

    private static Tensor append(
            KeyValueCache cache, AttentionShape shape, Text text, Documents added, int... slots) {
        KeyValueCache.Addition addition = cache.adding(added, slots);
        Tensor out = CachedAttention.apply(text.qkv(), shape, addition, 0);
        addition.done();
        return out;
    }

    private static void assertClose(Tensor found, Tensor whole, int from) {
        float[] want = whole.narrow(0, from, found.size(0)).floats();
        float[] got = found.floats();
        double worst = 0;
        for (int i = 0; i < want.length; i++) {
            worst = Math.max(worst, Math.abs(got[i] - want[i]));
        }
        assertThat(got).hasSameSizeAs(want);
        assertThat(worst).isLessThanOrEqualTo(TOLERANCE);
    }

    @ParameterizedTest
    @CsvSource({
        "4, 2, 0, 0",
        "4, 4, 0, 0",
        "6, 1, 0, 3",
        "4, 2, 1, 0",
        "4, 2, 7, 0",
        "4, 2, 130, 2",
        "2, 1, 299, 0",
        "2, 1, 300, 0"
    })
    void piecesOfAnyLengthGiveTheWhole(int heads, int keyValueHeads, int window, double softCap) {
        AttentionShape shape = new AttentionShape(heads, keyValueHeads, 8, 0.3, softCap, window);
        int[][] cuts = {
            {300}, {1, 299}, {128, 172}, {129, 1, 1, 169}, {5, 250, 44, 1}, {7, 9, 284}
        };
        try (KeyValueCache cache = cache(shape, 1);
                var _ = Scope.open("test")) {
            Text text = Text.of(shape, 300, window);
            Tensor whole = text.whole(shape);
            for (int[] lengths : cuts) {
                cache.clear(0);
                int from = 0;
                for (int length : lengths) {
                    Text part = text.part(from, from + length);
                    Tensor out = append(cache, shape, part, Documents.ofLengths(length), 0);
                    assertClose(out, whole, from);
                    from += length;
                }
            }
        }
    }

    @Test
    void aTextIntoAnEmptySlotIsTheSameComputation() {
        AttentionShape shape = new AttentionShape(4, 2, 8, 0.3, 0, 60);
        try (KeyValueCache cache = cache(shape, 1);
                var _ = Scope.open("test")) {
            Text text = Text.of(shape, 200, 1);
            Tensor out = append(cache, shape, text, Documents.ofLengths(200), 0);
            assertThat(out.floats()).containsExactly(text.whole(shape).floats());
        }
    }

    @Test
    void slotsDoNotSeeEachOther() {
        AttentionShape shape = new AttentionShape(4, 2, 8, 0.3, 0, 0);
        try (KeyValueCache cache = cache(shape, 5);
                var _ = Scope.open("test")) {
            Text[] texts =
                    IntStream.range(0, 4).mapToObj(i -> Text.of(shape, 90, i)).toArray(Text[]::new);
            int[][] steps = {{10, 10, 3, 10}, {1, 1, 1, 1}, {60, 60, 70, 5}, {2, 2, 1, 1}};
            int[] slots = {0, 1, 2, 4};
            int[] known = new int[4];
            for (int[] lengths : steps) {
                Text[] parts = new Text[4];
                for (int i = 0; i < parts.length; i++) {
                    parts[i] = texts[i].part(known[i], known[i] + lengths[i]);
                }
                Documents added = Documents.ofLengths(lengths);
                Tensor out = append(cache, shape, Text.endToEnd(parts), added, slots);
                for (int i = 0; i < parts.length; i++) {
                    Tensor own = out.narrow(0, added.start(i), lengths[i]);
                    assertClose(own, texts[i].whole(shape), known[i]);
                    known[i] += lengths[i];
                    assertThat(cache.length(slots[i])).isEqualTo(known[i]);
                }
            }
        }
    }

    @Test
    void neighboursOfEqualLengthAreDoneAtOnce() {
        AttentionShape shape = new AttentionShape(1, 1, 2, 1, 0, 0);
        try (KeyValueCache cache = cache(shape, 6);
                var _ = Scope.open("test")) {
            KeyValueCache.Addition first =
                    cache.adding(Documents.ofLengths(4, 4, 4, 2, 4), 0, 1, 2, 3, 5);
            assertThat(first.runs())
                    .containsExactly(
                            new KeyValueCache.Run(0, 3, 4, 0, 0),
                            new KeyValueCache.Run(12, 1, 2, 3, 0),
                            new KeyValueCache.Run(14, 1, 4, 5, 0));
            first.done();
            assertThat(cache.adding(Documents.uniform(3, 1), 2, 0, 1).runs())
                    .containsExactly(
                            new KeyValueCache.Run(0, 1, 1, 2, 4),
                            new KeyValueCache.Run(1, 2, 1, 0, 4));
            assertThat(cache.adding(Documents.uniform(2, 1), 2, 3).runs()).hasSize(2);
        }
    }

    @Test
    void bfloat16DiffersByItsRounding() {
        AttentionShape shape = new AttentionShape(4, 2, 8, 0.3, 0, 0);
        var form = new KeyValueCache.Form(1, 2, 8, Dtype.BFLOAT16, Device.CPU);
        try (KeyValueCache cache = KeyValueCache.growing(form, 1, 100);
                var _ = Scope.open("test")) {
            Text text = Text.of(shape, 40, 1);
            var half =
                    new Attention.QueryKeyValue(
                            Text.constant(text.q.data().to(Dtype.BFLOAT16)),
                            Text.constant(text.k.data().to(Dtype.BFLOAT16)),
                            Text.constant(text.v.data().to(Dtype.BFLOAT16)));
            KeyValueCache.Addition addition = cache.adding(Documents.ofLengths(40), 0);
            float[] found = CachedAttention.apply(half, shape, addition, 0).floats();
            float[] want = text.whole(shape).floats();
            for (int i = 0; i < want.length; i++) {
                assertThat(found[i]).isCloseTo(want[i], within(0.05f));
            }
        }
    }
}
