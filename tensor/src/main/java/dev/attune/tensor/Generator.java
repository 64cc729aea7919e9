package dev.attune.tensor;

import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.global.torch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A source of random numbers that starts from a seed and whose state can be saved and put back.
///
/// Mersenne twister of libtorch on the CPU, whatever device the numbers go to, so that a seed gives
/// the same numbers on every machine. Not thread-safe. Holds native memory of a few kilobytes:
/// close it.
public final class Generator implements AutoCloseable {
    private final org.bytedeco.pytorch.Generator raw;

    private Generator(org.bytedeco.pytorch.Generator raw) {
        this.raw = raw;
    }

    /// A generator that starts from `seed`.
    public static Generator seeded(long seed) {
        try (var _ = Scope.open("generator")) {
            org.bytedeco.pytorch.Generator raw = torch.make_generator_cpu(seed);
            raw.retainReference();
            return new Generator(raw);
        }
    }

    /// Numbers drawn evenly from `[from, to)`.
    public Tensor uniform(double from, double to, Dtype dtype, Device device, long... shape) {
        Tensor target = Tensor.empty(dtype, Device.CPU, shape);
        target.raw().uniform_(from, to, new GeneratorOptional(raw));
        return target.to(device);
    }

    /// Numbers of the normal distribution.
    public Tensor normal(double mean, double std, Dtype dtype, Device device, long... shape) {
        Tensor target = Tensor.empty(dtype, Device.CPU, shape);
        target.raw().normal_(mean, std, new GeneratorOptional(raw));
        return target.to(device);
    }

    /// Ones with probability `p`, else zeros.
    public Tensor bernoulli(double p, Dtype dtype, Device device, long... shape) {
        Tensor target = Tensor.empty(dtype, Device.CPU, shape);
        target.raw().bernoulli_(p, new GeneratorOptional(raw));
        return target.to(device);
    }

    /// One number drawn evenly from `[0, 1)`.
    public double nextDouble() {
        try (var _ = Scope.open("nextDouble")) {
            return uniform(0, 1, Dtype.FLOAT64, Device.CPU, 1).item();
        }
    }

    /// Everything needed to go on from here: give it to [#restore].
    public byte[] state() {
        try (var _ = Scope.open("state")) {
            Tensor state = Tensor.of(raw.get_state());
            return state.memory().toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /// Goes back to a state that [#state] gave.
    ///
    /// @throws IllegalArgumentException if the bytes are no such state
    public void restore(byte[] state) {
        try (var _ = Scope.open("restore")) {
            Tensor bytes = Tensor.empty(Dtype.UINT8, Device.CPU, state.length);
            MemorySegment.copy(state, 0, bytes.memory(), ValueLayout.JAVA_BYTE, 0, state.length);
            try {
                raw.set_state(bytes.raw());
            } catch (RuntimeException e) {
                throw new IllegalArgumentException(
                        state.length + " bytes that are no generator state", e);
            }
        }
    }

    /// Frees the native state.
    @Override
    public void close() {
        raw.releaseReference();
    }
}
