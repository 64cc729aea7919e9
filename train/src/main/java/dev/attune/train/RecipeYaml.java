package dev.attune.train;

import dev.attune.base.AttuneException;
import dev.attune.base.Problems;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads the text of a recipe. Of YAML it takes words, numbers, lists and mappings; anchors, tags
/// and second documents are refused, so nothing in a file can grow beyond what is written there.
///
/// Whether a word was quoted decides whether it can be a number, so the character where it begins
/// is looked up in the text.
final class RecipeYaml {
    private static final int MAX_BYTES = 256 * 1024;
    private static final int MAX_DEPTH = 8;
    private static final int MAX_NODES = 2_000;
    private static final String QUOTES = "\"'|>";

    private final String place;
    private final YAMLParser parser;
    private final int[] text;
    private final Problems problems;
    private int nodes;

    private RecipeYaml(String place, YAMLParser parser, String text, Problems problems) {
        this.place = place;
        this.parser = parser;
        this.text = text.codePoints().toArray();
        this.problems = problems;
    }

    /// The text of a file.
    ///
    /// @throws AttuneException if it is too large or not UTF-8
    static String decode(byte[] bytes, Object place) {
        if (bytes.length > MAX_BYTES) {
            throw AttuneException.user(
                            "The recipe has %d bytes, expected at most %d."
                                    .formatted(bytes.length, MAX_BYTES))
                    .at(place)
                    .fix("Give the YAML file of a recipe; data files are named in it.");
        }
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw AttuneException.user("The recipe is not UTF-8 text.")
                    .at(place)
                    .fix("Save it as UTF-8.")
                    .causedBy(e);
        }
    }

    /// The only value of a text.
    ///
    /// @param place where it comes from, as errors name it
    /// @param problems takes keys that stand twice
    /// @throws AttuneException if it is no YAML of this kind
    static RecipeNode read(String text, String place, Problems problems) {
        try (var parser =
                (YAMLParser) new YAMLFactory().createParser(ObjectReadContext.empty(), text)) {
            return new RecipeYaml(place, parser, text, problems).document();
        } catch (JacksonException e) {
            int line = e.getLocation() == null ? -1 : e.getLocation().getLineNr();
            throw AttuneException.user("This is no YAML: " + firstLine(e.getOriginalMessage()))
                    .at(line > 0 ? place + ":" + line : place)
                    .fix("Check colons, quotes and indentation there.")
                    .causedBy(e);
        }
    }

    private RecipeNode document() {
        JsonToken first = parser.nextToken();
        if (first == null) {
            return new RecipeNode.Scalar("", true);
        }
        RecipeNode node = node(first, 0);
        if (parser.nextToken() != null) {
            throw refused("A second YAML document begins here.", "Keep one recipe in a file.");
        }
        return node;
    }

    private RecipeNode node(JsonToken token, int depth) {
        refuseWhatCouldGrow(depth);
        return switch (token) {
            case START_OBJECT -> mapping(depth);
            case START_ARRAY -> sequence(depth);
            case VALUE_STRING,
                    VALUE_NUMBER_INT,
                    VALUE_NUMBER_FLOAT,
                    VALUE_TRUE,
                    VALUE_FALSE,
                    VALUE_NULL ->
                    scalar();
            case END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                    throw refused("Found " + token + ", expected a value.", "Write the value out.");
        };
    }

    private RecipeNode.Scalar scalar() {
        String value = parser.getString();
        long at = parser.currentTokenLocation().getCharOffset();
        int first = at >= 0 && at < text.length ? text[(int) at] : ' ';
        // The parser tells no anchor of a single word, and the word begins behind it.
        if (first == '&' || first == '!') {
            throw anchored();
        }
        return new RecipeNode.Scalar(value == null ? "" : value, QUOTES.indexOf(first) < 0);
    }

    private RecipeNode.Sequence sequence(int depth) {
        var items = new ArrayList<RecipeNode>();
        for (JsonToken token = next(); token != JsonToken.END_ARRAY; token = next()) {
            items.add(node(token, depth + 1));
        }
        return new RecipeNode.Sequence(List.copyOf(items));
    }

    private RecipeNode.Mapping mapping(int depth) {
        var entries = new ArrayList<RecipeNode.Entry>();
        Map<String, Integer> lines = new HashMap<>();
        for (JsonToken token = next(); token != JsonToken.END_OBJECT; token = next()) {
            refuseWhatCouldGrow(depth);
            String key = parser.currentName();
            int line = line();
            Integer earlier = lines.putIfAbsent(key, line);
            if (earlier != null) {
                problems.add(
                        AttuneException.user(key + " stands twice, first in line " + earlier + ".")
                                .at(place + ":" + line)
                                .fix("Keep one of them."));
            }
            RecipeNode value = node(next(), depth + 1);
            if (earlier == null) {
                entries.add(new RecipeNode.Entry(key, value, line));
            }
        }
        return new RecipeNode.Mapping(List.copyOf(entries));
    }

    private JsonToken next() {
        JsonToken token = parser.nextToken();
        if (token == null) {
            throw refused("The text ends within a value.", "Complete it.");
        }
        return token;
    }

    private void refuseWhatCouldGrow(int depth) {
        nodes++;
        if (nodes > MAX_NODES || depth > MAX_DEPTH) {
            throw refused(
                    "The recipe has more than %d values or is nested deeper than %d."
                            .formatted(MAX_NODES, MAX_DEPTH),
                    "Give the YAML file of a recipe; data files are named in it.");
        }
        if (parser.isCurrentAlias() || parser.getObjectId() != null) {
            throw anchored();
        }
        if (parser.getTypeId() != null) {
            throw refused(
                    "A YAML tag stands here: !" + parser.getTypeId() + ".",
                    "Remove it; a text that looks like a number goes in quotes.");
        }
    }

    private AttuneException anchored() {
        return refused("A YAML anchor or alias stands here.", "Write the value out.");
    }

    private AttuneException refused(String what, String fix) {
        return AttuneException.user(what).at(place + ":" + line()).fix(fix);
    }

    private int line() {
        return parser.currentTokenLocation().getLineNr();
    }

    private static String firstLine(String text) {
        return String.valueOf(text).lines().findFirst().orElse("unreadable");
    }
}
