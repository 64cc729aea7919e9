package dev.attune.bench;

import dev.attune.format.GgmlFloats;
import dev.attune.format.GgmlType;
import dev.attune.format.GgufFile;
import dev.attune.format.GgufTensor;
import dev.attune.format.GgufTensorSpec;
import dev.attune.format.GgufValue;
import dev.attune.format.GgufWriter;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// The work of `llama-quantize` and nothing else: a GGUF file of floats becomes one of blocks.
///
/// @param from the file of floats
/// @param types the type of each tensor of the new file, and their order
/// @param threads how many round side by side
record GgufRounding(Path from, List<GgufTensorSpec> types, int threads) {
    private static final int PIECE = 1 << 18;

    /// The work whose outcome has the tensors of another file, in their types.
    static GgufRounding like(Path other, Path from, int threads) {
        try (GgufFile file = GgufFile.open(other)) {
            List<GgufTensorSpec> types =
                    file.tensors().values().stream()
                            .map(t -> new GgufTensorSpec(t.name(), t.type(), t.shape()))
                            .toList();
            return new GgufRounding(from, types, threads);
        }
    }

    /// Writes the new file.
    void write(Path to) {
        Map<String, GgufValue> pairs = Map.of("general.architecture", new GgufValue.Text("llama"));
        try (GgufFile source = GgufFile.open(from);
                GgufWriter writer = GgufWriter.create(to, pairs, types);
                ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (GgufTensorSpec spec : types) {
                round(source, spec, writer, pool);
            }
            writer.finish();
        }
    }

    private void round(
            GgufFile source, GgufTensorSpec spec, GgufWriter writer, ExecutorService pool) {
        GgufTensor tensor = Objects.requireNonNull(source.tensors().get(spec.name()), spec.name());
        MemorySegment bytes = source.bytes(tensor);
        long total = tensor.elementCount();
        List<Future<byte[]>> pieces = new ArrayList<>();
        for (long from = 0; from < total; from += PIECE) {
            int count = (int) Math.min(PIECE, total - from);
            MemorySegment piece =
                    bytes.asSlice(tensor.type().byteLength(from), tensor.type().byteLength(count));
            pieces.add(pool.submit(() -> rounded(tensor.type(), piece, count, spec.type())));
        }
        pieces.forEach(piece -> writer.append(spec.name(), MemorySegment.ofArray(done(piece))));
    }

    private static byte[] rounded(GgmlType from, MemorySegment piece, int count, GgmlType to) {
        float[] values = new float[count];
        GgmlFloats.decode(from, piece, values);
        byte[] rounded = new byte[Math.toIntExact(to.byteLength(count))];
        GgmlFloats.encode(to, values, 0, count, rounded, 0);
        return rounded;
    }

    private static byte[] done(Future<byte[]> piece) {
        try {
            return piece.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /// How many tensors of two files are the same, type and bytes.
    static int same(Path one, Path other) {
        try (GgufFile a = GgufFile.open(one);
                GgufFile b = GgufFile.open(other)) {
            int same = 0;
            for (GgufTensor tensor : a.tensors().values()) {
                GgufTensor there = b.tensors().get(tensor.name());
                if (there != null
                        && there.type() == tensor.type()
                        && a.bytes(tensor).mismatch(b.bytes(there)) < 0) {
                    same++;
                }
            }
            return same;
        }
    }

    /// The number of a file's mix.
    static int fileType(Path file) {
        try (GgufFile gguf = GgufFile.open(file)) {
            return Math.toIntExact(gguf.metadata().whole("general.file_type").orElseThrow());
        }
    }
}
