package dev.attune.data;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Lays the buffers of a batch out as columns: validity first, then what the type says.
///
/// Numbers that JSON lacks, such as NaN, are null, as the tools that write Arrow mean them.
final class ArrowColumns {
    private static final int VIEW_BYTES = 16;
    private static final int INLINE_BYTES = 12;
    private static final double MILLIS_PER_DAY = 86_400_000;

    private final ArrowBody body;
    private final Map<Long, ArrowColumn> dictionaries;

    /// @param dictionaries by their ids
    ArrowColumns(ArrowBody body, Map<Long, ArrowColumn> dictionaries) {
        this.body = body;
        this.dictionaries = dictionaries;
    }

    /// The columns of fields, in order.
    List<ArrowColumn> of(List<ArrowType.Field> fields) throws ArrowFault {
        List<ArrowColumn> columns = new ArrayList<>();
        for (ArrowType.Field field : fields) {
            columns.add(of(field));
        }
        return columns;
    }

    /// The column of the next field.
    ArrowColumn of(ArrowType.Field field) throws ArrowFault {
        int length = body.nextLength();
        if (field.dictionary().isPresent()) {
            long id = field.dictionary().getAsLong();
            ArrowColumn entries = dictionaries.get(id);
            if (entries == null) {
                throw new ArrowFault("its dictionary %d is missing".formatted(id));
            }
            return named(field.index(), entries);
        }
        return switch (field.type()) {
            case ArrowType.Nothing _ -> (_, out) -> out.raw("null");
            case ArrowType.Flag _ -> flags();
            case ArrowType.Whole whole -> whole(whole);
            case ArrowType.Real real -> real(real);
            case ArrowType.Decimal decimal -> decimal(decimal);
            case ArrowType.Text text ->
                    text.places() == ArrowType.Places.VIEWS ? views(text) : texts(text);
            case ArrowType.Fixed fixed -> fixed(fixed);
            case ArrowType.Day day -> days(day);
            case ArrowType.Time time -> times(time);
            case ArrowType.Items items -> items(items.isLarge(), field.children().getFirst());
            case ArrowType.FixedItems items ->
                    fixedItems(items.size(), field.children().getFirst(), length);
            case ArrowType.Struct _ -> struct(field.children());
            case ArrowType.Table _ -> table(field.children().getFirst());
        };
    }

    /// A column whose values are null where a bit of the validity is not set.
    private static ArrowColumn valid(ByteBuffer validity, ArrowColumn values) {
        if (!validity.hasRemaining()) {
            return values;
        }
        return (row, out) -> {
            if ((validity.get(row >>> 3) >>> (row & 7) & 1) == 0) {
                out.raw("null");
            } else {
                values.write(row, out);
            }
        };
    }

    private ArrowColumn named(ArrowType.Whole index, ArrowColumn entries) throws ArrowFault {
        ByteBuffer validity = body.nextBuffer();
        ByteBuffer data = body.nextBuffer();
        return valid(
                validity,
                (row, out) -> entries.write(Math.toIntExact(whole(data, row, index)), out));
    }

    private ArrowColumn flags() throws ArrowFault {
        ByteBuffer validity = body.nextBuffer();
        ByteBuffer data = body.nextBuffer();
        return valid(
                validity,
                (row, out) ->
                        out.raw((data.get(row >>> 3) >>> (row & 7) & 1) == 0 ? "false" : "true"));
    }

    private ArrowColumn whole(ArrowType.Whole type) throws ArrowFault {
        ByteBuffer validity = body.nextBuffer();
        ByteBuffer data = body.nextBuffer();
        return valid(
                validity,
                (row, out) -> {
                    long value = whole(data, row, type);
                    boolean isLarge = type.bytes() == 8 && !type.isSigned();
                    out.raw(isLarge ? Long.toUnsignedString(value) : Long.toString(value));
                });
    }

    private static long whole(ByteBuffer data, int row, ArrowType.Whole type) {
        return switch (type.bytes()) {
            case 1 -> type.isSigned() ? data.get(row) : data.get(row) & 0xFFL;
            case 2 -> type.isSigned() ? data.getShort(2 * row) : data.getShort(2 * row) & 0xFFFFL;
            case 4 -> type.isSigned() ? data.getInt(4 * row) : data.getInt(4 * row) & 0xFFFFFFFFL;
            default -> data.getLong(8 * row);
        };
    }

