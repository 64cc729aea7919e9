package dev.attune.bench;

import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Generator;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tensor;

/// How fast this machine multiplies matrices of the shape of the benchmarked model's largest layer:
/// the ceiling.
final class GemmRate {
    private static final int ROWS = 1024;
    private static final int IN = 576;
    private static final int OUT = 1536;
    private static final int REPEATS = 40;
    private static final int ROUNDS = 5;

    private GemmRate() {}

    /// The best of several rounds, in GFLOP/s.
    static double measure(Generator generator, Dtype dtype, Device device) {
        double best = 0;
        try (var _ = Scope.open("gemm")) {
            Tensor x = generator.normal(0, 1, Dtype.FLOAT32, device, ROWS, IN).to(dtype);
            Tensor w = generator.normal(0, 1, Dtype.FLOAT32, device, OUT, IN).to(dtype);
            for (int round = 0; round < ROUNDS; round++) {
                long start = System.nanoTime();
                for (int i = 0; i < REPEATS; i++) {
                    try (var _ = Scope.open("product")) {
                        Tensor _ = x.matmul(w.transposed());
                    }
                }
                double seconds = (System.nanoTime() - start) / 1e9;
                best = Math.max(best, 2.0 * ROWS * IN * OUT * REPEATS / seconds / 1e9);
            }
        }
        return best;
    }
}
