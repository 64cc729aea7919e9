package dev.attune.data;

import org.apache.arrow.flatbuf.Date;
import org.apache.arrow.flatbuf.DateUnit;
import org.apache.arrow.flatbuf.Decimal;
import org.apache.arrow.flatbuf.DictionaryEncoding;
import org.apache.arrow.flatbuf.Duration;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.FixedSizeBinary;
import org.apache.arrow.flatbuf.FixedSizeList;
import org.apache.arrow.flatbuf.FloatingPoint;
import org.apache.arrow.flatbuf.Int;
import org.apache.arrow.flatbuf.Precision;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.flatbuf.Time;
import org.apache.arrow.flatbuf.TimeUnit;
import org.apache.arrow.flatbuf.Timestamp;
import org.apache.arrow.flatbuf.Type;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/// The fields of an Arrow schema, checked: types that are read, not nested too deeply, not too
/// many.
final class ArrowSchema {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_FIELDS = 10_000;
    private static final ArrowType.Whole INT32 = new ArrowType.Whole(4, true);

    private int fields;

    private ArrowSchema() {}

    /// The fields.
    ///
    /// @throws ArrowFault if there is one that cannot be read
    static List<ArrowType.Field> fields(Schema schema) throws ArrowFault {
        if (schema.endianness() != 0) {
            throw new ArrowFault("its numbers are big-endian");
        }
        ArrowSchema reading = new ArrowSchema();
        List<ArrowType.Field> fields = new ArrayList<>();
        for (int i = 0; i < schema.fieldsLength(); i++) {
            fields.add(reading.field(schema.fields(i), 0));
        }
        return fields;
    }

    private ArrowType.Field field(Field field, int depth) throws ArrowFault {
        if (depth > MAX_DEPTH || ++fields > MAX_FIELDS) {
            throw new ArrowFault("its schema is nested too deeply, or has too many fields");
        }
        List<ArrowType.Field> children = new ArrayList<>();
        for (int i = 0; i < field.childrenLength(); i++) {
            children.add(field(field.children(i), depth + 1));
        }
        String name = Objects.requireNonNullElse(field.name(), "");
        ArrowType type = type(field, name, children.size());
        DictionaryEncoding dictionary = field.dictionary();
        if (dictionary == null) {
            return new ArrowType.Field(name, type, children, OptionalLong.empty(), INT32);
        }
        Int index = dictionary.indexType();
        return new ArrowType.Field(
                name,
                type,
                children,
                OptionalLong.of(dictionary.id()),
                index == null ? INT32 : whole(index, name));
    }

    private static ArrowType type(Field field, String name, int children) throws ArrowFault {
        int code = field.typeType();
        ArrowType type = code(field, name, code);
        int expected =
                switch (type) {
                    case ArrowType.Items _, ArrowType.FixedItems _, ArrowType.Table _ -> 1;
                    case ArrowType.Struct _ -> children;
                    case ArrowType.Nothing _,
                            ArrowType.Flag _,
                            ArrowType.Whole _,
                            ArrowType.Real _,
                            ArrowType.Decimal _,
                            ArrowType.Text _,
                            ArrowType.Fixed _,
                            ArrowType.Day _,
                            ArrowType.Time _ ->
                            0;
                };
        if (children != expected) {
            throw new ArrowFault(
                    "its field %s has %d children, expected %d"
                            .formatted(Quoted.of(name), children, expected));
        }
        return type;
    }

