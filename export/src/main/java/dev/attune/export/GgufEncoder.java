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
    /// @param importance how much each column counts; empty if all count the same
    void encode(Tensor weight, GgmlType type, float[] importance, Consumer<MemorySegment> sink) {
        MemorySegment floats = weight.memory();
        long total = weight.elements();
        // With columns that differ, a piece is made of whole rows.
        int row = Math.max(1, importance.length);
        int size = Math.max(1, PIECE / row) * row;
        Rounding rounding = new Rounding(type, importance);
        for (long from = 0; from < total; from += (long) size * workers) {
            List<Future<byte[]>> pieces = new ArrayList<>();
            for (int w = 0; w < workers; w++) {
                long at = from + (long) size * w;
                if (at < total) {
                    int count = (int) Math.min(size, total - at);
                    pieces.add(threads.submit(piece(floats, at, count, rounding)));
                }
            }
            pieces.forEach(piece -> sink.accept(MemorySegment.ofArray(done(piece))));
        }
    }

    private static Callable<byte[]> piece(
            MemorySegment floats, long at, int count, Rounding rounding) {
        return () -> {
            float[] values = new float[count];
            MemorySegment.copy(floats, ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * at, values, 0, count);
            return rounding.round(values);
        };
    }

    /// How values become bytes.
    private static final class Rounding {
        private final GgmlType type;
        private final float[] importance;

        Rounding(GgmlType type, float[] importance) {
            this.type = type;
            this.importance = importance;
        }

        byte[] round(float[] values) {
            byte[] bytes = new byte[Math.toIntExact(type.byteLength(values.length))];
            if (importance.length == 0) {
                GgmlFloats.encode(type, values, 0, values.length, bytes, 0);
            } else {
                GgmlFloats.encode(type, values, importance, bytes);
            }
            return bytes;
        }
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
