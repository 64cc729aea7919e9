package dev.attune.testkit;

import org.junit.jupiter.api.Assumptions;

import java.nio.file.Files;
import java.nio.file.Path;

/// The folder of real checkpoints, tokenizers and reference outputs that stands beside the checkout
/// on machines that have it. A test that needs it is skipped, with a message, where it is absent.
public final class SharedData {
    private SharedData() {}

    /// A path below the data folder, which must exist once the folder itself does.
    ///
    /// @throws IllegalStateException if the folder is there but the path is not
    public static Path path(String relative) {
        Path data = root();
        Assumptions.assumeTrue(
                Files.isDirectory(data),
                () -> "skipped: no reference data at " + data + " (see CONTRIBUTING.md)");
        Path file = data.resolve(relative);
        if (!Files.exists(file)) {
            throw new IllegalStateException("the reference data lacks " + file);
        }
        return file;
    }

    /// Whether the folder is there.
    public static boolean present() {
        return Files.isDirectory(root());
    }

    private static Path root() {
        String shared = System.getProperty("attune.shared", "../shared");
        return Path.of(shared, "data").toAbsolutePath().normalize();
    }
}