    private ArrowColumn real(ArrowType.Real type) throws ArrowFault {
        ByteBuffer validity = body.nextBuffer();
        ByteBuffer data = body.nextBuffer();
        return valid(
                validity,
                (row, out) -> {
                    switch (type.bytes()) {
                        case 2 -> number(Float.float16ToFloat(data.getShort(2 * row)), out);
                        case 4 -> number(data.getFloat(4 * row), out);
                        default -> {
                            double value = data.getDouble(8 * row);
                            out.raw(Double.isFinite(value) ? Double.toString(value) : "null");
                        }
                    }
                });
    }

    private static void number(float value, ArrowText out) throws ArrowFault {
        out.raw(Float.isFinite(value) ? Float.toString(value) : "null");
    }

    private ArrowColumn decimal(ArrowType.Decimal type) throws ArrowFault {
        ByteBuffer validity = body.nextBuffer();
        ByteBuffer data = body.nextBuffer();
        return valid(
                validity,
                (row, out) -> {
                    byte[] bytes = new byte[type.bytes()];
                    for (int i = 0; i < bytes.length; i++) {
                        bytes[bytes.length - 1 - i] = data.get(row * bytes.length + i);
                    }
                    out.raw(new BigDecimal(new BigInteger(bytes), type.scale()).toPlainString());
                });
    }

    private ArrowColumn texts(ArrowType.Text type) throws ArrowFault {
        ByteBuffer validity = body.nextBuffer();
        ByteBuffer offsets = body.nextBuffer();
        ByteBuffer data = body.nextBuffer();
        boolean isLarge = type.places() == ArrowType.Places.LARGE;
        return valid(
                validity,
                (row, out) -> {
                    int from = offset(offsets, row, isLarge);
                    int to = offset(offsets, row + 1, isLarge);
                    out.bytes(data.slice(from, to - from), type.isBinary());
                });
    }

    private static int offset(ByteBuffer offsets, int row, boolean isLarge) {
        return isLarge ? Math.toIntExact(offsets.getLong(8 * row)) : offsets.getInt(4 * row);
    }

    private ArrowColumn views(ArrowType.Text type) throws ArrowFault {
        ByteBuffer validity = body.nextBuffer();
        ByteBuffer views = body.nextBuffer();
        List<ByteBuffer> data = new ArrayList<>();
        int count = body.nextVariadic();
        for (int i = 0; i < count; i++) {
            data.add(body.nextBuffer());
        }
        return valid(
                validity,
                (row, out) -> {
                    int at = VIEW_BYTES * row;
                    int length = views.getInt(at);
                    ByteBuffer bytes =
                            length <= INLINE_BYTES
                                    ? views.slice(at + 4, length)
                                    : data.get(views.getInt(at + 8))
                                            .slice(views.getInt(at + INLINE_BYTES), length);
                    out.bytes(bytes, type.isBinary());
                });
    }

    private ArrowColumn fixed(ArrowType.Fixed type) throws ArrowFault {
        ByteBuffer validity = body.nextBuffer();
        ByteBuffer data = body.nextBuffer();
        return valid(
                validity,
                (row, out) ->
                        out.bytes(
                                data.slice(Math.multiplyExact(row, type.bytes()), type.bytes()),
                                true));
    }

    private ArrowColumn days(ArrowType.Day type) throws ArrowFault {
        ByteBuffer validity = body.nextBuffer();
        ByteBuffer data = body.nextBuffer();
        return valid(
                validity,
                (row, out) -> {
                    double days =
                            type.isMillis()
                                    ? Math.floor(data.getLong(8 * row) / MILLIS_PER_DAY)
                                    : data.getInt(4 * row);
                    out.string(LocalDate.ofEpochDay((long) days).toString());
                });
    }

