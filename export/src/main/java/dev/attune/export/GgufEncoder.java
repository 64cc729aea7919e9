package dev.attune.export;

import dev.attune.format.GgmlFloats;
import dev.attune.format.GgmlType;
import dev.attune.tensor.Tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/// Rounds weights to a type of GGUF, on several threads, a piece at a time.
///
/// @param threads who rounds; the caller's
/// @param workers how many pieces are rounded side by side
record GgufEncoder(ExecutorService threads, int workers) {
    private static final int PIECE = 1 << 18;

    /// Gives the bytes of a weight, in order, to `sink`.
    ///
    /// @param weight contiguous, in float32, on the CPU
    void encode(Tensor weight, GgmlType type, Consumer<MemorySegment> sink) {
        MemorySegment floats = weight.memory();
        long total = weight.elements();
        for (long from = 0; from < total; from += (long) PIECE * workers) {
            List<Future<byte[]>> pieces = new ArrayList<>();
            for (int w = 0; w < workers; w++) {
                long at = from + (long) PIECE * w;
                if (at < total) {
                    pieces.add(threads.submit(piece(floats, at, total, type)));
                }
            }
            pieces.forEach(piece -> sink.accept(MemorySegment.ofArray(done(piece))));
        }
    }

    private static Callable<byte[]> piece(
            MemorySegment floats, long at, long total, GgmlType type) {
        int count = (int) Math.min(PIECE, total - at);
        return () -> {
            float[] values = new float[count];
            MemorySegment.copy(floats, ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * at, values, 0, count);
            byte[] bytes = new byte[Math.toIntExact(type.byteLength(count))];
            GgmlFloats.encode(type, values, 0, count, bytes, 0);
            return bytes;
        };
    }

    private static byte[] done(Future<byte[]> piece) {
        try {
            return piece.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while weights were rounded", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}
