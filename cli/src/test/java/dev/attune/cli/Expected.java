package dev.attune.cli;

import dev.attune.format.SafetensorsFile;
import dev.attune.testkit.SharedData;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// The numbers that transformers and PEFT computed for a reference folder.
final class Expected {
    private static final int TOKENS = 24;

    private final List<Integer> ids;
    private final float[] logits;
    private final List<Integer> generated;

    private Expected(List<Integer> ids, float[] logits, List<Integer> generated) {
        this.ids = ids;
        this.logits = logits;
        this.generated = generated;
    }

    /// The 24 tokens of the first text.
    List<Integer> ids() {
        return ids;
    }

    /// A prompt and the 16 greedy tokens behind it; empty for an adapter.
    List<Integer> generated() {
        return generated;
    }

    /// Reads `expected.safetensors` of a folder below `reference`.
    static Expected of(String folder) {
        Path path = SharedData.path("reference/" + folder + "/expected.safetensors");
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            boolean generates = file.tensors().containsKey("gen.output_ids");
            float[] logits = floats(file.bytes("logits"));
            return new Expected(
                    longs(file.bytes("input_ids")).subList(0, TOKENS),
                    Arrays.copyOf(logits, logits.length / 2),
                    generates ? longs(file.bytes("gen.output_ids")) : List.of());
        }
    }

    /// The logits behind token `t`.
    float[] row(int t) {
        int vocabulary = logits.length / TOKENS;
        return Arrays.copyOfRange(logits, t * vocabulary, (t + 1) * vocabulary);
    }

    /// The log-softmax of those logits, at the token that follows: in float64.
    double logProb(int t) {
        float[] row = row(t);
        double sum = IntStream.range(0, row.length).mapToDouble(i -> Math.exp(row[i])).sum();
        return row[ids.get(t + 1)] - Math.log(sum);
    }

    /// Ids as `--ids` takes them.
    static String words(List<Integer> ids) {
        return ids.stream().map(Object::toString).collect(Collectors.joining(","));
    }

    private static float[] floats(MemorySegment bytes) {
        float[] values = new float[(int) (bytes.byteSize() / 4)];
        for (int i = 0; i < values.length; i++) {
            values[i] = bytes.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i);
        }
        return values;
    }

    private static List<Integer> longs(MemorySegment bytes) {
        return LongStream.range(0, bytes.byteSize() / 8)
                .mapToObj(i -> Math.toIntExact(bytes.get(ValueLayout.JAVA_LONG_UNALIGNED, 8 * i)))
                .toList();
    }
}
