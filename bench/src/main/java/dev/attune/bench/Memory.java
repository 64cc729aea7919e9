package dev.attune.bench;

import org.bytedeco.javacpp.Pointer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// How much memory this process has taken.
final class Memory {
    private Memory() {}

    /// The most it ever held, in MB of 10⁶ bytes; on systems that do not tell, what it holds now.
    static long peakMegabytes() {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return Pointer.physicalBytes() / 1_000_000;
        }
        try {
            return Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(
                            line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1_000_000)
                    .findFirst()
                    .orElseGet(() -> Pointer.physicalBytes() / 1_000_000);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
