package dev.attune.data;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Gives the columns of a row the names that a shape knows: `prompt=question`,
/// `completion=answer.text`.
///
/// @param from for each new name, the column it is taken from; a dot goes into an object
public record ColumnMapping(Map<String, String> from) {
    /// Leaves rows as they are.
    public static final ColumnMapping NONE = new ColumnMapping(Map.of());

    /// Copies the map, in its order.
    public ColumnMapping {
        from = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(from));
    }

    /// Reads `new=old` pairs.
    ///
    /// @throws AttuneException of kind USER if one is something else
    public static ColumnMapping parse(List<String> pairs) {
        Map<String, String> from = new LinkedHashMap<>();
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            if (equals < 1 || equals == pair.length() - 1) {
                throw AttuneException.user(
                                "The column mapping %s is not of the form NEW=OLD."
                                        .formatted(Quoted.of(pair)))
                        .fix("Write prompt=question to take the column question as prompt.");
            }
            if (from.put(pair.substring(0, equals), pair.substring(equals + 1)) != null) {
                throw AttuneException.user(
                                "The column %s is mapped twice."
                                        .formatted(Quoted.of(pair.substring(0, equals))))
                        .fix("Keep one of the two.");
            }
        }
        return new ColumnMapping(from);
    }

    /// The row under its new names; columns that are not named stay.
    ///
    /// @throws AttuneException of kind USER, without a place, if a column is missing, or a new name
    ///   is taken by a column that stays
    public ObjectNode map(ObjectNode row) {
        if (from.isEmpty()) {
            return row;
        }
        ObjectNode mapped = JsonNodeFactory.instance.objectNode();
        from.forEach((name, old) -> mapped.set(name, value(row, old)));
        for (Map.Entry<String, JsonNode> column : row.properties()) {
            if (from.containsValue(column.getKey())) {
                continue;
            }
            if (mapped.has(column.getKey())) {
                throw AttuneException.user(
                                "The row has a column %s already, beside the one mapped to it."
                                        .formatted(Quoted.of(column.getKey())))
                        .fix("Map that column to another name, such as old_" + column.getKey());
            }
            mapped.set(column.getKey(), column.getValue());
        }
        return mapped;
    }

    private static JsonNode value(ObjectNode row, String path) {
        JsonNode whole = row.path(path);
        JsonNode value = whole;
        if (whole.isMissingNode()) {
            value = row;
            for (String step : path.split("\\.", -1)) {
                value = value.path(step);
            }
        }
        if (value.isMissingNode()) {
            List<String> names = new ArrayList<>(row.propertyNames());
            throw AttuneException.user(
                            "The mapped column %s is not in the row, which has %s."
                                    .formatted(Quoted.of(path), Quoted.keys(names)))
                    .fix(
                            Nearest.to(path, names.stream().limit(50).toList())
                                    .map(near -> "Did you mean " + Quoted.plain(near) + "?")
                                    .orElse("Map a column that each row has."));
        }
        return value;
    }
}
