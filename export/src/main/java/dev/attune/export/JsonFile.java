package dev.attune.export;

import dev.attune.base.AttuneException;
import dev.attune.format.IoFault;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// JSON files of a model folder: read, and changed in one place.
final class JsonFile {
    private static final JsonMapper MAPPER = new JsonMapper();

    private JsonFile() {}

    /// The object in a file, if there is the file.
    static Optional<ObjectNode> read(Path file) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        JsonNode node;
        try {
            node = MAPPER.readTree(Files.readAllBytes(file));
        } catch (JacksonException e) {
            throw AttuneException.user("This is no JSON: " + e.getOriginalMessage() + ".")
                    .at(file + ":" + e.getLocation().getLineNr())
                    .fix("Fetch the file again.")
                    .causedBy(e);
        } catch (IOException e) {
            throw IoFault.reading(file, e);
        }
        if (!(node instanceof ObjectNode object)) {
            throw AttuneException.user("This file holds no JSON object.")
                    .at(file)
                    .fix("Fetch the file again.");
        }
        return Optional.of(object);
    }

    /// The text of an object with another value for one key of its own, everything else letter by
    /// letter as it was; a key that is new comes first.
    ///
    /// @param json the text of an object that has keys
    /// @param value JSON
    static String with(String json, String key, String value) {
        try (JsonParser parser = MAPPER.createParser(json)) {
            int open = 0;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                boolean own = parser.streamReadContext().getNestingDepth() == 1;
                if (token == JsonToken.START_OBJECT && own && open == 0) {
                    open = offset(parser.currentTokenLocation()) + 1;
                }
                if (token == JsonToken.PROPERTY_NAME && own && key.equals(parser.currentName())) {
                    parser.nextToken();
                    int start = offset(parser.currentTokenLocation());
                    parser.skipChildren();
                    parser.finishToken();
                    int end = offset(parser.currentLocation());
                    return json.substring(0, start) + value + json.substring(end);
                }
            }
            String added = "\n  \"%s\": %s,".formatted(key, value);
            return json.substring(0, open) + added + json.substring(open);
        }
    }

    private static int offset(TokenStreamLocation location) {
        return Math.toIntExact(location.getCharOffset());
    }
}
