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
    private final ByteBuffer body;
    private int node;
    private int buffer;
    private int variadic;
    private long held;

    ArrowBody(RecordBatch batch, ByteBuffer body) {
        this.batch = batch;
        this.body = body;
    }

    /// How many rows the batch has.
    ///
    /// @throws ArrowFault if that is more than its bytes can hold
    int rows() throws ArrowFault {
        long most = 8L * Math.max(held, body.capacity()) + (1 << 16);
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
                || next.offset() > body.capacity()
                || next.length() > body.capacity() - next.offset()) {
            throw new ArrowFault(
                    "a buffer of %d bytes at %d lies beyond its batch of %d"
                            .formatted(next.length(), next.offset(), body.capacity()));
        }
        ByteBuffer bytes = body.slice((int) next.offset(), (int) next.length());
        BodyCompression compression = batch.compression();
        if (compression != null && bytes.hasRemaining()) {
            bytes = unpacked(compression, bytes.order(ByteOrder.LITTLE_ENDIAN));
        }
        held += bytes.remaining();
        if (held > MAX_BYTES) {
            throw new ArrowFault("a batch unpacks to more than %,d bytes".formatted(MAX_BYTES));
        }
        return bytes.order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer unpacked(BodyCompression compression, ByteBuffer packed)
            throws ArrowFault {
        if (packed.remaining() < COMPRESSED_HEADER_BYTES) {
            throw new ArrowFault("a packed buffer has no length");
        }
        long claimed = packed.getLong();
        if (claimed == PLAIN) {
            return packed.slice();
        }
        if (claimed < 0 || claimed > MAX_BYTES) {
            throw new ArrowFault("a packed buffer claims %d bytes".formatted(claimed));
        }
        byte[] frame = new byte[packed.remaining()];
        packed.get(frame);
        byte[] bytes =
                compression.codec() == CompressionType.ZSTD
                        ? zstd(frame, (int) claimed)
                        : Lz4Frame.unpack(frame, (int) claimed);
        if (bytes.length != claimed) {
            throw new ArrowFault(
                    "a packed buffer has %d bytes, and claims %d".formatted(bytes.length, claimed));
        }
        return ByteBuffer.wrap(bytes);
    }

    /// Reads as far as there is something, so that a false claim costs nothing.
    private static byte[] zstd(byte[] frame, int claimed) throws ArrowFault {
        try (var in = new ZstdInputStream(new ByteArrayInputStream(frame))) {
            return in.readNBytes(claimed);
        } catch (IOException e) {
            ArrowFault fault = new ArrowFault("a buffer packed with zstd is damaged");
            fault.initCause(e);
            throw fault;
        }
    }
}
