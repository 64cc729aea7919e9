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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/// Loading takes the memory of the weights in their final type, and at no time that of a copy.
class LoadMemoryTest {
    /// What the Java side and the allocator may take on the way.
    private static final long SLACK_BYTES = 40L << 20;

    /// Two matrices of 49152 by 512 hold nearly all of the 201 MB, so a copy of either would show.
    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    @EnabledOnOs(OS.LINUX)
    void loadingPeaksAtTheSizeOfTheWeights(Dtype dtype, @TempDir Path folder) {
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
        long peak = anonymousBytes();
        while (!stop.get()) {
            peak = Math.max(peak, anonymousBytes());
        }
        return Math.max(peak, anonymousBytes());
    }

    /// Memory of this process that is no mapped file.
    private static long anonymousBytes() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("RssAnon:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) << 10;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new IllegalStateException("/proc/self/status has no RssAnon");
    }
}