    private static ArrowType code(Field field, String name, int code) throws ArrowFault {
        return switch (code) {
            case Type.Null -> new ArrowType.Nothing();
            case Type.Bool -> new ArrowType.Flag();
            case Type.Int -> whole((Int) in(field, new Int()), name);
            case Type.FloatingPoint ->
                    new ArrowType.Real(
                            switch (((FloatingPoint) in(field, new FloatingPoint())).precision()) {
                                case Precision.HALF -> 2;
                                case Precision.SINGLE -> 4;
                                default -> 8;
                            });
            case Type.Decimal -> decimal((Decimal) in(field, new Decimal()), name);
            case Type.Utf8 -> new ArrowType.Text(ArrowType.Places.SMALL, false);
            case Type.LargeUtf8 -> new ArrowType.Text(ArrowType.Places.LARGE, false);
            case Type.Utf8View -> new ArrowType.Text(ArrowType.Places.VIEWS, false);
            case Type.Binary -> new ArrowType.Text(ArrowType.Places.SMALL, true);
            case Type.LargeBinary -> new ArrowType.Text(ArrowType.Places.LARGE, true);
            case Type.BinaryView -> new ArrowType.Text(ArrowType.Places.VIEWS, true);
            case Type.FixedSizeBinary ->
                    new ArrowType.Fixed(
                            size(((FixedSizeBinary) in(field, new FixedSizeBinary())).byteWidth()));
            case Type.Date ->
                    new ArrowType.Day(
                            ((Date) in(field, new Date())).unit() == DateUnit.MILLISECOND);
            case Type.Time -> ofDay((Time) in(field, new Time()));
            case Type.Timestamp -> moment((Timestamp) in(field, new Timestamp()));
            case Type.Duration ->
                    new ArrowType.Time(
                            8,
                            perSecond(((Duration) in(field, new Duration())).unit()),
                            ArrowType.Time.Kind.LENGTH);
            case Type.List -> new ArrowType.Items(false);
            case Type.LargeList -> new ArrowType.Items(true);
            case Type.FixedSizeList ->
                    new ArrowType.FixedItems(
                            size(((FixedSizeList) in(field, new FixedSizeList())).listSize()));
            case Type.Struct_ -> new ArrowType.Struct();
            case Type.Map -> new ArrowType.Table();
            default ->
                    throw new ArrowFault(
                            "its field %s is of a type that is not read: %s"
                                    .formatted(
                                            Quoted.of(name),
                                            code >= 0 && code < Type.names.length
                                                    ? Type.name(code)
                                                    : "number " + code));
        };
    }

    private static com.google.flatbuffers.Table in(Field field, com.google.flatbuffers.Table table)
            throws ArrowFault {
        com.google.flatbuffers.Table found = field.type(table);
        if (found == null) {
            throw new ArrowFault("a field has no type");
        }
        return found;
    }

    private static ArrowType.Whole whole(Int type, String name) throws ArrowFault {
        int bits = type.bitWidth();
        if (bits != 8 && bits != 16 && bits != 32 && bits != 64) {
            throw new ArrowFault(
                    "its field %s has numbers of %d bits".formatted(Quoted.of(name), bits));
        }
        return new ArrowType.Whole(bits / 8, type.isSigned());
    }

    private static ArrowType decimal(Decimal type, String name) throws ArrowFault {
        int bits = type.bitWidth();
        if ((bits != 32 && bits != 64 && bits != 128 && bits != 256)
                || Math.abs(type.scale()) > 100) {
            throw new ArrowFault("its field %s has odd decimals".formatted(Quoted.of(name)));
        }
        return new ArrowType.Decimal(bits / 8, type.scale());
    }

    private static ArrowType ofDay(Time type) {
        return new ArrowType.Time(
                type.bitWidth() == 64 ? 8 : 4, perSecond(type.unit()), ArrowType.Time.Kind.OF_DAY);
    }

    private static ArrowType moment(Timestamp type) {
        String zone = type.timezone();
        boolean isLocal = zone == null || zone.isEmpty();
        return new ArrowType.Time(
                8,
                perSecond(type.unit()),
                isLocal ? ArrowType.Time.Kind.LOCAL : ArrowType.Time.Kind.MOMENT);
    }

    private static BigInteger perSecond(short unit) {
        return BigInteger.valueOf(
                switch (unit) {
                    case TimeUnit.SECOND -> 1;
                    case TimeUnit.MILLISECOND -> 1_000;
                    case TimeUnit.MICROSECOND -> 1_000_000;
                    default -> 1_000_000_000;
                });
    }

    private static int size(int size) throws ArrowFault {
        if (size < 0 || size > Source.MAX_ROW_BYTES) {
            throw new ArrowFault("a field has values of the size " + size);
        }
        return size;
    }
}
