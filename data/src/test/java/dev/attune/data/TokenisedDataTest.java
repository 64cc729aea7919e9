package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.base.AttuneException;
import dev.attune.base.ErrorKind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

class TokenisedDataTest {
    private static final RowEncoder ENCODER = new ByteEncoder("bytes 1");

    @TempDir Path folder;

    @Test
    void tokenisesOnceAndTakesTheCacheAfterwards() throws IOException {
        Path data = write("a.jsonl", "{\"text\":\"ab\"}\n\n{\"text\":\"?\"}\n");
        TokenJob job = job(ENCODER, data);

        try (TokenCache cache = openBuilt(job, CacheFault.Kind.ABSENT)) {
            assertThat(cache.rows()).isEqualTo(2);
            assertThat(cache.tokens()).isEqualTo(3);
            assertThat(cache.trainedTokens()).isEqualTo(1);
            assertThat(cache.row(0).ids()).containsExactly('a', 'b');
            assertThat(cache.row(0).labels()).containsExactly(-100, 'b');
            assertThat(cache.origin(1)).isEqualTo(new Origin(data, 3, 1));
            assertThat(cache.notes(0)).isEmpty();
            assertThat(cache.notes(1)).containsExactly("asks", "has ?");
        }
        try (TokenCache cache = openKept(job)) {
            assertThat(cache.row(1).ids()).containsExactly('?');
        }
    }

    @Test
    void takesTheCacheOfAFileThatWasMovedAndNamesItsNewPlace() throws IOException {
        Path data = write("a.jsonl", "{\"text\":\"ab\"}");
        openBuilt(job(ENCODER, data), CacheFault.Kind.ABSENT).close();
        Path moved = Files.move(data, folder.resolve("b.jsonl"));

        try (TokenCache cache = openKept(job(ENCODER, moved))) {
            assertThat(cache.origin(0).file()).isEqualTo(moved);
        }
    }

    @Test
    void buildsAnewWhenDataEncoderOrSettingsChange() throws IOException {
        Path data = write("a.jsonl", "{\"text\":\"ab\"}");
        openBuilt(job(ENCODER, data), CacheFault.Kind.ABSENT).close();

        openBuilt(job(new ByteEncoder("bytes 2"), data), CacheFault.Kind.ABSENT).close();
        Map<String, String> settings = Map.of("a", "b");
        openBuilt(
                        new TokenJob(List.of(data), ENCODER, settings, folder.resolve("c"), 2),
                        CacheFault.Kind.ABSENT)
                .close();
        openBuilt(job(ENCODER, data, data), CacheFault.Kind.ABSENT).close();
        write("a.jsonl", "{\"text\":\"ac\"}");
        openBuilt(job(ENCODER, data), CacheFault.Kind.ABSENT).close();
        assertThat(names(folder.resolve("c"))).hasSize(5);
    }

    @Test
    void tellsEveryFaultyRowTogetherAndLeavesNothingBehind() throws IOException {
        Path data = write("a.jsonl", "{\"text\":\"!\"}\n{\"txt\":3}\n{\"text\":\"ok\"}\n{");

        assertThatThrownBy(() -> TokenisedData.open(job(ENCODER, data), Progress.SILENT))
                .hasMessageStartingWith("Cannot tokenise a.jsonl: 3 problems.")
                .hasMessageContaining("The text shouts.\n    at   " + data + ":1")
                .hasMessageContaining(data + ":2")
                .hasMessageContaining(data + ":4");
        assertThat(names(folder.resolve("c"))).isEmpty();
    }

    @Test
    void refusesDataWithoutRows() throws IOException {
        Path data = write("a.json", "[]");

        assertThatThrownBy(() -> TokenisedData.open(job(ENCODER, data), Progress.SILENT))
                .hasMessageStartingWith("The data has no rows.");
    }

    @Test
    void refusesDataThatChangesWhileItIsRead() throws IOException {
        Path data = write("a.jsonl", "{\"text\":\"ab\"}");
        Progress appending = _ -> append(data);

        assertThatThrownBy(() -> TokenisedData.open(job(ENCODER, data), appending))
                .hasMessageStartingWith("The file was changed while it was being read.");
        assertThat(names(folder.resolve("c"))).isEmpty();
    }

