package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.base.AttuneException;
import dev.attune.base.ErrorKind;
import dev.attune.text.TokenSequence;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

class TokenCacheTest {
    private static final byte[] GOOD = CraftedCache.good();

    @TempDir Path folder;

    @Test
    void readsBackWhatWasWritten() throws Exception {
        Path path = Files.write(folder.resolve("c"), GOOD);

        try (TokenCache cache = TokenCache.open(path, CraftedCache.KEY, CraftedCache.FILES)) {
            assertThat(cache.rows()).isEqualTo(3);
            assertThat(cache.key()).isEqualTo(CraftedCache.KEY);
            assertThat(cache.tokens()).isEqualTo(75);
            assertThat(cache.row(0).ids()).containsExactly('h', 'e', 'l', 'l', 'o');
            assertThat(cache.row(0).trainedTokens()).isEqualTo(2);
            assertThat(cache.trainedTokens(0)).isEqualTo(2);
            assertThat(cache.length(1)).isZero();
            assertThat(cache.row(2).length()).isEqualTo(70);
            assertThat(cache.row(2).isTrained(69)).isTrue();
            assertThat(cache.row(2).isTrained(68)).isFalse();
            assertThat(cache.notes(2)).containsExactly("asks", "has ?" + "y".repeat(69));
            assertThat(cache.origin(2)).isEqualTo(new Origin(Path.of("b.jsonl"), 1, 0));
            assertThatThrownBy(() -> cache.row(3))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessage("row 3 of 3");
        }
    }

