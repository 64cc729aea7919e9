package dev.attune.data;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// Unpacks gzip and zstd while reading, told by the first bytes and not by the name.
///
/// Nothing is held but a window, so a small file that unpacks to a huge one costs time and no
/// memory; a row stays within [Source#MAX_ROW_BYTES] as any other.
enum Packed {
    /// RFC 1952.
    GZIP,
    /// RFC 8878.
    ZSTD,
    /// Not packed.
    NOT;

    private static final int BUFFER_BYTES = 1 << 16;

    /// The bytes of `source`, unpacked if they are packed.
    static Source opened(Source source) {
        return new Source(source.file(), () -> open(source.opening().open()), source.read());
    }

    private static InputStream open(InputStream raw) throws IOException {
        BufferedInputStream in = new BufferedInputStream(raw, BUFFER_BYTES);
        Packed how;
        try {
            in.mark(4);
            how = of(in.readNBytes(4));
            in.reset();
            return switch (how) {
                case NOT -> in;
                case GZIP -> new Unpacking(new GZIPInputStream(in, BUFFER_BYTES), "gzip");
                case ZSTD -> new Unpacking(new ZstdInputStream(in), "zstd");
            };
        } catch (EOFException | ZipException e) {
            in.close();
            throw new Broken("gzip", e);
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    private static Packed of(byte[] head) {
        if (head.length >= 2 && head[0] == 0x1f && head[1] == (byte) 0x8b) {
            return GZIP;
        }
        boolean zstd =
                head.length == 4
                        && head[0] == 0x28
                        && head[1] == (byte) 0xb5
                        && head[2] == 0x2f
                        && head[3] == (byte) 0xfd;
        return zstd ? ZSTD : NOT;
    }

    /// The packed bytes are damaged, or end too early: a fault of the file and not of the disk.
    static final class Broken extends IOException {
        private static final long serialVersionUID = 1;
        private final String format;

        Broken(String format, IOException cause) {
            super(String.valueOf(cause.getMessage()), cause);
            this.format = format;
        }

        /// What the file is packed with.
        String format() {
            return format;
        }
    }

    /// Tells damage of the packed bytes from a failing disk.
    private static final class Unpacking extends FilterInputStream {
        private final String format;

        Unpacking(InputStream in, String format) {
            super(in);
            this.format = format;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            try {
                return in.read(into, offset, length);
            } catch (EOFException | ZipException | ZstdIOException e) {
                throw new Broken(format, e);
            } catch (IOException e) {
                // zstd tells a frame that ends too early by a plain IOException.
                if (format.equals("zstd") && String.valueOf(e.getMessage()).contains("Truncated")) {
                    throw new Broken(format, e);
                }
                throw e;
            }
        }
    }
}