    @Test
    void keepsTheOrderOfTheDataOnAnyNumberOfThreads() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 2000; i++) {
            text.append("{\"text\":\"").append("x".repeat(i * 31 % 400)).append("\"}\n");
        }
        Path data = write("a.jsonl", text.toString());
        List<byte[]> caches = new ArrayList<>();
        for (int threads : new int[] {1, 2, 7}) {
            Path to = folder.resolve("t" + threads);
            List<Long> done = new ArrayList<>();
            TokenJob job = new TokenJob(List.of(data), ENCODER, Map.of(), to, threads);
            TokenisedData opened = TokenisedData.open(job, done::add);
            opened.cache().close();
            caches.add(Files.readAllBytes(opened.path()));
            assertThat(done).as("progress").isSorted().endsWith(2000L);
        }

        assertThat(caches.get(1)).as("with 2 threads").isEqualTo(caches.get(0));
        assertThat(caches.get(2)).as("with 7 threads").isEqualTo(caches.get(0));
    }

    @Test
    void holdsNoMoreRowsThanItsWindow() throws IOException {
        Path data = write("a.jsonl", "{\"text\":\"x\"}\n".repeat(5000));
        AtomicInteger encoded = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger written = new AtomicInteger();
        RowEncoder counting =
                new RowEncoder() {
                    @Override
                    public EncodedRow encode(Example example) {
                        encoded.incrementAndGet();
                        return ENCODER.encode(example);
                    }

                    @Override
                    public String key() {
                        return "counting";
                    }
                };
        try (ExampleStream examples = ExampleStream.open(List.of(data))) {
            new ParallelEncoding(counting, 2)
                    .encode(
                            examples,
                            (_, _, _) ->
                                    most.accumulateAndGet(
                                            encoded.get() - written.getAndIncrement(), Math::max),
                            Progress.SILENT);
        }

        assertThat(written.get()).isEqualTo(5000);
        assertThat(most.get())
                .as("rows encoded but not written")
                .isLessThanOrEqualTo(2 * ParallelEncoding.WINDOW_PER_THREAD);
    }

    @Test
    void namesTheRowAtWhichAnEncoderIsAtFault() throws IOException {
        Path data = write("a.jsonl", "{\"text\":\"x\"}");
        RowEncoder broken =
                new RowEncoder() {
                    @Override
                    public EncodedRow encode(Example example) {
                        throw new IllegalStateException("oops");
                    }

                    @Override
                    public String key() {
                        return "broken";
                    }
                };

        assertThatThrownBy(() -> TokenisedData.open(job(broken, data), Progress.SILENT))
                .isInstanceOfSatisfying(
                        AttuneException.class,
                        e -> assertThat(e.kind()).isEqualTo(ErrorKind.INTERNAL))
                .hasMessageContaining(data + ":1");
    }

    @Test
    void letsSeveralBuildTheSameCacheAtOnce() throws Exception {
        Path data = write("a.jsonl", "{\"text\":\"some text\"}\n".repeat(3000));
        List<Callable<Integer>> builds = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            builds.add(() -> {
                TokenJob job = job(ENCODER, data);
                try (TokenCache cache = TokenisedData.open(job, Progress.SILENT).cache()) {
                    return cache.rows();
                }
            });
        }
        try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
            for (Future<Integer> rows : pool.invokeAll(builds)) {
                assertThat(rows.get()).isEqualTo(3000);
            }
        }
        assertThat(names(folder.resolve("c"))).as("files of the cache").hasSize(1);
    }

    private TokenJob job(RowEncoder encoder, Path... files) {
        return new TokenJob(List.of(files), encoder, Map.of(), folder.resolve("c"), 2);
    }

    private static TokenCache openBuilt(TokenJob job, CacheFault.Kind because) {
        TokenisedData opened = TokenisedData.open(job, Progress.SILENT);
        assertThat(opened.builtBecause()).map(CacheFault::kind).contains(because);
        return opened.cache();
    }

    private static TokenCache openKept(TokenJob job) {
        TokenisedData opened = TokenisedData.open(job, Progress.SILENT);
        assertThat(opened.builtBecause()).as("reason to build").isEmpty();
        return opened.cache();
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static void append(Path file) {
        try {
            Files.writeString(file, Files.readString(file) + "\n");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }
}
