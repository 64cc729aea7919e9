package dev.attune.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;

import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/// Loading takes the memory of the weights in their final type, and at no time that of a copy.
class LoadMemoryTest {
    /// What the Java side and the allocator may take on the way.
    private static final long SLACK_BYTES = 40L << 20;

    private static final byte[] KEY = "RssAnon:".getBytes(StandardCharsets.US_ASCII);

    /// Two matrices of 49152 by 512 hold nearly all of the 201 MB, so a copy of either would show.
    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    @EnabledOnOs(OS.LINUX)
    void loadingPeaksAtTheSizeOfTheWeights(Dtype dtype, @TempDir Path folder, @TempDir Path small) {
        long rows = 49152;
        long width = 512;
        TinyCheckpoint.llama()
                .key("vocab_size", String.valueOf(rows))
                .key("hidden_size", String.valueOf(width))
                .key("head_dim", "4")
                .widened(width)
                .with("model.embed_tokens", rows, width)
                .with("lm_head", rows, width)
                .zeros()
                .write(folder);
        long weightBytes = 2 * rows * width * dtype.elementBytes();
        // The first use of libtorch brings its own tables into memory.
        Decoder.load(TinyCheckpoint.llama().write(small), dtype, Device.CPU).close();
        long before = anonymousBytes();
        AtomicBoolean loaded = new AtomicBoolean();
        CompletableFuture<Long> peak = CompletableFuture.supplyAsync(() -> peakUntil(loaded));
        try (Decoder decoder = Decoder.load(folder, dtype, Device.CPU)) {
            loaded.set(true);
            assertThat(decoder.dtype()).isEqualTo(dtype);
            assertThat(peak.join() - before).isLessThan(weightBytes + SLACK_BYTES);
            assertThat(anonymousBytes() - before).isGreaterThan(weightBytes / 2);
        } finally {
            loaded.set(true);
        }
    }

    private static long peakUntil(AtomicBoolean stop) {
        try (RandomAccessFile status = new RandomAccessFile("/proc/self/status", "r")) {
            byte[] text = new byte[8192];
            long peak = anonymousBytes(status, text);
            while (!stop.get()) {
                peak = Math.max(peak, anonymousBytes(status, text));
            }
            return Math.max(peak, anonymousBytes(status, text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long anonymousBytes() {
        AtomicBoolean once = new AtomicBoolean(true);
        return peakUntil(once);
    }

    /// Memory of this process that is no mapped file. Makes no objects: what it measures includes
    /// the Java heap.
    private static long anonymousBytes(RandomAccessFile status, byte[] text) throws IOException {
        status.seek(0);
        int length = status.read(text);
        int at = 0;
        while (!begins(text, at)) {
            if (++at + KEY.length > length) {
                throw new IllegalStateException("/proc/self/status has no RssAnon");
            }
        }
        long kilobytes = 0;
        for (at += KEY.length; text[at] != '\n'; at++) {
            boolean digit = text[at] >= '0' && text[at] <= '9';
            kilobytes = digit ? 10 * kilobytes + text[at] - '0' : kilobytes;
        }
        return kilobytes << 10;
    }

    private static boolean begins(byte[] text, int at) {
        for (int i = 0; i < KEY.length; i++) {
            if (text[at + i] != KEY[i]) {
                return false;
            }
        }
        return true;
    }
}
