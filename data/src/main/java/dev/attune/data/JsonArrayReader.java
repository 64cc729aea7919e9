package dev.attune.data;

import dev.attune.base.AttuneException;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.Optional;

/// Reads the objects of one JSON array, element by element; the array itself is never held.
///
/// Where the text stops being JSON, what follows cannot be found: that fault is the last row.
final class JsonArrayReader implements RowReader {
    private final Source source;
    private final StrictUtf8Reader text;
    private final JsonParser json;
    private long rows;
    private boolean begun;
    private boolean ended;

    JsonArrayReader(Source source) {
        this.source = source;
        this.text = new StrictUtf8Reader(source.open());
        this.json = RowJson.parser(text);
    }

    @Override
    public Optional<ReadRow> next() {
        if (ended) {
            return Optional.empty();
        }
        long line = line();
        try {
            if (!begun) {
                begun = true;
                // The format was told by the first bytes, but the file may have changed since.
                if (RowJson.next(json).orElseThrow(RowJson::cutShort) != JsonToken.START_ARRAY) {
                    return last(line(), "The file is no list of rows.", "Run again.");
                }
            }
            text.allowRow();
            JsonToken token = RowJson.next(json).orElseThrow(RowJson::cutShort);
            line = line();
            if (token == JsonToken.END_ARRAY) {
                ended = true;
                return trailing();
            }
            ReadRow row = element(origin(line));
            rows++;
            return Optional.of(row);
        } catch (RowJson.BadJson e) {
            return last(
                    Math.max(line, 1),
                    "The row cannot be read, nor what follows it: " + e.what(),
                    e.fix());
        } catch (JacksonIOException e) {
            throw source.failed(new IOException(e.getOriginalMessage(), e));
        }
    }

    @Override
    public void close() {
        json.close();
    }

    private ReadRow element(Origin origin) throws RowJson.BadJson {
        RowJson reading = new RowJson(json);
        JsonNode value = reading.value();
        if (reading.fault().isPresent()) {
            RowJson.Fault fault = reading.fault().get();
            return faulty(origin, "The row cannot be read: " + fault.what(), fault.fix());
        }
        return value instanceof ObjectNode columns
                ? new ReadRow.Columns(origin, columns)
                : faulty(
                        origin,
                        "The list holds %s; expected objects.".formatted(RowFields.kind(value)),
                        "Write each row as {\"key\": value, ...}.");
    }

    private Optional<ReadRow> trailing() throws RowJson.BadJson {
        Optional<JsonToken> more = RowJson.next(json);
        return more.isEmpty()
                ? Optional.empty()
                : last(
                        line(),
                        "Something follows the list of rows.",
                        "Put all rows into one list, or each on a line of its own.");
    }

    private Optional<ReadRow> last(long line, String what, String fix) {
        ended = true;
        return Optional.of(faulty(origin(line), what, fix));
    }

    private Origin origin(long line) {
        return new Origin(source.file(), line, rows);
    }

    private long line() {
        return Math.max(1, json.currentTokenLocation().getLineNr());
    }

    private static ReadRow faulty(Origin origin, String what, String fix) {
        return new ReadRow.Faulty(origin, AttuneException.user(what).at(origin).fix(fix));
    }
}
