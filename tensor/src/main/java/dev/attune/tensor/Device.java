package dev.attune.tensor;

import org.bytedeco.pytorch.global.torch.DeviceType;

/// Where a tensor lives and its work is done.
///
/// @param kind the sort of processor
/// @param index which of them, from 0
public record Device(Kind kind, int index) {
    /// The sorts of processor.
    public enum Kind {
        CPU,
        CUDA
    }

    /// The processor of this machine.
    public static final Device CPU = new Device(Kind.CPU, 0);

    /// Checks the index.
    public Device {
        if (index < 0 || (kind == Kind.CPU && index > 0)) {
            throw new IllegalArgumentException("no device " + kind + ":" + index);
        }
    }

    /// The NVIDIA GPU of that index.
    public static Device cuda(int index) {
        return new Device(Kind.CUDA, index);
    }

    /// Whether this is a GPU.
    public boolean isCuda() {
        return kind == Kind.CUDA;
    }

    org.bytedeco.pytorch.Device raw() {
        return switch (kind) {
            case CPU -> new org.bytedeco.pytorch.Device(DeviceType.CPU);
            case CUDA -> new org.bytedeco.pytorch.Device(DeviceType.CUDA, (byte) index);
        };
    }

    /// PyTorch's spelling: `cpu`, `cuda:1`.
    @Override
    public String toString() {
        return switch (kind) {
            case CPU -> "cpu";
            case CUDA -> "cuda:" + index;
        };
    }
}
