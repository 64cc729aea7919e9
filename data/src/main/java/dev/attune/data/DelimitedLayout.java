package dev.attune.data;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// A table of texts, as [DelimitedReader] reads it: the columns are those of the first row; lists
/// and objects are JSON where the reader takes them for that.
///
/// Not thread-safe.
final class DelimitedLayout implements RowsLayout {
    private final char delimiter;
    private List<String> header = List.of();

    DelimitedLayout(char delimiter) {
        this.delimiter = delimiter;
    }

    @Override
    public String before(JsonNode row, long rows) {
        begin(row);
        return rows == 0 ? line(header) : "";
    }

    @Override
    public String text(JsonNode row) {
        return line(header.stream().map(name -> field(row.path(name))).toList());
    }

    @Override
    public String after(long rows) {
        return "";
    }

    @Override
    public List<ShapeChanges.Loss> unwritable(JsonNode row) {
        begin(row);
        List<ShapeChanges.Loss> losses = new ArrayList<>();
        for (String name : header) {
            JsonNode value = row.path(name);
            String key = Quoted.plain(name);
            if (!name.equals(name.strip()) || name.isEmpty()) {
                losses.add(loss("a column's name with blanks at its ends", "column " + key));
            } else if (value.isMissingNode()) {
                losses.add(
                        loss(
                                "that a row has no `%s`: a table gives it an empty text"
                                        .formatted(key),
                                key + " is missing"));
            } else if (!isReadBack(name, value)) {
                losses.add(
                        loss(
                                "what `%s` is: of a table it is read as something else"
                                        .formatted(key),
                                key + " = " + value));
            }
        }
        row.propertyNames().stream()
                .filter(name -> !header.contains(name))
                .forEach(name ->
                        losses.add(
                                loss(
                                        "the column `%s`, which the first row does not have"
                                                .formatted(Quoted.plain(name)),
                                        name + " = " + row.path(name))));
        return losses;
    }

    private void begin(JsonNode row) {
        if (header.isEmpty()) {
            header = List.copyOf(row.propertyNames());
        }
    }

    private static ShapeChanges.Loss loss(String what, String value) {
        return new ShapeChanges.Loss(what, Quoted.plain(value, 80));
    }

    private static boolean isReadBack(String name, JsonNode value) {
        try {
            return DelimitedReader.value(name, field(value)).equals(value);
        } catch (RowJson.BadJson _) {
            return false;
        }
    }

    private static String field(JsonNode value) {
        return value.isString()
                ? value.stringValue()
                : value.isNull() || value.isMissingNode() ? "" : value.toString();
    }

    private String line(List<String> fields) {
        return fields.stream()
                .map(DelimitedLayout::quoted)
                .collect(Collectors.joining(String.valueOf(delimiter), "", "\n"));
    }

    /// In quotation marks where it might be cut or taken for something else.
    private static String quoted(String field) {
        boolean plain =
                !field.isBlank()
                        && field.chars().noneMatch(c -> ",;|\t\"\n\r".indexOf(c) >= 0)
                        && "[{\ufeff".indexOf(field.charAt(0)) < 0;
        return plain ? field : "\"" + field.replace("\"", "\"\"") + "\"";
    }
}
