package dev.attune.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.format.SafetensorsFile;
import dev.attune.format.TensorEntry;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// The numbers of a reference folder, as plain arrays.
final class Reference implements AutoCloseable {
    private final SafetensorsFile file;

    Reference(Path path) {
        file = SafetensorsFile.open(path);
    }

    Set<String> names() {
        return file.tensors().keySet();
    }

    boolean has(String name) {
        return file.tensors().containsKey(name);
    }

    int[] shape(String name) {
        return entry(name).shape().stream().mapToInt(Math::toIntExact).toArray();
    }

    float[] floats(String name) {
        MemorySegment bytes = file.bytes(entry(name));
        float[] values = new float[(int) (bytes.byteSize() / 4)];
        for (int i = 0; i < values.length; i++) {
            values[i] = bytes.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i);
        }
        return values;
    }

    int[] ints(String name) {
        MemorySegment bytes = file.bytes(entry(name));
        int[] values = new int[(int) (bytes.byteSize() / 8)];
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.toIntExact(bytes.get(ValueLayout.JAVA_LONG_UNALIGNED, 8L * i));
        }
        return values;
    }

    private TensorEntry entry(String name) {
        return Objects.requireNonNull(file.tensors().get(name), name);
    }

    double number(String name, int index) {
        return file.bytes(entry(name)).get(ValueLayout.JAVA_DOUBLE_UNALIGNED, 8L * index);
    }

    /// The parameters whose gradients stand under a prefix, by the names we have for them, equal
    /// those gradients; and none stands there that was not asked for.
    void assertGradients(String prefix, List<Parameter> parameters, double tolerance) {
        List<String> compared = new ArrayList<>();
        for (Parameter parameter : parameters) {
            String name = prefix + reference(prefix, parameter.name());
            float[] expected = floats(name);
            float[] found =
                    parameter
                            .gradient()
                            .map(Tensor::floats)
                            .orElseGet(() -> new float[expected.length]);
            assertClose("gradient of " + parameter.name(), found, expected, tolerance);
            compared.add(name);
        }
        assertThat(compared)
                .containsExactlyInAnyOrderElementsOf(
                        names().stream().filter(n -> n.startsWith(prefix)).toList());
    }

    /// A gradient in the reference has the name of PEFT's parameter, with the adapter's in it; a
    /// bias of the base that trains with an adapter has PEFT's wrapper in it.
    private static String reference(String prefix, String name) {
        if (!name.startsWith("base_model.")) {
            return prefix.equals("grad.")
                    ? "base_model.model." + name.replace(".bias", ".base_layer.bias")
                    : name;
        }
        if (name.contains("lora_embedding")) {
            return name + ".default";
        }
        if (name.endsWith("lora_magnitude_vector")) {
            return name + ".default.weight";
        }
        return name.contains("lora_")
                ? name.replace(".weight", ".default.weight")
                : name.replace(".weight", ".modules_to_save.default.weight");
    }

    /// Asserts that two arrays differ nowhere by more than the tolerance.
    static void assertClose(String what, float[] found, float[] expected, double tolerance) {
        assertThat(found).as("length of " + what).hasSameSizeAs(expected);
        double worst = 0;
        int at = 0;
        for (int i = 0; i < found.length; i++) {
            double difference = Math.abs(found[i] - expected[i]);
            if (!(difference <= worst)) {
                worst = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
                at = i;
            }
        }
        assertThat(worst)
                .as(
                        "greatest difference of %s, at %d: %s for %s",
                        what,
                        at,
                        found.length > 0 ? found[at] : 0,
                        found.length > 0 ? expected[at] : 0)
                .isLessThanOrEqualTo(tolerance);
    }

    @Override
    public void close() {
        file.close();
    }
}
