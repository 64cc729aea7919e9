package dev.attune.train;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/// The fields of one event, each asked for by name and kind.
record EventFields(ObjectNode json) {
    /// A line that is no event.
    static final class Fault extends Exception {
        private static final long serialVersionUID = 1L;

        Fault(String what) {
            super(what);
        }

        /// What is wrong, as the end of a sentence.
        String what() {
            return String.valueOf(getMessage());
        }
    }

    String text(String name) throws Fault {
        JsonNode node = required(name);
        if (!node.isString()) {
            throw new Fault(name + " is " + kind(node) + ", expected a string");
        }
        return node.stringValue();
    }

    /// A count: a whole number from 0.
    long count(String name) throws Fault {
        JsonNode node = required(name);
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0) {
            throw new Fault(name + " is " + kind(node) + ", expected a whole number from 0");
        }
        return node.longValue();
    }

    /// A number; those that JSON lacks stand as strings.
    double number(String name) throws Fault {
        return number(name, required(name));
    }

    /// A number that may be absent.
    OptionalDouble optional(String name) throws Fault {
        JsonNode node = json.get(name);
        return node == null ? OptionalDouble.empty() : OptionalDouble.of(number(name, node));
    }

    boolean flag(String name) throws Fault {
        JsonNode node = required(name);
        if (!node.isBoolean()) {
            throw new Fault(name + " is " + kind(node) + ", expected true or false");
        }
        return node.booleanValue();
    }

    List<String> texts(String name) throws Fault {
        JsonNode node = required(name);
        if (!node.isArray()) {
            throw new Fault(name + " is " + kind(node) + ", expected an array");
        }
        var texts = new ArrayList<String>();
        for (JsonNode element : node) {
            if (!element.isString()) {
                throw new Fault(name + " holds " + kind(element) + ", expected strings");
            }
            texts.add(element.stringValue());
        }
        return texts;
    }

    /// Objects in an array.
    List<EventFields> objects(String name) throws Fault {
        JsonNode node = required(name);
        if (!node.isArray()) {
            throw new Fault(name + " is " + kind(node) + ", expected an array");
        }
        var objects = new ArrayList<EventFields>();
        for (JsonNode element : node) {
            if (!(element instanceof ObjectNode object)) {
                throw new Fault(name + " holds " + kind(element) + ", expected objects");
            }
            objects.add(new EventFields(object));
        }
        return objects;
    }

    private static double number(String name, JsonNode node) throws Fault {
        if (node.isNumber()) {
            return node.doubleValue();
        }
        return switch (node.isString() ? node.stringValue() : "") {
            case "NaN" -> Double.NaN;
            case "Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> throw new Fault(name + " is " + kind(node) + ", expected a number");
        };
    }

    private JsonNode required(String name) throws Fault {
        JsonNode node = json.get(name);
        if (node == null) {
            throw new Fault(name + " is missing");
        }
        return node;
    }

    private static String kind(JsonNode node) {
        String text = node.toString();
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }
}
