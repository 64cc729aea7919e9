package dev.attune.data;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.text.Normalizer;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/// Changes the texts of a row, wherever in it they stand; its form stays.
final class TextCleaning {
    private static final Pattern LINE_END = Pattern.compile("\r\n?");
    private static final Pattern BEFORE_LINE_END = Pattern.compile("[ \\t]+\n");
    private static final Pattern EMPTY_LINES = Pattern.compile("\n{4,}");

    /// Keys whose values are names for programs.
    private static final Set<String> NAMES =
            Set.of("role", "from", "type", "id", "tool_call_id", "name");

    private TextCleaning() {}

    /// `text` in Unicode's composed form, without control and zero-width characters, spaces before
    /// line ends and long runs of empty lines. Spaces at its ends stay: a completion may begin with
    /// one.
    static String normalised(String text) {
        return isPlain(text) ? text : rewritten(text);
    }

    /// Whether a text is of ASCII with nothing to mend, as most are.
    private static boolean isPlain(String text) {
        int lineEnds = 0;
        char before = '.';
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= '\u007f' || isDropped(c)) {
                return false;
            }
            lineEnds = c == '\n' ? lineEnds + 1 : 0;
            if (lineEnds > 3 || (c == '\n' && (before == ' ' || before == '\t'))) {
                return false;
            }
            before = c;
        }
        return true;
    }

    private static String rewritten(String text) {
        String out = Normalizer.normalize(text, Normalizer.Form.NFC);
        out = LINE_END.matcher(out).replaceAll("\n");
        StringBuilder kept = new StringBuilder(out.length());
        for (int i = 0; i < out.length(); i++) {
            char c = out.charAt(i);
            if (c == '\u00a0' || c == '\u202f') {
                kept.append(' ');
            } else if (!isDropped(c)) {
                kept.append(c);
            }
        }
        out = BEFORE_LINE_END.matcher(kept).replaceAll("\n");
        return EMPTY_LINES.matcher(out).replaceAll("\n\n\n");
    }

    /// A copy of `node` with each text changed.
    static JsonNode mapped(JsonNode node, UnaryOperator<String> change) {
        if (node.isString()) {
            return JsonNodeFactory.instance.stringNode(change.apply(node.stringValue()));
        }
        if (node instanceof ArrayNode list) {
            ArrayNode out = JsonNodeFactory.instance.arrayNode();
            for (JsonNode element : list) {
                out.add(mapped(element, change));
            }
            return out;
        }
        if (node instanceof ObjectNode object) {
            ObjectNode out = JsonNodeFactory.instance.objectNode();
            object.forEachEntry((key, value) ->
                    out.set(key, NAMES.contains(key) ? value : mapped(value, change)));
            return out;
        }
        return node;
    }

    /// Control characters, and those without width that are not needed to join letters.
    private static boolean isDropped(char c) {
        boolean control = (c < ' ' && c != '\n' && c != '\t') || (c >= '\u007f' && c < '\u00a0');
        return control || c == '\u200b' || c == '\ufeff' || c == '\u2060' || c == '\u00ad';
    }
}
