package dev.attune.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What stands where llama.cpp is looked for and is none. What it computes is tested by `export`.
class LlamaCppTest {
    @TempDir private Path folder;

    @Test
    void saysWhereNoLibraryLies() {
        assertThatThrownBy(() -> LlamaCpp.open(folder))
                .hasMessageContaining("There is no llama.cpp: No libllama.so, libllama.dylib")
                .hasMessageContaining(folder.toString())
                .hasMessageContaining("-DBUILD_SHARED_LIBS=ON");
        assertThatThrownBy(() -> LlamaCpp.open(folder.resolve("build")))
                .hasMessageContaining("There is no such file or folder.");
    }

    @Test
    void refusesWhatIsNoLibrary() throws IOException {
        Path file = Files.writeString(folder.resolve("libllama.so"), "text");
        assertThatThrownBy(() -> LlamaCpp.open(folder))
                .hasMessageContaining("Cannot load the library")
                .hasMessageContaining(file.toString())
                .hasMessageContaining("ldd");
    }

    @Test
    void namesTheFunctionsThatALibraryLacks() {
        Path home = Path.of(System.getProperty("java.home"));
        Path other =
                home.resolve(home.getFileSystem().getSeparator().equals("\\") ? "bin" : "lib")
                        .resolve(System.mapLibraryName("java"));
        assertThatThrownBy(() -> LlamaCpp.open(other))
                .hasMessageContaining("The library lacks llama_backend_init, llama_log_set,")
                .hasMessageContaining("this llama.cpp is too old or too new");
    }
}
