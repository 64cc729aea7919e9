package dev.attune.export;

import static org.assertj.core.api.Assumptions.assumeThat;

import dev.attune.testkit.LlamaCpp;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// The llama.cpp that the test class path brings (b4916), called through its C interface. Through
/// its Java interface it tells no probabilities ([SpokenLlamaCpp]).
final class BundledLlamaCpp {
    private BundledLlamaCpp() {}

    /// Loads it; skips the test where there is no build for this machine.
    ///
    /// @param folder for the library's file
    static LlamaCpp open(Path folder) throws IOException {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String machine = System.getProperty("os.arch", "");
        String resource =
                "/de/kherud/llama/%s/%s/%s"
                        .formatted(
                                system.startsWith("linux")
                                        ? "Linux"
                                        : system.startsWith("mac") ? "Mac" : "Windows",
                                machine.equals("amd64") ? "x86_64" : machine,
                                System.mapLibraryName("jllama"));
        try (InputStream in = SpokenLlamaCpp.class.getResourceAsStream(resource)) {
            assumeThat(in).as("llama.cpp for this machine, " + resource).isNotNull();
            Path file = folder.resolve(System.mapLibraryName("jllama"));
            if (!Files.exists(file)) {
                Files.copy(in, file);
            }
            return LlamaCpp.open(file);
        }
    }
}
