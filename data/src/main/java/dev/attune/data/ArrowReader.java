package dev.attune.data;

import dev.attune.base.AttuneException;

import org.apache.arrow.flatbuf.DictionaryBatch;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flatbuf.Schema;

import tools.jackson.databind.node.ObjectNode;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.DateTimeException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Reads the rows of an Arrow stream, or of an Arrow file (Feather version 2), which is a stream
/// with a frame around it: one batch of rows in memory at a time.
///
/// ```
/// [ARROW1\0\0] │ schema │ dictionaries │ batch │ batch │ ... │ end │ [footer, ARROW1]
/// message:       │ ffffffff │ bytes 4 │ flatbuffer, which tells the body's length │ body │
/// ```
///
/// A row becomes JSON and is taken with the care given to any row of JSON. Its line is its number
/// from 1, since an Arrow file has no lines. Flatbuffers are read by Arrow's own classes, buffers
/// by [ArrowColumns]: Arrow's library for these asks for access to the insides of the JDK.
final class ArrowReader implements RowReader {
    /// What an Arrow file begins with, and two zeros behind it.
    static final String MAGIC = "ARROW1";

    /// What a message begins with.
    static final String CONTINUATION = "\u00ff\u00ff\u00ff\u00ff";

    private static final int MAGIC_BYTES = 8;
    private static final int MAX_METADATA_BYTES = 64 << 20;

    private final Source source;
    private final InputStream in;
    private final Map<Long, ArrowColumn> dictionaries = new HashMap<>();
    private List<ArrowType.Field> fields = List.of();
    private List<String> names = List.of();
    private List<ArrowColumn> columns = List.of();
    private int batchRows;
    private int batchRow;
    private long rows;
    private boolean ended;

    private ArrowReader(Source source, InputStream in) {
        this.source = source;
        this.in = in;
    }

    /// Opens a file that begins with a magic.
    ///
    /// @throws AttuneException of kind USER if it is damaged, or has a type that is not read
    static ArrowReader open(Source source, boolean isFile) {
        ArrowReader reader =
                new ArrowReader(source, new BufferedInputStream(source.open(), 1 << 16));
        try {
            if (isFile) {
                reader.in.skipNBytes(MAGIC_BYTES);
            }
            reader.schema();
            return reader;
        } catch (IOException e) {
            reader.close();
            throw reader.damaged("it ends within its schema", e);
        } catch (ArrowFault e) {
            reader.close();
            throw reader.damaged(e.what(), e);
        } catch (RuntimeException e) {
            // What a damaged flatbuffer leads to: reading beyond its end.
            reader.close();
            throw reader.damaged("its schema is damaged", e);
        }
    }

