package dev.attune.data;

import dev.attune.base.AttuneException;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;

/// Reads one JSON object from each line. Blank lines are no rows; lines end with LF or CRLF, the
/// last may end with the file.
final class JsonlReader implements RowReader {
    private final Source source;
    private final LineBytes lines;
    private long rows;

    JsonlReader(Source source) {
        this.source = source;
        this.lines = new LineBytes(source.open());
    }

    @Override
    public Optional<ReadRow> next() {
        try {
            while (lines.advance()) {
                if (!lines.isBlank()) {
                    return Optional.of(row(new Origin(source.file(), lines.line(), rows++)));
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw source.failed(e);
        }
    }

    @Override
    public void close() {
        lines.close();
    }

    private ReadRow row(Origin origin) {
        if (lines.isTooLong()) {
            return faulty(
                    origin,
                    "The line has %,d bytes; expected at most %,d."
                            .formatted(lines.lineBytes(), Source.MAX_ROW_BYTES),
                    "Write each row on a line of its own; a text that long is no example.");
        }
        byte[] bytes = lines.bytes();
        String text = new String(bytes, StandardCharsets.UTF_8);
        // Decoding puts U+FFFD for what is not UTF-8; a text may also hold it, and be right.
        OptionalInt wrong =
                text.indexOf('\ufffd') < 0
                        ? OptionalInt.empty()
                        : StrictUtf8Reader.wrongByte(bytes);
        if (wrong.isPresent()) {
            return faulty(
                    origin,
                    "The line is not UTF-8: 0x%02x at its byte %d, byte %d of the file."
                            .formatted(
                                    bytes[wrong.getAsInt()],
                                    wrong.getAsInt(),
                                    lines.lineStart() + wrong.getAsInt()),
                    Source.SAVE_AS_UTF8);
        }
        try {
            JsonNode value = RowJson.parse(text);
            return value instanceof ObjectNode columns
                    ? new ReadRow.Columns(origin, columns)
                    : faulty(
                            origin,
                            "The line holds %s; expected an object."
                                    .formatted(RowFields.kind(value)),
                            "Write each row as {\"key\": value, ...}.");
        } catch (RowJson.BadJson e) {
            return faulty(origin, "The row cannot be read: " + e.what(), e.fix());
        }
    }

    private static ReadRow faulty(Origin origin, String what, String fix) {
        return new ReadRow.Faulty(origin, AttuneException.user(what).at(origin).fix(fix));
    }
}
