package dev.attune.export;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;
import dev.attune.export.GgufTensorMap.Entry;
import dev.attune.format.GgmlFloats;
import dev.attune.format.GgmlType;
import dev.attune.format.GgufFile;
import dev.attune.format.GgufTensor;
import dev.attune.format.IoFault;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads an importance matrix that llama.cpp wrote: the older `.dat`, or GGUF.
///
/// ```
/// .dat    i32 entries, then for each: i32 length, name, i32 calls, i32 columns, f32 × columns
/// .gguf   NAME.in_sum2 (E, columns) sums of squares, NAME.counts (E, 1) how many inputs
/// ```
///
/// The numbers of `.dat` are means times `calls`. Names are those of GGUF tensors; the columns of
/// several experts stand one after the other.
final class ImportanceFile {
    private static final String SUMS = ".in_sum2";
    private static final String COUNTS = ".counts";

    private final Path path;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final ImportanceMatrix matrix = new ImportanceMatrix();

    private ImportanceFile(Path path, GgufTensorMap map) {
        this.path = path;
        map.entries().forEach(entry -> entries.put(entry.gguf(), entry));
    }

    /// @param map the tensors of the model that it is for
    /// @throws AttuneException of kind USER if it is damaged, or of another model
    static ImportanceMatrix read(Path path, GgufTensorMap map) {
        ImportanceFile file = new ImportanceFile(path, map);
        if (file.isGguf()) {
            file.readGguf();
        } else {
            file.readDat();
        }
        if (file.matrix.size() == 0) {
            throw file.damaged("It tells of no tensor.");
        }
        return file.matrix;
    }

    private boolean isGguf() {
        try (var in = Files.newInputStream(path)) {
            byte[] magic = in.readNBytes(4);
            return Arrays.equals(magic, "GGUF".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw IoFault.reading(path, e);
        }
    }

    private void readDat() {
        ByteBuffer in;
        try {
            in = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw IoFault.reading(path, e);
        }
        int count = number(in);
        for (int i = 0; i < count; i++) {
            byte[] name = new byte[length(in, 1)];
            in.get(name);
            int calls = Math.max(1, number(in));
            float[] values = new float[length(in, Float.BYTES)];
            for (int j = 0; j < values.length; j++) {
                values[j] = in.getFloat();
            }
            add(new String(name, StandardCharsets.UTF_8), values, new float[] {calls});
        }
    }

    private int number(ByteBuffer in) {
        if (in.remaining() < Integer.BYTES) {
            throw damaged("It ends too early.");
        }
        return in.getInt();
    }

    /// How many elements follow, which must be there.
    private int length(ByteBuffer in, int elementBytes) {
        int number = number(in);
        int most = in.remaining() / elementBytes;
        if (number < 0 || number > most) {
            throw damaged(
                    "Found %d at byte %d, expected at most %d."
                            .formatted(number, in.position() - Integer.BYTES, most));
        }
        return number;
    }

    private void readGguf() {
        try (GgufFile file = GgufFile.open(path)) {
            for (String name : file.tensors().keySet()) {
                if (name.endsWith(SUMS)) {
                    String weight = name.substring(0, name.length() - SUMS.length());
                    add(weight, floats(file, name), floats(file, weight + COUNTS));
                }
            }
        }
    }

    private float[] floats(GgufFile file, String name) {
        GgufTensor tensor = file.tensors().get(name);
        if (tensor == null || tensor.type() != GgmlType.F32) {
            throw damaged("It has no %s of type F32.".formatted(name));
        }
        float[] values = new float[Math.toIntExact(tensor.elementCount())];
        GgmlFloats.decode(tensor.type(), file.blocks(tensor), values);
        return values;
    }

    private void add(String name, float[] squares, float[] counts) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw damaged(
                    "It tells of %s, which the model does not have%s."
                            .formatted(
                                    name,
                                    Nearest.to(name, entries.keySet())
                                            .map(n -> " (nearest: " + n + ")")
                                            .orElse("")));
        }
        List<String> sources = entry.sources();
        int columns = squares.length / sources.size();
        boolean fits = columns * sources.size() == squares.length && counts.length > 0;
        boolean finite = true;
        for (float square : squares) {
            finite &= square >= 0 && square < Float.POSITIVE_INFINITY;
        }
        if (!fits || !finite) {
            throw damaged("What it tells of %s is no importance.".formatted(name));
        }
        for (int i = 0; i < sources.size(); i++) {
            float[] here = Arrays.copyOfRange(squares, i * columns, (i + 1) * columns);
            matrix.add(sources.get(i), here, counts[Math.min(i, counts.length - 1)]);
        }
    }

    private AttuneException damaged(String what) {
        return AttuneException.user("This is no importance matrix of the model. " + what)
                .at(path)
                .fix("Give the file that llama-imatrix wrote for this model, or --imatrix auto.");
    }
}
