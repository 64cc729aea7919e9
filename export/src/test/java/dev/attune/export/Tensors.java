package dev.attune.export;

import dev.attune.format.SafetensorsFile;
import dev.attune.format.TensorEntry;
import dev.attune.model.Adapter;
import dev.attune.model.Batch;
import dev.attune.model.Decoder;
import dev.attune.tensor.Device;
import dev.attune.tensor.Documents;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tape;
import dev.attune.testkit.SharedData;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/// The padded text of a reference folder, and logits of it.
final class Tensors implements AutoCloseable {
    private final SafetensorsFile file;
    private final int[] ids;
    private final int[] mask;
    private final int width;

    Tensors(String name) {
        this(name, name);
    }

    /// @param name where the expected numbers are
    /// @param texts where the texts are
    Tensors(String name, String texts) {
        file = open(name);
        try (SafetensorsFile other = open(texts)) {
            ids = ints(other, "input_ids");
            mask = ints(other, "attention_mask");
            width = Math.toIntExact(entry(other, "input_ids").shape().get(1));
        }
    }

    private static SafetensorsFile open(String name) {
        Path folder = SharedData.path("reference/" + name);
        return SafetensorsFile.open(folder.resolve("expected.safetensors"));
    }

    /// The rows of an expected tensor `(B, T, V)` at which there is a token, end to end.
    float[] kept(String name) {
        MemorySegment bytes = file.bytes(entry(file, name));
        int vocab = Math.toIntExact(entry(file, name).shape().get(2));
        float[] kept = new float[Arrays.stream(mask).sum() * vocab];
        int at = 0;
        for (int t = 0; t < mask.length; t++) {
            for (int v = 0; v < vocab && mask[t] == 1; v++) {
                long index = (long) t * vocab + v;
                kept[at++] = bytes.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * index);
            }
        }
        return kept;
    }

    /// The logits of the texts.
    float[] logits(Path folder) {
        try (Decoder decoder = Decoder.load(folder, Dtype.FLOAT32, Device.CPU)) {
            return logits(decoder);
        }
    }

    /// The logits of the texts with an adapter.
    float[] logits(Path folder, Path adapterFolder) {
        try (Decoder decoder = Decoder.load(folder, Dtype.FLOAT32, Device.CPU);
                Adapter adapter = Adapter.load(adapterFolder, decoder)) {
            adapter.attach();
            return logits(decoder);
        }
    }

    private float[] logits(Decoder decoder) {
        int[] lengths = new int[ids.length / width];
        int[] tokens = new int[Arrays.stream(mask).sum()];
        int at = 0;
        for (int t = 0; t < ids.length; t++) {
            if (mask[t] == 1) {
                tokens[at++] = ids[t];
                lengths[t / width]++;
            }
        }
        try (var _ = Scope.open("test")) {
            // A rope that depends on the length takes that of the padded batch.
            Batch texts = Batch.of(tokens, Documents.ofLengths(lengths), Device.CPU);
            Batch padded = new Batch(texts.ids(), texts.documents(), width);
            return decoder.head().logits(decoder.hidden(Tape.off(), padded).data()).floats();
        }
    }

    static double largest(float[] a, float[] b) {
        double largest = a.length == b.length ? 0 : Double.POSITIVE_INFINITY;
        for (int i = 0; i < Math.min(a.length, b.length); i++) {
            largest = Math.max(largest, Math.abs((double) a[i] - b[i]));
        }
        return largest;
    }

    private static int[] ints(SafetensorsFile file, String name) {
        MemorySegment bytes = file.bytes(entry(file, name));
        int[] values = new int[(int) (bytes.byteSize() / 8)];
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.toIntExact(bytes.get(ValueLayout.JAVA_LONG_UNALIGNED, 8L * i));
        }
        return values;
    }

    private static TensorEntry entry(SafetensorsFile file, String name) {
        return Objects.requireNonNull(file.tensors().get(name), name);
    }

    @Override
    public void close() {
        file.close();
    }
}