    @Test
    void knowsEachWayInWhichAFileIsNoUsableCache() throws Exception {
        byte[] good = GOOD;

        assertFault(new byte[0], CacheFault.Kind.CUT_SHORT, "the file has 0 bytes, less than its");
        assertFault(
                Rows.bytes("{\"a\":1}"), CacheFault.Kind.NO_CACHE, "the file is no token cache");
        assertFault(Arrays.copyOf(good, 100), CacheFault.Kind.CUT_SHORT, "the file has 100 bytes");
        assertFault(
                Arrays.copyOf(good, good.length - 1),
                CacheFault.Kind.CUT_SHORT,
                "the file has %d bytes of %d".formatted(good.length - 1, good.length));
        assertFault(
                Arrays.copyOf(good, good.length + 1),
                CacheFault.Kind.DAMAGED,
                "the sizes in the header contradict one another");
        assertFault(
                with(good, 8, 1), CacheFault.Kind.TOO_OLD, "the file has version 1, older than");
        assertFault(
                with(good, 8, 3), CacheFault.Kind.TOO_NEW, "the file has version 3, newer than");
        assertFault(
                with(good, 60, 1), CacheFault.Kind.DAMAGED, "the checksum of the header is wrong");
        assertFault(
                with(good, 160, 1),
                CacheFault.Kind.DAMAGED,
                "the checksum of the content is wrong");
        Path path = Files.write(folder.resolve("c"), good);
        assertThatThrownBy(() -> TokenCache.open(path, "cd".repeat(32), CraftedCache.FILES))
                .isInstanceOfSatisfying(
                        CacheFault.class,
                        e -> assertThat(e.kind()).isEqualTo(CacheFault.Kind.STALE));
        assertThatThrownBy(() -> TokenCache.open(folder.resolve("no"), "k", CraftedCache.FILES))
                .isInstanceOfSatisfying(
                        CacheFault.class,
                        e -> assertThat(e.kind()).isEqualTo(CacheFault.Kind.ABSENT));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "56, 2, the sizes in the header contradict one another",
        "64, 74, the sums of the rows differ from the header",
        "80, 120, the sizes in the header contradict one another",
        "88, 1, the number of data files is 1",
        "128, 2, row 0 contradicts itself",
        "132, -8, row 0 contradicts itself",
        "136, 0, row 0 contradicts itself",
        "176, 255, row 0 contradicts itself",
    })
    void refusesWrongContentUnderARightChecksum(int at, int value, String what) throws Exception {
        byte[] wrong = with(GOOD, at, value);

        assertFault(CraftedCache.repaired(wrong), CacheFault.Kind.DAMAGED, what);
    }

    @Property(tries = 2000)
    void refusesAnyChangedByte(@ForAll int at, @ForAll byte value) {
        byte[] cache = GOOD.clone();
        int place = Math.floorMod(at, cache.length);
        if (cache[place] == value) {
            return;
        }
        cache[place] = value;

        assertThatThrownBy(() ->
                        TokenCache.checked(
                                        Arena.ofShared(),
                                        MemorySegment.ofArray(cache),
                                        CraftedCache.FILES)
                                .close())
                .isInstanceOf(CacheFault.class);
    }

    @Test
    void replacesAStaleOrDamagedFileOfItsName() throws Exception {
        Path data = Files.writeString(folder.resolve("a.jsonl"), "{\"text\":\"ab\"}");
        TokenJob job = new TokenJob(List.of(data), new ByteEncoder("k"), Map.of(), folder, 1);
        TokenisedData first = TokenisedData.open(job, Progress.SILENT);
        first.cache().close();
        byte[] right = Files.readAllBytes(first.path());
        for (byte[] wrong : List.of(GOOD, new byte[9], with(right, 8, 9))) {
            Files.write(first.path(), wrong);
            TokenisedData again = TokenisedData.open(job, Progress.SILENT);
            again.cache().close();

            assertThat(again.builtBecause()).as("reason to build").isPresent();
            assertThat(Files.readAllBytes(first.path())).isEqualTo(right);
        }
    }

    @Test
    void saysThatTheDiskIsFullAndLeavesNothingBehind() {
        for (long room : new long[] {0, 1000, 1 << 20}) {
            CraftedCache.Memory disk = CraftedCache.Memory.of(room);
            Path target = Path.of("c.tokens");
            try (var writer = new TokenCacheWriter(target, CraftedCache.KEY, 2, disk)) {
                assertThatThrownBy(
                                () -> {
                                    for (int i = 1; i < 3000; i++) {
                                        CraftedCache.add(writer, 0, i, "x".repeat(300));
                                    }
                                    writer.finish();
                                })
                        .isInstanceOfSatisfying(
                                AttuneException.class,
                                e -> assertThat(e.kind()).isEqualTo(ErrorKind.RESOURCES))
                        .hasMessageStartingWith(
                                "The disk is full: No space left on device.\n  at   c.tokens");
            }
            assertThat(disk.isPublished()).as("published").isFalse();
            assertThat(disk.isClosed()).as("closed").isTrue();
        }
    }

    @Test
    void deletesAFileThatIsNotFinished() throws IOException {
        try (TokenCacheWriter writer =
                TokenCacheWriter.create(folder.resolve("c"), CraftedCache.KEY, 2)) {
            CraftedCache.add(writer, 0, 1, "abc");
        }

        try (var files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    /// One row of 540 million zeros, of which the file system holds nothing, and one after it.
    @Test
    void readsRowsBeyondTwoGibibytes() throws Exception {
        Path path = folder.resolve("large");
        int zeros = 540_000_000;
        long second =
                CacheHeader.BYTES
                        + TokenCache.ROW_HEADER_BYTES
                        + TokenCache.idBytes(zeros)
                        + 8L * TokenCache.words(zeros);
        long index = second + TokenCache.ROW_HEADER_BYTES + 8 + 8;
        long end = index + 2 * TokenCache.ENTRY_BYTES;
        try (FileChannel file =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.SPARSE)) {
            ByteBuffer tail = little(72);
            tail.putInt(1).putInt(0).putLong(7).putLong(6).putInt(11).putInt(12).putLong(2);
            tail.putLong(CacheHeader.BYTES).putLong(zeros).putLong(second).putLong(2 | (1L << 32));
            file.write(tail.flip(), second);
            ByteBuffer first = little(24).putInt(0).putInt(0).putLong(1).putLong(0).flip();
            file.write(first, CacheHeader.BYTES);
            CRC32C checksum = new CRC32C();
            checksum.update(first.rewind());
            ByteBuffer nothing = ByteBuffer.allocateDirect(1 << 20);
            long start = CacheHeader.BYTES + TokenCache.ROW_HEADER_BYTES;
            for (long at = start; at < second; at += nothing.capacity()) {
                long part = Math.min(nothing.capacity(), second - at);
                checksum.update(nothing.clear().limit((int) part));
            }
            checksum.update(tail.rewind());
            CacheHeader header =
                    new CacheHeader(
                            CraftedCache.KEY,
                            end,
                            2,
                            zeros + 2L,
                            1,
                            0,
                            index,
                            2,
                            checksum.getValue());
            file.write(header.bytes(), 0);
        }

        try (TokenCache cache = TokenCache.open(path, CraftedCache.KEY, CraftedCache.FILES)) {
            TokenSequence row = cache.row(1);
            assertThat(second).as("start of the row").isGreaterThan(1L << 31);
            assertThat(row.labels()).containsExactly(-100, 12);
            assertThat(cache.origin(1)).isEqualTo(new Origin(Path.of("b.jsonl"), 7, 6));
            assertThat(cache.length(0)).isEqualTo(zeros);
        }
    }

    @Test
    void refusesANoteOfSeveralLines() {
        TokenSequence none = new TokenSequence(new int[0], new BitSet());

        assertThatThrownBy(() -> new EncodedRow(none, List.of("a\nb")))
                .hasMessageStartingWith("a note must be one line");
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] with(byte[] cache, int at, int value) {
        byte[] changed = cache.clone();
        ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
        return changed;
    }

    private void assertFault(byte[] bytes, CacheFault.Kind kind, String what) throws IOException {
        Path path = Files.write(folder.resolve("c"), bytes);
        assertThatThrownBy(() -> TokenCache.open(path, CraftedCache.KEY, CraftedCache.FILES))
                .isInstanceOfSatisfying(
                        CacheFault.class,
                        e -> {
                            assertThat(e.what()).startsWith(what);
                            assertThat(e.kind()).isEqualTo(kind);
                        });
    }
}
