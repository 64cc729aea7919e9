package dev.attune.export;

import dev.attune.format.GgmlType;
import dev.attune.format.GgufFile;
import dev.attune.format.GgufTensor;
import dev.attune.format.GgufValue;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// A GGUF file of F32 and Q8_0 with every number the other way round. Java writes big-endian.
final class BigEndian {
    private static final int ALIGNMENT = 32;

    private BigEndian() {}

    static Path of(Path little, Path big) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        try (GgufFile file = GgufFile.open(little)) {
            out.writeBytes("GGUF");
            out.writeInt(3);
            out.writeLong(file.tensors().size());
            out.writeLong(file.metadata().values().size());
            for (Map.Entry<String, GgufValue> pair : file.metadata().values().entrySet()) {
                text(out, pair.getKey());
                out.writeInt(number(pair.getValue()));
                value(out, pair.getValue());
            }
            long offset = 0;
            for (GgufTensor tensor : file.tensors().values()) {
                text(out, tensor.name());
                out.writeInt(tensor.dims().size());
                for (long dim : tensor.dims()) {
                    out.writeLong(dim);
                }
                out.writeInt(tensor.type() == GgmlType.F32 ? 0 : 8);
                out.writeLong(offset);
                offset = aligned(offset + tensor.byteLength());
            }
            for (GgufTensor tensor : file.tensors().values()) {
                out.write(new byte[(int) (aligned(out.size()) - out.size())]);
                out.write(turned(file, tensor));
            }
            out.write(new byte[(int) (aligned(out.size()) - out.size())]);
        }
        return Files.write(big, bytes.toByteArray());
    }

    private static long aligned(long at) {
        return Math.ceilDiv(at, ALIGNMENT) * ALIGNMENT;
    }

    private static byte[] turned(GgufFile file, GgufTensor tensor) {
        byte[] bytes = file.bytes(tensor).toArray(ValueLayout.JAVA_BYTE);
        int block = tensor.type() == GgmlType.F32 ? 4 : 34;
        int number = tensor.type() == GgmlType.F32 ? 4 : 2;
        byte[] big = bytes.clone();
        for (int at = 0; at < bytes.length; at += block) {
            for (int i = 0; i < number; i++) {
                big[at + i] = bytes[at + number - 1 - i];
            }
        }
        return big;
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] letters = text.getBytes(StandardCharsets.UTF_8);
        out.writeLong(letters.length);
        out.write(letters);
    }

    private static int number(GgufValue value) {
        return switch (value.type()) {
            case UINT8 -> 0;
            case INT8 -> 1;
            case UINT16 -> 2;
            case INT16 -> 3;
            case UINT32 -> 4;
            case INT32 -> 5;
            case FLOAT32 -> 6;
            case BOOL -> 7;
            case STRING -> 8;
            case ARRAY -> 9;
            case UINT64 -> 10;
            case INT64 -> 11;
            case FLOAT64 -> 12;
        };
    }

    private static void value(DataOutputStream out, GgufValue value) throws IOException {
        switch (value) {
            case GgufValue.Text(String text) -> text(out, text);
            case GgufValue.Flag(boolean flag) -> out.writeByte(flag ? 1 : 0);
            case GgufValue.Real real -> out.writeFloat((float) real.value());
            case GgufValue.Whole whole -> {
                switch (whole.type()) {
                    case UINT8, INT8 -> out.writeByte((int) whole.value());
                    case UINT16, INT16 -> out.writeShort((int) whole.value());
                    case UINT32, INT32 -> out.writeInt((int) whole.value());
                    default -> out.writeLong(whole.value());
                }
            }
            case GgufValue.Array array -> {
                out.writeInt(array.values().isEmpty() ? 4 : number(array.values().getFirst()));
                out.writeLong(array.values().size());
                for (GgufValue each : array.values()) {
                    value(out, each);
                }
            }
        }
    }
}
