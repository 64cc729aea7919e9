package dev.attune.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.StringTokenizer;

/// What the processor says of itself, as far as it decides in which type products are fast.
///
/// Asked rather than timed, so that a run that goes on computes as the run that was stopped.
///
/// @param vendor `AuthenticAMD`, `GenuineIntel`, or empty where the system does not tell
/// @param flags the features: `avx512_bf16`
record Cpu(String vendor, Set<String> flags) {
    private static final Path LINUX = Path.of("/proc/cpuinfo");

    Cpu {
        flags = Set.copyOf(flags);
    }

    /// The processor of this machine.
    static Cpu here() {
        return Here.CPU;
    }

    private static final class Here {
        static final Cpu CPU = of(LINUX);
    }

    /// Reads Linux's description of the processors; an absent or unreadable one tells nothing.
    static Cpu of(Path description) {
        try {
            return of(Files.readAllLines(description));
        } catch (IOException _) {
            return new Cpu("", Set.of());
        }
    }

    private static Cpu of(List<String> lines) {
        String flags = value(lines, "flags");
        List<String> names = new ArrayList<>();
        new StringTokenizer(flags).asIterator().forEachRemaining(name -> names.add((String) name));
        return new Cpu(value(lines, "vendor_id"), Set.copyOf(names));
    }

    /// What stands behind the colon of the first line with this key.
    private static String value(List<String> lines, String key) {
        return lines.stream()
                .filter(line -> line.startsWith(key) && line.indexOf(':') >= 0)
                .filter(line -> line.substring(0, line.indexOf(':')).strip().equals(key))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("");
    }

    /// Whether a product of matrices of this type takes less time after turning them into float32.
    boolean multipliesFasterInFloat32(Dtype dtype) {
        return switch (dtype) {
            case BFLOAT16, FLOAT16 -> !multipliesBfloat16Fast();
            case FLOAT32, FLOAT64 -> false;
            case FLOAT8_E4M3, FLOAT8_E5M2, INT64, INT32, INT16, INT8, UINT8, BOOL -> false;
        };
    }

    /// Whether products of bfloat16 matrices take less time than those of float32. Matrix units
    /// make them several times as fast, AMD's vector units twice. Intel's have the instruction, but
    /// products take half as long again as in float32; without the instruction they take longer
    /// still.
    boolean multipliesBfloat16Fast() {
        return flags.contains("amx_bf16")
                || (vendor.equals("AuthenticAMD") && flags.contains("avx512_bf16"));
    }
}