    @Override
    public Optional<ReadRow> next() {
        while (batchRow == batchRows) {
            if (ended || !advance()) {
                ended = true;
                return Optional.empty();
            }
        }
        Origin origin = new Origin(source.file(), rows + 1, rows++);
        return Optional.of(row(origin, batchRow++));
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw source.failed(e);
        }
    }

    private ReadRow row(Origin origin, int row) {
        try {
            ArrowText text = new ArrowText();
            ArrowColumns.object(names, columns, row, text);
            return new ReadRow.Columns(origin, (ObjectNode) RowJson.parse(text.toString()));
        } catch (ArrowFault e) {
            return faulty(origin, e.what() + ".", "Leave the row out.", e);
        } catch (RowJson.BadJson e) {
            return faulty(origin, e.what(), e.fix(), e);
        } catch (IndexOutOfBoundsException
                | ArithmeticException
                | IllegalArgumentException
                | DateTimeException e) {
            return faulty(
                    origin,
                    "a value lies beyond its buffer, or its range.",
                    "The file is damaged: copy or download it again.",
                    e);
        }
    }

    private static ReadRow faulty(Origin origin, String what, String fix, Exception cause) {
        return new ReadRow.Faulty(
                origin,
                AttuneException.user("The row cannot be read: " + what)
                        .at(origin)
                        .fix(fix)
                        .causedBy(cause));
    }

    /// A message with what follows it.
    ///
    /// @param body its buffers
    private record Parcel(Message message, ByteBuffer body) {}

    private void schema() throws IOException, ArrowFault {
        Optional<Parcel> first = parcel();
        if (first.isEmpty() || first.get().message.headerType() != MessageHeader.Schema) {
            throw new ArrowFault("it does not begin with a schema");
        }
        Schema schema = (Schema) first.get().message.header(new Schema());
        if (schema == null) {
            throw new ArrowFault("it does not begin with a schema");
        }
        fields = ArrowSchema.fields(schema);
        names = fields.stream().map(ArrowType.Field::name).toList();
    }

    /// Goes to the next batch.
    ///
    /// @return whether there is one
    private boolean advance() {
        try {
            for (Optional<Parcel> next = parcel(); next.isPresent(); next = parcel()) {
                Message message = next.get().message;
                ByteBuffer body = next.get().body;
                switch (message.headerType()) {
                    case MessageHeader.RecordBatch -> {
                        batch((RecordBatch) message.header(new RecordBatch()), body);
                        return true;
                    }
                    case MessageHeader.DictionaryBatch ->
                            dictionary(
                                    (DictionaryBatch) message.header(new DictionaryBatch()), body);
                    default ->
                            throw new ArrowFault(
                                    "a message is of the unknown kind " + message.headerType());
                }
            }
            return false;
        } catch (IOException e) {
            throw damaged("it ends within a batch, after %,d rows".formatted(rows), e);
        } catch (ArrowFault e) {
            throw damaged("after %,d rows, %s".formatted(rows, e.what()), e);
        } catch (IndexOutOfBoundsException
                | IllegalArgumentException
                | ArithmeticException
                | NullPointerException e) {
            // What a damaged flatbuffer leads to: reading beyond its end, or finding no table.
            throw damaged("a message after %,d rows is damaged".formatted(rows), e);
        }
    }

    private void batch(RecordBatch batch, ByteBuffer bytes) throws ArrowFault {
        ArrowBody body = new ArrowBody(batch, bytes);
        columns = new ArrowColumns(body, dictionaries).of(fields);
        batchRows = body.rows();
        batchRow = 0;
    }

    private void dictionary(DictionaryBatch batch, ByteBuffer bytes) throws ArrowFault {
        if (batch.isDelta()) {
            throw new ArrowFault("a dictionary comes in parts, which is not read");
        }
        ArrowType.Field field =
                fields.stream()
                        .flatMap(ArrowReader::withChildren)
                        .filter(one ->
                                one.dictionary().isPresent()
                                        && one.dictionary().getAsLong() == batch.id())
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("dictionary of no field"));
        ArrowBody body = new ArrowBody(batch.data(), bytes);
        dictionaries.put(batch.id(), new ArrowColumns(body, dictionaries).of(field.ofDictionary()));
    }

    private static Stream<ArrowType.Field> withChildren(ArrowType.Field field) {
        return Stream.concat(
                Stream.of(field), field.children().stream().flatMap(ArrowReader::withChildren));
    }

    /// The next message, or nothing at the end.
    private Optional<Parcel> parcel() throws IOException, ArrowFault {
        byte[] word = in.readNBytes(4);
        if (word.length == 0) {
            return Optional.empty(); // a stream may end without saying so
        }
        int bytes = whole(word);
        if (bytes == -1) {
            bytes = whole(in.readNBytes(4));
        }
        if (bytes == 0) {
            return Optional.empty();
        }
        if (bytes < 0 || bytes > MAX_METADATA_BYTES) {
            throw new ArrowFault("a message claims %d bytes".formatted(bytes));
        }
        Message message = Message.getRootAsMessage(buffer(bytes));
        long body = message.bodyLength();
        if (body < 0 || body > ArrowBody.MAX_BYTES) {
            throw new ArrowFault(
                    "a batch claims %d bytes, expected at most %d"
                            .formatted(body, ArrowBody.MAX_BYTES));
        }
        return Optional.of(new Parcel(message, buffer((int) body)));
    }

    /// So many bytes; as they come, so that a false claim costs nothing.
    private ByteBuffer buffer(int bytes) throws IOException {
        byte[] read = in.readNBytes(bytes);
        if (read.length < bytes) {
            throw new EOFException(read.length + " of " + bytes);
        }
        return ByteBuffer.wrap(read).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int whole(byte[] word) throws EOFException {
        if (word.length < 4) {
            throw new EOFException();
        }
        return ByteBuffer.wrap(word).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }

    private AttuneException damaged(String what, Exception cause) {
        if (cause instanceof IOException io && !(io instanceof EOFException)) {
            return source.failed(io);
        }
        return AttuneException.user("The Arrow file cannot be read: " + what + ".")
                .at(source.file())
                .fix("Copy or download it again, or save it as Parquet or JSON lines.")
                .causedBy(cause);
    }
}
