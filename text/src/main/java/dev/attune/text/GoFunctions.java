package dev.attune.text;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The functions that Ollama's templates call, with Go's meaning: a text is measured and cut in
/// bytes.
///
/// @param today what `currentDate` says
record GoFunctions(LocalDate today) {
    private static final Set<String> KNOWN =
            Set.of(
                    "and",
                    "or",
                    "not",
                    "len",
                    "index",
                    "slice",
                    "print",
                    "printf",
                    "println",
                    "eq",
                    "ne",
                    "lt",
                    "le",
                    "gt",
                    "ge",
                    "currentDate");

    static boolean isKnown(String name) {
        return KNOWN.contains(name);
    }

    /// All but `and` and `or`, which look at arguments one by one.
    Object call(String name, List<Object> arguments) {
        return switch (name) {
            case "not" -> !GoValues.isTrue(only(name, arguments));
            case "len" -> length(only(name, arguments));
            case "index" -> index(arguments);
            case "slice" -> slice(arguments);
            case "print", "println" -> joined(arguments) + (name.equals("println") ? "\n" : "");
            case "printf" -> format(arguments);
            case "eq", "ne" -> compared(name, arguments);
            case "lt", "le", "gt", "ge" -> ordered(name, arguments);
            case "currentDate" -> today.toString();
            default -> throw GoFault.rendering("the function '" + name + "' is not known");
        };
    }

    private static Object only(String name, List<Object> arguments) {
        if (arguments.size() != 1) {
            throw GoFault.rendering(
                    "'%s' takes one value, not %d".formatted(name, arguments.size()));
        }
        return arguments.getFirst();
    }

    private static Object compared(String name, List<Object> arguments) {
        if (arguments.size() < 2 || (name.equals("ne") && arguments.size() > 2)) {
            throw GoFault.rendering("'" + name + "' takes two values");
        }
        Object first = arguments.getFirst();
        boolean equal = false;
        for (Object other : arguments.subList(1, arguments.size())) {
            requireComparable(first, other);
            equal |= first.equals(other);
        }
        return equal == name.equals("eq");
    }

    private static Object ordered(String name, List<Object> arguments) {
        if (arguments.size() != 2) {
            throw GoFault.rendering("'" + name + "' takes two values");
        }
        Object first = arguments.get(0);
        Object second = arguments.get(1);
        requireComparable(first, second);
        int order =
                first instanceof Long number
                        ? number.compareTo((Long) second)
                        : String.valueOf(first).compareTo(String.valueOf(second));
        return switch (name) {
            case "lt" -> order < 0;
            case "le" -> order <= 0;
            case "gt" -> order > 0;
            default -> order >= 0;
        };
    }

    /// Go compares values of one type; nothing is compared with anything.
    private static void requireComparable(Object first, Object second) {
        boolean nothing = first instanceof GoValues.Nothing || second instanceof GoValues.Nothing;
        if (!nothing && !first.getClass().equals(second.getClass())) {
            throw GoFault.rendering("a text and a number, or a list, cannot be compared");
        }
    }

    private static Object length(Object value) {
        return switch (value) {
            case String text -> (long) text.getBytes(StandardCharsets.UTF_8).length;
            case List<?> list -> (long) list.size();
            case Map<?, ?> map -> (long) map.size();
            default -> throw GoFault.rendering("'len' of " + GoValues.shown(value));
        };
    }

    private static Object index(List<Object> arguments) {
        Object value = arguments.isEmpty() ? GoValues.NOTHING : arguments.getFirst();
        for (Object key : arguments.subList(Math.min(1, arguments.size()), arguments.size())) {
            if (value instanceof List<?> list && key instanceof Long i) {
                if (i < 0 || i >= list.size()) {
                    throw GoFault.rendering("index " + i + " of " + list.size());
                }
                value = list.get(i.intValue());
            } else if (value instanceof Map<?, ?> map) {
                value = map.containsKey(key) ? map.get(key) : GoValues.NOTHING;
            } else {
                throw GoFault.rendering("'index' of " + GoValues.shown(value));
            }
        }
        return value;
    }

    private static Object slice(List<Object> arguments) {
        Object value = arguments.isEmpty() ? GoValues.NOTHING : arguments.getFirst();
        int size = Math.toIntExact((Long) length(value));
        int from = bound(arguments, 1, 0);
        int to = bound(arguments, 2, size);
        if (from < 0 || from > to || to > size || arguments.size() > 3) {
            throw GoFault.rendering("'slice' from %d to %d of %d".formatted(from, to, size));
        }
        if (value instanceof List<?> list) {
            return list.subList(from, to);
        }
        byte[] bytes = String.valueOf(value).getBytes(StandardCharsets.UTF_8);
        return new String(Arrays.copyOfRange(bytes, from, to), StandardCharsets.UTF_8);
    }

    private static int bound(List<Object> arguments, int place, int otherwise) {
        if (arguments.size() <= place) {
            return otherwise;
        }
        if (arguments.get(place) instanceof Long number) {
            return Math.toIntExact(number);
        }
        throw GoFault.rendering("'slice' takes whole numbers");
    }

    private static String joined(List<Object> arguments) {
        StringBuilder text = new StringBuilder();
        arguments.forEach(each -> text.append(GoValues.shown(each)));
        return text.toString();
    }

    private static String format(List<Object> arguments) {
        if (arguments.isEmpty() || !(arguments.getFirst() instanceof String pattern)) {
            throw GoFault.rendering("'printf' takes a text first");
        }
        StringBuilder text = new StringBuilder();
        int used = 1;
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c != '%') {
                text.append(c);
                continue;
            }
            char verb = ++i < pattern.length() ? pattern.charAt(i) : ' ';
            if (verb == '%') {
                text.append('%');
            } else if ("svd".indexOf(verb) >= 0 && used < arguments.size()) {
                text.append(GoValues.shown(arguments.get(used++)));
            } else {
                throw GoFault.rendering("'printf' of '%" + verb + "'");
            }
        }
        return text.toString();
    }
}
