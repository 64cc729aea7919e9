package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// What was being written is gone, however the process ends.
class TemporaryFileTest {
    @TempDir private Path folder = Path.of("");

    @Test
    void deletesWhatWasBeingWrittenWhenTheProcessIsStopped() throws Exception {
        Process writing =
                new ProcessBuilder(
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "-XX:TieredStopAtLevel=1",
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        Writing.class.getName(),
                                        folder.resolve("out.jsonl").toString()))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        assertThat(writing.inputReader().readLine()).isEqualTo("begun");
        assertThat(names()).singleElement().asString().startsWith(".out.jsonl.");

        // Unlike Process.destroy this leaves its input open, which would end it in good order.
        assertThat(writing.toHandle().destroy()).isTrue();

        assertThat(writing.waitFor()).isEqualTo(143);
        assertThat(names()).isEmpty();
    }

    @Test
    void leavesAWholeFileAloneAndNothingBesideIt() throws IOException {
        Path target = folder.resolve("whole.jsonl");
        try (RowsFile rows = RowsFile.create(target)) {
            rows.finish();
        }
        try (RowsFile rows = RowsFile.create(folder.resolve("given up.jsonl"))) {
            assertThat(rows.rows()).isZero();
        }

        assertThat(names()).containsExactly("whole.jsonl");
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    /// Begins a file, and waits until it is stopped.
    static final class Writing {
        private Writing() {}

        public static void main(String[] arguments) throws IOException {
            try (RowsFile rows = RowsFile.create(Path.of(arguments[0]))) {
                System.out.println("begun");
                int _ = System.in.read();
                rows.finish();
            }
        }
    }
}
