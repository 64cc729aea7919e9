package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// The numbers of a tensor on the Java heap, to outlive it.
final class Numbers {
    private final Dtype dtype;
    private final long[] shape;
    private final double[] elements;

    private Numbers(Dtype dtype, long[] shape, double[] elements) {
        this.dtype = dtype;
        this.shape = shape;
        this.elements = elements;
    }

    static Numbers of(Tensor tensor) {
        try (var _ = Scope.open("numbers")) {
            Tensor plain = tensor.alias().to(Dtype.FLOAT64).contiguous();
            double[] elements =
                    plain.elements() == 0
                            ? new double[0]
                            : plain.memory().toArray(ValueLayout.JAVA_DOUBLE);
            return new Numbers(tensor.dtype(), tensor.shape(), elements);
        }
    }

    /// The tensor again.
    Tensor tensor() {
        Tensor wide = Tensor.empty(Dtype.FLOAT64, Device.CPU, shape);
        if (elements.length > 0) {
            wide.memory().copyFrom(MemorySegment.ofArray(elements));
        }
        return wide.to(dtype);
    }

    boolean dtypeIs(Dtype other) {
        return dtype == other;
    }

    Numbers plus(Numbers other) {
        double[] sums = elements.clone();
        Arrays.setAll(sums, i -> elements[i] + other.elements[i]);
        return new Numbers(dtype, shape, sums);
    }

    double largest() {
        return Arrays.stream(elements).map(Math::abs).max().orElse(0);
    }

    /// Asserts that no entry is further from its reference than `tolerance` times the largest of
    /// the reference, or times a thousandth where all of it is smaller than that.
    void assertCloseTo(String what, Numbers reference, double tolerance) {
        assertThat(shape).as("shape of " + what).isEqualTo(reference.shape);
        double bound = tolerance * Math.max(reference.largest(), 1e-3);
        int worst = -1;
        double worstError = bound;
        for (int i = 0; i < elements.length; i++) {
            double error = Math.abs(elements[i] - reference.elements[i]);
            if (!(error <= worstError)) {
                worst = i;
                worstError = error;
            }
        }
        if (worst >= 0) {
            throw new AssertionError(
                    "%s %s: entry %d is %s, expected %s ± %s (%s times the bound)"
                            .formatted(
                                    what,
                                    Arrays.toString(shape),
                                    worst,
                                    elements[worst],
                                    reference.elements[worst],
                                    bound,
                                    worstError / bound));
        }
    }
}
