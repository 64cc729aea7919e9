package dev.attune.format;

import dev.attune.base.AttuneException;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonParser.NumberType;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;

import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Reads one JSON object of a hostile file, token by token: UTF-8, depth, types and repeated keys
/// are checked, and each fault is a USER error at the file.
///
/// The `whose` of each method names the value in messages: `the header`, `tensor 'a'`. Not
/// thread-safe; [#close] frees the parser's buffers.
final class StrictJson implements AutoCloseable {
    /// Headers need a depth of three; what unknown keys hold is skipped down to this.
    static final int MAX_DEPTH = 32;

    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNameLength(SafetensorsHeader.MAX_HEADER_BYTES)
                                    .maxStringLength(SafetensorsHeader.MAX_HEADER_BYTES)
                                    .build())
                    .build();

    private final String document;
    private final String fix;
    private final Path place;
    private final JsonParser json;

    /// @param document what the bytes are, in messages: `the header`
    /// @param fix the next step if they are damaged
    /// @throws AttuneException if the bytes are not UTF-8
    StrictJson(byte[] utf8, String document, String fix, Path place) {
        this.document = document;
        this.fix = fix;
        this.place = place;
        requireUtf8(utf8);
        // A reader, because a parser of bytes would guess at UTF-16 and UTF-32.
        Reader text = new InputStreamReader(new ByteArrayInputStream(utf8), StandardCharsets.UTF_8);
        this.json = FACTORY.createParser(ObjectReadContext.empty(), text);
    }

    /// Reads the whole document, which must be one object with nothing but blanks after it.
    void document(String keyKind, Consumer<String> value) {
        object(document, keyKind, value);
        Optional<JsonToken> more;
        try {
            more = Optional.ofNullable(json.nextToken());
        } catch (JacksonException e) {
            throw trailing().causedBy(e);
        }
        if (more.isPresent()) {
            throw trailing();
        }
    }

    /// Reads the next value, which must be an object; calls `value` after each key, to read its
    /// value. A key that comes twice is refused as `keyKind`.
    void object(String whose, String keyKind, Consumer<String> value) {
        require(next(), JsonToken.START_OBJECT, whose, "an object");
        Set<String> keys = new HashSet<>();
        while (next() == JsonToken.PROPERTY_NAME) {
            String key = json.currentName();
            if (!keys.add(key)) {
                throw fault(
                        "The %s %s appears twice in %s."
                                .formatted(keyKind, Shown.quoted(key), whose));
            }
            value.accept(key);
        }
    }

    /// Reads the next value, which must be a string.
    String string(String whose) {
        require(next(), JsonToken.VALUE_STRING, whose, "a string");
        return guarded(json::getString);
    }

    /// Reads the next value, which must be an array of at most `max` integers from 0 to 2^63 - 1.
    List<Long> counts(String whose, int max) {
        require(next(), JsonToken.START_ARRAY, whose, "an array of integers");
        List<Long> counts = new ArrayList<>();
        for (JsonToken token = next(); token != JsonToken.END_ARRAY; token = next()) {
            if (counts.size() == max) {
                throw fault("There are more than %d numbers in %s.".formatted(max, whose));
            }
            counts.add(count(token, whose));
        }
        return counts;
    }

    /// Passes over the next value, whatever it is.
    void skip() {
        skipRest(next());
    }

    /// A USER error at the file, with the reader's next step.
    AttuneException fault(String what) {
        return AttuneException.user(what).at(place).fix(fix);
    }

    @Override
    public void close() {
        json.close();
    }

    private long count(JsonToken token, String whose) {
        if (token == JsonToken.VALUE_NUMBER_FLOAT) {
            throw fault(
                    "There is %s in %s; expected whole numbers, written without point or exponent."
                            .formatted(Shown.plain(guarded(json::getString)), whose));
        }
        require(token, JsonToken.VALUE_NUMBER_INT, whose, "integers");
        String digits = guarded(json::getString);
        if (digits.startsWith("-")) {
            throw fault(
                    "There is a negative number, %s, in %s.".formatted(Shown.plain(digits), whose));
        }
        if (guarded(json::getNumberType) == NumberType.BIG_INTEGER) {
            throw fault(
                    "The number %s in %s is beyond 2^63 - 1."
                            .formatted(Shown.plain(digits), whose));
        }
        return json.getLongValue();
    }

    private void require(JsonToken found, JsonToken expected, String whose, String expectation) {
        if (found != expected) {
            skipRest(found); // a fault of syntax or depth is told before one of meaning
            throw fault("Found %s for %s; expected %s.".formatted(kind(found), whose, expectation));
        }
    }

    private void skipRest(JsonToken token) {
        int open = token.isStructStart() ? 1 : 0;
        while (open > 0) {
            JsonToken inner = next();
            if (inner.isStructStart()) {
                open++;
            } else if (inner.isStructEnd()) {
                open--;
            }
            if (json.streamReadContext().getNestingDepth() > MAX_DEPTH) {
                throw fault(
                        "The JSON of %s is nested deeper than %d levels."
                                .formatted(document, MAX_DEPTH));
            }
        }
    }

    private JsonToken next() {
        return guarded(() -> Optional.ofNullable(json.nextToken())).orElseThrow(this::cutShort);
    }

    private <T> T guarded(Supplier<T> read) {
        try {
            return read.get();
        } catch (UnexpectedEndOfInputException e) {
            throw cutShort().causedBy(e);
        } catch (JacksonException e) {
            String why = Shown.plain(e.getOriginalMessage());
            throw fault(
                            "This is not JSON in %s, at character %d: %s"
                                    .formatted(document, position(), why))
                    .causedBy(e);
        }
    }

    private AttuneException cutShort() {
        return fault("The JSON of %s ends before it is complete.".formatted(document));
    }

    private AttuneException trailing() {
        return fault(
                "Something other than spaces follows the closing brace of %s, near character %d."
                        .formatted(document, position()));
    }

    private long position() {
        return json.currentLocation().getCharOffset();
    }

    private void requireUtf8(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(8192);
        CoderResult result;
        do {
            out.clear();
            result = decoder.decode(in, out, true);
        } while (result.isOverflow());
        if (result.isError()) {
            throw fault(
                    "The bytes of %s are not UTF-8: 0x%02x at byte %d."
                            .formatted(document, bytes[in.position()], in.position()));
        }
    }

    private static String kind(JsonToken token) {
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "true or false";
            case VALUE_NULL -> "null";
            case END_ARRAY, END_OBJECT, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                    "nothing";
        };
    }
}