    private ArrowColumn times(ArrowType.Time type) throws ArrowFault {
        ByteBuffer validity = body.nextBuffer();
        ByteBuffer data = body.nextBuffer();
        long perSecond = type.perSecond().longValueExact();
        return valid(
                validity,
                (row, out) -> {
                    long units = type.bytes() == 8 ? data.getLong(8 * row) : data.getInt(4 * row);
                    long seconds = Math.floorDiv(units, perSecond);
                    long nanos = Math.floorMod(units, perSecond) * (1_000_000_000 / perSecond);
                    Instant moment = Instant.ofEpochSecond(seconds, nanos);
                    switch (type.kind()) {
                        case LENGTH -> out.raw(Long.toString(units));
                        case MOMENT -> out.string(moment.toString());
                        case LOCAL ->
                                out.string(moment.atOffset(ZoneOffset.UTC).toLocalDateTime() + "");
                        case OF_DAY ->
                                out.string(
                                        LocalTime.ofNanoOfDay(
                                                        Math.addExact(
                                                                Math.multiplyExact(
                                                                        seconds, 1_000_000_000L),
                                                                nanos))
                                                .toString());
                    }
                });
    }

    private ArrowColumn items(boolean isLarge, ArrowType.Field child) throws ArrowFault {
        ByteBuffer validity = body.nextBuffer();
        ByteBuffer offsets = body.nextBuffer();
        ArrowColumn values = of(child);
        return valid(
                validity,
                (row, out) ->
                        list(
                                values,
                                offset(offsets, row, isLarge),
                                offset(offsets, row + 1, isLarge),
                                out));
    }

    private ArrowColumn fixedItems(int size, ArrowType.Field child, int length) throws ArrowFault {
        ByteBuffer validity = body.nextBuffer();
        ArrowColumn values = of(child);
        return valid(
                validity,
                (row, out) -> {
                    Objects.checkIndex(row, length);
                    int from = Math.multiplyExact(row, size);
                    list(values, from, Math.addExact(from, size), out);
                });
    }

    private static void list(ArrowColumn values, int from, int to, ArrowText out)
            throws ArrowFault {
        if (from < 0 || to < from) {
            throw new IndexOutOfBoundsException(from + " to " + to);
        }
        out.raw("[");
        for (int i = from; i < to; i++) {
            out.raw(i > from ? "," : "");
            values.write(i, out);
        }
        out.raw("]");
    }

    private ArrowColumn struct(List<ArrowType.Field> children) throws ArrowFault {
        ByteBuffer validity = body.nextBuffer();
        List<ArrowColumn> columns = of(children);
        List<String> names = children.stream().map(ArrowType.Field::name).toList();
        return valid(validity, (row, out) -> object(names, columns, row, out));
    }

    /// Writes an object of a value of each column.
    static void object(List<String> names, List<ArrowColumn> columns, int row, ArrowText out)
            throws ArrowFault {
        out.raw("{");
        for (int i = 0; i < columns.size(); i++) {
            out.raw(i > 0 ? "," : "").string(names.get(i)).raw(":");
            columns.get(i).write(row, out);
        }
        out.raw("}");
    }

    /// A list of objects with a key, which is a text, and a value.
    private ArrowColumn table(ArrowType.Field entries) throws ArrowFault {
        boolean hasTexts =
                entries.children().size() == 2
                        && entries.children().getFirst().type() instanceof ArrowType.Text key
                        && !key.isBinary();
        ByteBuffer validity = body.nextBuffer();
        ByteBuffer offsets = body.nextBuffer();
        if (!hasTexts) {
            ArrowColumn plain = of(entries);
            return valid(
                    validity,
                    (row, out) ->
                            list(plain, offsets.getInt(4 * row), offsets.getInt(4 * row + 4), out));
        }
        body.nextLength();
        body.nextBuffer();
        List<ArrowColumn> columns = of(entries.children());
        return valid(
                validity,
                (row, out) -> {
                    out.raw("{");
                    int from = offsets.getInt(4 * row);
                    for (int i = from; i < offsets.getInt(4 * row + 4); i++) {
                        out.raw(i > from ? "," : "");
                        columns.getFirst().write(i, out);
                        out.raw(":");
                        columns.getLast().write(i, out);
                    }
                    out.raw("}");
                });
    }
}
