package dev.attune.data;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.io.Reader;
import java.util.Optional;

/// Builds the tree of one JSON value of a hostile file.
///
/// Two kinds of fault: where the text is not JSON, reading ends ([BadJson]); where it is JSON that
/// would lose something (a key given twice, a number beyond a double, half a surrogate pair, NaN),
/// the value is read to its end and the first such [#fault] is kept, so that what follows can be
/// read. Not thread-safe; one object per value.
final class RowJson {
    /// Deeper than any tool schema; shallow enough for whatever walks the tree by recursion.
    static final int MAX_DEPTH = 200;

    /// A value costs some 50 bytes of memory, however short it is in the file.
    static final int MAX_VALUES = 2_000_000;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    // Read, so that it can be refused by name and the rest of the file be read.
                    .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                    .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(MAX_DEPTH)
                                    .maxStringLength(Source.MAX_ROW_BYTES)
                                    .build())
                    .build();

    private final JsonParser json;
    private Optional<Fault> fault = Optional.empty();
    private int values;

    RowJson(JsonParser json) {
        this.json = json;
    }

    /// A parser of text that was decoded strictly.
    static JsonParser parser(Reader text) {
        return FACTORY.createParser(ObjectReadContext.empty(), text);
    }

    /// The one value that `text` is.
    static JsonNode parse(String text) throws BadJson {
        try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            RowJson reading = new RowJson(json);
            if (next(json).isEmpty()) {
                throw new BadJson("it is empty.", "Write a value.");
            }
            JsonNode value = reading.value();
            if (reading.fault.isPresent()) {
                throw new BadJson(reading.fault.get());
            }
            Optional<JsonToken> more = next(json);
            if (more.isPresent()) {
                throw more.get().isStructStart()
                        ? new BadJson(
                                "a second value follows the first, at column %d."
                                        .formatted(json.currentTokenLocation().getColumnNr()),
                                "Write each row on a line of its own.")
                        : new BadJson(
                                "something follows the value, at column %d."
                                        .formatted(json.currentTokenLocation().getColumnNr()),
                                "Write one object on a line, and nothing else.");
            }
            return value;
        }
    }

    /// The next token, or nothing at the end.
    static Optional<JsonToken> next(JsonParser json) throws BadJson {
        try {
            return Optional.ofNullable(json.nextToken());
        } catch (JacksonException e) {
            throw bad(e);
        }
    }

    /// The first thing that would be lost, if anything.
    Optional<Fault> fault() {
        return fault;
    }

    /// The value that begins with the parser's current token; the parser ends on its last.
    JsonNode value() throws BadJson {
        try {
            return value(json.currentToken());
        } catch (JacksonException e) {
            throw bad(e);
        }
    }

    /// What would be lost, and what to do.
    record Fault(String what, String fix) {}

    private JsonNode value(JsonToken token) throws BadJson {
        if (++values > MAX_VALUES) {
            throw new BadJson(
                    "it holds more than %,d values.".formatted(MAX_VALUES),
                    "Split the row, or leave out what is no text.");
        }
        return switch (token) {
            case START_OBJECT -> object();
            case START_ARRAY -> array();
            case VALUE_STRING -> NODES.stringNode(whole(json.getString()));
            case VALUE_NUMBER_INT ->
                    switch (json.getNumberType()) {
                        case INT -> NODES.numberNode(json.getIntValue());
                        case LONG -> NODES.numberNode(json.getLongValue());
                        case BIG_INTEGER, FLOAT, DOUBLE, BIG_DECIMAL ->
                                NODES.numberNode(json.getBigIntegerValue());
                    };
            case VALUE_NUMBER_FLOAT -> decimal();
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            case VALUE_NULL -> NODES.nullNode();
            case END_ARRAY, END_OBJECT, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                    throw new IllegalStateException("no value begins with " + token);
        };
    }

    private ObjectNode object() throws BadJson {
        ObjectNode object = NODES.objectNode();
        while (require() != JsonToken.END_OBJECT) {
            String key = whole(json.currentName());
            JsonNode value = value(require());
            if (object.has(key)) {
                keep(
                        "the key %s is given twice.".formatted(Quoted.of(key)),
                        "Keep one of the two: readers differ in which they take.");
            }
            object.set(key, value);
        }
        return object;
    }

    private ArrayNode array() throws BadJson {
        ArrayNode array = NODES.arrayNode();
        for (JsonToken token = require(); token != JsonToken.END_ARRAY; token = require()) {
            array.add(value(token));
        }
        return array;
    }

    private JsonNode decimal() {
        double value = json.getDoubleValue();
        if (json.isNaN()) {
            keep(
                    "it holds %s, which JSON has not.".formatted(Quoted.plain(json.getString())),
                    "Write null, or leave the key out.");
        } else if (!Double.isFinite(value)) {
            keep(
                    "the number %s is too large.".formatted(Quoted.plain(json.getString())),
                    "Write it as a string if it is no quantity.");
        }
        return NODES.numberNode(value);
    }

    private String whole(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!Character.isSurrogate(text.charAt(i))) {
                continue;
            }
            if (Character.isHighSurrogate(text.charAt(i))
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else {
                keep(
                        "a text holds half a character, \\u%04x.".formatted((int) text.charAt(i)),
                        "A text was cut within an emoji or the like: cut it elsewhere.");
                break;
            }
        }
        return text;
    }

    private void keep(String what, String fix) {
        if (fault.isEmpty()) {
            fault = Optional.of(new Fault(what, fix));
        }
    }

    private JsonToken require() throws BadJson {
        return next(json).orElseThrow(RowJson::cutShort);
    }

    private static BadJson bad(JacksonException e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof StrictUtf8Reader.Refused refused) {
                return new BadJson(new Fault(refused.what(), refused.fix()));
            }
        }
        if (e instanceof JacksonIOException) {
            throw e; // the disk failed, not the text
        }
        if (e instanceof UnexpectedEndOfInputException) {
            return cutShort();
        }
        String why = Quoted.plain(String.valueOf(e.getOriginalMessage()), 160);
        if (e instanceof StreamConstraintsException) {
            return new BadJson("it is beyond a limit: " + why, "Leave out what is no text.");
        }
        int line = e.getLocation().getLineNr();
        return new BadJson(
                "it is not JSON at %scolumn %d: %s"
                        .formatted(
                                line > 1 ? "line " + line + ", " : "",
                                Math.max(1, e.getLocation().getColumnNr()),
                                why),
                "Mend the line, or leave the row out.");
    }

    static BadJson cutShort() {
        return new BadJson(
                "it ends before it is complete.",
                "The file may be cut short: copy or download it again.");
    }

    /// The text is not JSON, or not JSON that can be taken.
    static final class BadJson extends Exception {
        private static final long serialVersionUID = 1;
        private final String what;
        private final String fix;

        BadJson(String what, String fix) {
            super(what);
            this.what = what;
            this.fix = fix;
        }

        BadJson(Fault fault) {
            this(fault.what(), fault.fix());
        }

        String what() {
            return what;
        }

        String fix() {
            return fix;
        }
    }
}
