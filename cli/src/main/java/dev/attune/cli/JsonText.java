package dev.attune.cli;

import dev.attune.base.AttuneException;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// JSON as commands read and write it: strict on the way in, and in ASCII on the way out, so that
/// no terminal or pipe can change a character.
final class JsonText {
    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                    .build();

    private JsonText() {}

    /// One JSON value.
    ///
    /// @param place where it stands, for the error
    static JsonNode read(String text, String place) {
        try {
            return MAPPER.readTree(text);
        } catch (JacksonException e) {
            boolean inLine = place.matches(".*:\\d+");
            String at = inLine ? place : place + ":" + e.getLocation().getLineNr();
            throw AttuneException.user("This is no JSON: " + e.getOriginalMessage() + ".")
                    .at(at)
                    .fix("Mend it there.")
                    .causedBy(e);
        }
    }

    /// A value as one line.
    static String write(Object value) {
        return MAPPER.writeValueAsString(value);
    }
}
