package dev.attune.bench;

import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Generator;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;

/// How fast this machine multiplies matrices of the shape of the benchmarked model's largest layer:
/// the ceiling.
///
/// Measured between the timed steps, so that both see the machine in the same state; the median
/// stands for the run, as it does for the steps.
final class GemmRate implements AutoCloseable {
    private static final int ROWS = 1024;
    private static final int IN = 576;
    private static final int OUT = 1536;
    private static final int REPEATS = 20;

    private final Scope operands = Scope.owning("gemm");
    private final Tensor x;
    private final Tensor w;
    private final List<Double> rates = new ArrayList<>();

    GemmRate(Generator generator, Dtype dtype, Device device) {
        try (var _ = Scope.open("gemm")) {
            x = operands.adopt(matrix(generator, dtype, device, ROWS));
            w = operands.adopt(matrix(generator, dtype, device, OUT));
        }
        measure();
        rates.clear();
    }

    private static Tensor matrix(Generator generator, Dtype dtype, Device device, int rows) {
        return generator.normal(0, 1, Dtype.FLOAT32, device, rows, IN).to(dtype);
    }

    /// Takes one more sample, of about a tenth of a second.
    void measure() {
        long start = System.nanoTime();
        for (int i = 0; i < REPEATS; i++) {
            try (var _ = Scope.open("product")) {
                Tensor _ = x.matmul(w.transposed());
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        rates.add(2.0 * ROWS * IN * OUT * REPEATS / seconds / 1e9);
    }

    /// The median of the samples, in GFLOP/s.
    double gigaflops() {
        return rates.stream().sorted().toList().get(rates.size() / 2);
    }

    @Override
    public void close() {
        operands.close();
    }
}
