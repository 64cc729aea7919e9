package dev.attune.tensor;

import org.bytedeco.pytorch.global.torch;

/// What the native library underneath has to work with. Reading it loads the library.
///
/// @param version the release of the binding and of libtorch: `2.10.0-1.5.13`
/// @param threads how many threads a kernel uses
/// @param cpuCapability the widest vector instructions it uses: `AVX512`
/// @param multipliesBfloat16Fast whether products of bfloat16 matrices take less time here than
///   those of float32; where not, large ones are made in float32
/// @param cudaDevices how many NVIDIA GPUs it can use; 0 with the CPU library
public record Libtorch(
        String version,
        int threads,
        String cpuCapability,
        boolean multipliesBfloat16Fast,
        int cudaDevices) {
    /// The facts of this process.
    public static Libtorch here() {
        try (var _ = Scope.open("libtorch")) {
            String version = torch.class.getPackage().getImplementationVersion();
            return new Libtorch(
                    version == null ? "unknown" : version,
                    torch.get_num_threads(),
                    torch.get_cpu_capability().getString(),
                    Cpu.here().multipliesBfloat16Fast(),
                    torch.cuda_is_available() ? torch.cuda_device_count() : 0);
        }
    }
}
