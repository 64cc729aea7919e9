package dev.attune.data;

import dev.attune.base.AttuneException;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Reads records with a header line and a delimiter: CSV, TSV and their kin (RFC 4180).
///
/// A field may stand in quotation marks, double ones within it, and then hold delimiters and line
/// ends. Values are texts; a list or object in a column that holds such (`messages`, `tools` ...)
/// is read as JSON, and `true` or `false` under `label` as a verdict. A record with more or fewer
/// fields than the header is a faulty row, and reading goes on behind it.
final class DelimitedReader implements RowReader {
    static final int MAX_COLUMNS = 10_000;

    /// Columns whose text may be JSON, since nothing else can be meant by a list or object there.
    private static final Set<String> STRUCTURED =
            Set.of(
                    "messages",
                    "conversations",
                    "tools",
                    "history",
                    "chosen",
                    "rejected",
                    "segments",
                    "completions",
                    "labels");

    private final Source source;
    private final DelimitedText text;
    private List<String> header = List.of();
    private long rows;
    private boolean begun;
    private boolean ended;

    DelimitedReader(Source source, char delimiter) {
        this.source = source;
        this.text = new DelimitedText(new StrictUtf8Reader(source.open()), delimiter);
    }

    @Override
    public Optional<ReadRow> next() {
        if (ended) {
            return Optional.empty();
        }
        try {
            if (!begun) {
                begun = true;
                Optional<String> wrong = readHeader();
                if (wrong.isPresent()) {
                    ended = true;
                    return faulty(
                            wrong.get(), "Write the names of the columns into the first line.");
                }
            }
            List<String> fields = text.next();
            if (fields.isEmpty()) {
                ended = true;
                return Optional.empty();
            }
            return row(fields);
        } catch (DelimitedText.BadRecord e) {
            ended = e.isLast();
            return faulty("The record cannot be read: " + e.what(), e.fix());
        } catch (StrictUtf8Reader.Refused e) {
            ended = true;
            return faulty("The record cannot be read, nor what follows it: " + e.what(), e.fix());
        } catch (IOException e) {
            throw source.failed(e);
        }
    }

    @Override
    public void close() {
        text.close();
    }

    /// What is wrong with the header, if anything.
    private Optional<String> readHeader() throws IOException, DelimitedText.BadRecord {
        List<String> names = new ArrayList<>();
        for (String name : text.next()) {
            names.add(name.isBlank() ? "column " + (names.size() + 1) : name.strip());
        }
        header = List.copyOf(names);
        Set<String> seen = new HashSet<>();
        for (String name : header) {
            if (!seen.add(name)) {
                return Optional.of(
                        "The header names the column %s twice.".formatted(Quoted.of(name)));
            }
        }
        return Optional.empty();
    }

    private Optional<ReadRow> row(List<String> fields) {
        if (fields.size() != header.size()) {
            return faulty(
                    "The record has %d fields; the header names %d."
                            .formatted(fields.size(), header.size()),
                    "Put a text that holds the delimiter or a line end into quotation marks.");
        }
        ObjectNode columns = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < fields.size(); i++) {
            try {
                columns.set(header.get(i), value(header.get(i), fields.get(i)));
            } catch (RowJson.BadJson e) {
                return faulty(
                        "`%s` holds JSON that cannot be read: %s"
                                .formatted(Quoted.plain(header.get(i)), e.what()),
                        e.fix());
            }
        }
        return Optional.of(new ReadRow.Columns(origin(), columns));
    }

    /// What a field of a column is read as.
    static JsonNode value(String column, String text) throws RowJson.BadJson {
        String stripped = text.strip();
        boolean json = stripped.startsWith("[") || stripped.startsWith("{");
        if (json && STRUCTURED.contains(column)) {
            return RowJson.parse(stripped);
        }
        String lower = column.equals("label") ? stripped.toLowerCase(Locale.ROOT) : "";
        return lower.equals("true") || lower.equals("false")
                ? JsonNodeFactory.instance.booleanNode(lower.equals("true"))
                : JsonNodeFactory.instance.stringNode(text);
    }

    private Optional<ReadRow> faulty(String what, String fix) {
        Origin origin = origin();
        return Optional.of(
                new ReadRow.Faulty(origin, AttuneException.user(what).at(origin).fix(fix)));
    }

    private Origin origin() {
        return new Origin(source.file(), text.line(), rows++);
    }
}
