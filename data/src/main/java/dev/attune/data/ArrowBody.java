package dev.attune.data;

import com.github.luben.zstd.ZstdInputStream;

import org.apache.arrow.flatbuf.BodyCompression;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.CompressionType;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.RecordBatch;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// The nodes and buffers of a batch, given in the order in which fields ask for them; each buffer
/// unpacked and within bounds.
///
/// ```
/// body: │ buffer │ padding │ buffer │ ...        a packed one: │ length, 8 bytes │ frame │
/// ```
final class ArrowBody {
    /// A batch of one million rows of a kilobyte; the tools that write such files stay far below.
    static final int MAX_BYTES = 1 << 30;

    private static final int COMPRESSED_HEADER_BYTES = 8;
    private static final int PLAIN = -1;

    private final RecordBatch batch;
    private final byte[] body;
    private int node;
    private int buffer;
    private int variadic;
    private long held;

    ArrowBody(RecordBatch batch, byte[] body) {
        this.batch = batch;
        this.body = body;
    }

    /// How many rows the batch has.
    ///
    /// @throws ArrowFault if that is more than its bytes can hold
    int rows() throws ArrowFault {
        long most = 8L * Math.max(held, body.length) + (1 << 16);
        if (batch.length() < 0 || batch.length() > Math.min(most, Integer.MAX_VALUE)) {
            throw new ArrowFault("a batch claims %d rows".formatted(batch.length()));
        }
        return (int) batch.length();
    }

    /// The number of values of the next field.
    int nextLength() throws ArrowFault {
        if (node >= batch.nodesLength()) {
            throw new ArrowFault("a batch has fewer fields than the schema");
        }
        FieldNode next = batch.nodes(node++);
        if (next.length() < 0 || next.length() > Integer.MAX_VALUE || next.nullCount() < 0) {
            throw new ArrowFault("a field claims %d values".formatted(next.length()));
        }
        return (int) next.length();
    }

    /// How many buffers beside its views the next field of views has.
    int nextVariadic() throws ArrowFault {
        if (variadic >= batch.variadicBufferCountsLength()) {
            throw new ArrowFault("a batch does not tell the buffers of a field of views");
        }
        long count = batch.variadicBufferCounts(variadic++);
        if (count < 0 || count > batch.buffersLength()) {
            throw new ArrowFault("a field of views claims %d buffers".formatted(count));
        }
        return (int) count;
    }

    /// The next buffer, whose bytes are little-endian.
    ByteBuffer nextBuffer() throws ArrowFault {
        if (buffer >= batch.buffersLength()) {
            throw new ArrowFault("a batch has fewer buffers than its fields need");
        }
        Buffer next = batch.buffers(buffer++);
        if (next.offset() < 0
                || next.length() < 0
                || next.offset() > body.length
                || next.length() > body.length - next.offset()) {
            throw new ArrowFault(
                    "a buffer of %d bytes at %d lies beyond its batch of %d"
                            .formatted(next.length(), next.offset(), body.length));
        }
        int from = (int) next.offset();
        int to = from + (int) next.length();
        BodyCompression compression = batch.compression();
        byte[] bytes =
                compression == null || to == from
                        ? Arrays.copyOfRange(body, from, to)
                        : unpacked(compression, from, to);
        held += bytes.length;
        if (held > MAX_BYTES) {
            throw new ArrowFault("a batch unpacks to more than %,d bytes".formatted(MAX_BYTES));
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private byte[] unpacked(BodyCompression compression, int from, int to) throws ArrowFault {
        if (to - from < COMPRESSED_HEADER_BYTES) {
            throw new ArrowFault("a packed buffer has no length");
        }
        long claimed =
                ByteBuffer.wrap(body, from, COMPRESSED_HEADER_BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .getLong();
        int start = from + COMPRESSED_HEADER_BYTES;
        if (claimed == PLAIN) {
            return Arrays.copyOfRange(body, start, to);
        }
        if (claimed < 0 || claimed > MAX_BYTES) {
            throw new ArrowFault("a packed buffer claims %d bytes".formatted(claimed));
        }
        byte[] bytes =
                compression.codec() == CompressionType.ZSTD
                        ? zstd(start, to, (int) claimed)
                        : Lz4Frame.unpack(Arrays.copyOfRange(body, start, to), (int) claimed);
        if (bytes.length != claimed) {
            throw new ArrowFault(
                    "a packed buffer has %d bytes, and claims %d".formatted(bytes.length, claimed));
        }
        return bytes;
    }

    /// Reads as far as there is something, so that a false claim costs nothing.
    private byte[] zstd(int from, int to, int claimed) throws ArrowFault {
        try (var in = new ZstdInputStream(new ByteArrayInputStream(body, from, to - from))) {
            return in.readNBytes(claimed);
        } catch (IOException e) {
            ArrowFault fault = new ArrowFault("a buffer packed with zstd is damaged");
            fault.initCause(e);
            throw fault;
        }
    }
}
