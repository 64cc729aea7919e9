package dev.attune.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/// The first 128 bytes of a token cache; docs/formats/token-cache.md draws them.
///
/// @param key SHA-256 of all that the tokens depend on, in hexadecimal
/// @param fileBytes the length of the whole file
/// @param templatedRows rows that a chat template wrote
/// @param indexOffset where the index begins, which the file ends with
/// @param bodyChecksum CRC-32C of all that follows the header
record CacheHeader(
        String key,
        long fileBytes,
        long rows,
        long tokens,
        long trainedTokens,
        long templatedRows,
        long indexOffset,
        int files,
        long bodyChecksum) {
    static final int BYTES = 128;
    static final int VERSION = 2;
    static final int KEY_BYTES = 32;
    private static final int CHECKED_BYTES = 120;
    private static final byte[] MAGIC = "ATTUNTOK".getBytes(StandardCharsets.US_ASCII);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// The header as bytes.
    ByteBuffer bytes() {
        ByteBuffer out = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.put(MAGIC).putInt(VERSION).putInt(BYTES).put(HexFormat.of().parseHex(key));
        out.putLong(fileBytes).putLong(rows).putLong(tokens).putLong(trainedTokens);
        out.putLong(indexOffset).putInt(files).putInt(0).putLong(bodyChecksum);
        out.putLong(templatedRows);
        CRC32C checksum = new CRC32C();
        checksum.update(out.array(), 0, CHECKED_BYTES);
        out.putLong(CHECKED_BYTES, checksum.getValue());
        return out.rewind();
    }

    /// Reads and checks a header; the body is not looked at.
    ///
    /// @throws CacheFault if the file is none, cut short, damaged or of another version
    static CacheHeader read(MemorySegment file) throws CacheFault {
        long magicBytes = Math.min(MAGIC.length, file.byteSize());
        byte[] magic = file.asSlice(0, magicBytes).toArray(ValueLayout.JAVA_BYTE);
        if (!Arrays.equals(magic, 0, magic.length, MAGIC, 0, magic.length)) {
            throw new CacheFault(CacheFault.Kind.NO_CACHE, "the file is no token cache");
        }
        if (file.byteSize() < BYTES) {
            throw new CacheFault(
                    CacheFault.Kind.CUT_SHORT,
                    "the file has %d bytes, less than its header".formatted(file.byteSize()));
        }
        int version = file.get(INT, 8);
        if (version != VERSION) {
            boolean newer = version > VERSION;
            throw new CacheFault(
                    newer ? CacheFault.Kind.TOO_NEW : CacheFault.Kind.TOO_OLD,
                    "the file has version %d, %s than %d"
                            .formatted(version, newer ? "newer" : "older", VERSION));
        }
        byte[] header = file.asSlice(0, BYTES).toArray(ValueLayout.JAVA_BYTE);
        CRC32C checksum = new CRC32C();
        checksum.update(header, 0, CHECKED_BYTES);
        if (file.get(LONG, CHECKED_BYTES) != checksum.getValue()) {
            throw new CacheFault(CacheFault.Kind.DAMAGED, "the checksum of the header is wrong");
        }
        CacheHeader read =
                new CacheHeader(
                        HexFormat.of().formatHex(header, 16, 16 + KEY_BYTES),
                        file.get(LONG, 48),
                        file.get(LONG, 56),
                        file.get(LONG, 64),
                        file.get(LONG, 72),
                        file.get(LONG, 104),
                        file.get(LONG, 80),
                        file.get(INT, 88),
                        file.get(LONG, 96));
        read.requireSizes(file.byteSize(), file.get(INT, 12));
        return read;
    }

    private void requireSizes(long actualBytes, int headerBytes) throws CacheFault {
        if (actualBytes < fileBytes) {
            throw new CacheFault(
                    CacheFault.Kind.CUT_SHORT,
                    "the file has %d bytes of %d".formatted(actualBytes, fileBytes));
        }
        boolean agrees =
                headerBytes == BYTES
                        && actualBytes == fileBytes
                        && rows >= 0
                        && templatedRows >= 0
                        && templatedRows <= rows
                        && rows <= Integer.MAX_VALUE - 8
                        && rows <= fileBytes / TokenCache.ENTRY_BYTES
                        && indexOffset >= BYTES
                        && indexOffset == fileBytes - rows * TokenCache.ENTRY_BYTES
                        && files >= 0;
        if (!agrees) {
            throw new CacheFault(
                    CacheFault.Kind.DAMAGED, "the sizes in the header contradict one another");
        }
    }
}
