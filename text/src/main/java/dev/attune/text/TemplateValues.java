package dev.attune.text;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Turns messages and variables into values of the interpreter, and remembers where in the messages
/// each comes from. Not for several threads.
final class TemplateValues {
    private final List<Origin> origins = new ArrayList<>();

    /// What has an origin, by its number.
    List<Origin> origins() {
        return origins;
    }

    /// The messages as a list.
    PyList messages(List<Message> messages) {
        List<Object> items = new ArrayList<>(messages.size());
        for (int i = 0; i < messages.size(); i++) {
            Map<Object, Object> entries = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> field : messages.get(i).fields().properties()) {
                Place place = new Place(i, Origin.Field.of(field.getKey()), field.getKey());
                entries.put(SourcedText.of(field.getKey()), value(field.getValue(), place));
            }
            items.add(new PyDict(entries, add(new Place(i, Origin.Field.OTHER, ""), 0), i));
        }
        return PyList.list(items);
    }

    /// A value of no message.
    Object value(JsonNode node) {
        return value(node, Place.NOWHERE);
    }

    /// The message that a value belongs to, -1 if it is none's.
    int messageOf(Object value) {
        int origin =
                switch (value) {
                    case PyDict dict -> dict.origin();
                    case PyList list -> list.origin();
                    default -> SourcedText.NOBODY;
                };
        return origin < 0 ? -1 : origins.get(origin).message();
    }

    private record Place(int message, Origin.Field field, String path) {
        static final Place NOWHERE = new Place(-1, Origin.Field.OTHER, "");

        Place key(String key) {
            return message < 0 ? this : new Place(message, field, path + "." + key);
        }

        Place index(int index) {
            return message < 0 ? this : new Place(message, field, path + "[" + index + "]");
        }
    }

    private int add(Place place, int chars) {
        if (place.message() < 0) {
            return SourcedText.NOBODY;
        }
        origins.add(new Origin(place.message(), place.field(), place.path(), chars));
        return origins.size() - 1;
    }

    private Object value(JsonNode node, Place place) {
        return switch (node.getNodeType()) {
            case NULL, MISSING -> PyNone.NONE;
            case BOOLEAN -> node.booleanValue();
            case NUMBER ->
                    node.isIntegralNumber()
                            ? PyNumbers.narrowed(node.bigIntegerValue())
                            : (Object) node.doubleValue();
            case STRING -> {
                String text = node.stringValue();
                yield SourcedText.of(text, add(place, text.length()));
            }
            case ARRAY -> {
                List<Object> items = new ArrayList<>(node.size());
                for (int i = 0; i < node.size(); i++) {
                    items.add(value(node.get(i), place.index(i)));
                }
                yield new PyList(PyList.Kind.LIST, items, add(place, 0));
            }
            case OBJECT -> {
                Map<Object, Object> entries = new LinkedHashMap<>();
                for (Map.Entry<String, JsonNode> field : node.properties()) {
                    Place inner = place.key(field.getKey());
                    entries.put(
                            SourcedText.of(field.getKey(), add(inner, 0)),
                            value(field.getValue(), inner));
                }
                yield new PyDict(entries, add(place, 0), -1);
            }
            case BINARY, POJO -> SourcedText.of(node.asString(), add(place, 0));
        };
    }
}
