package dev.attune.text;

import dev.attune.base.AttuneException;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Small files of a model's folder: their text and JSON, with errors that name the file.
final class JsonFiles {
    private static final long MAX_BYTES = 512L << 20;

    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(100)
                                                    .maxNameLength(1 << 20)
                                                    .build())
                                    .build())
                    .build();

    private JsonFiles() {}

    /// The shared mapper; thread-safe.
    static JsonMapper mapper() {
        return MAPPER;
    }

    /// The object in a file.
    ///
    /// @throws AttuneException of kind USER if it is missing, not UTF-8 or not an object,
    ///   ENVIRONMENT if it cannot be read
    static ObjectNode object(Path file) {
        return object(text(file), file);
    }

    /// The object in a text.
    static ObjectNode object(String json, Object place) {
        try {
            JsonNode node = MAPPER.readTree(json);
            if (node instanceof ObjectNode object) {
                return object;
            }
        } catch (JacksonException e) {
            throw notJson(e, place);
        }
        throw AttuneException.user("The JSON is no object.")
                .at(place)
                .fix("Get the file again from the model's repository.");
    }

    /// The text of a file in UTF-8.
    static String text(Path file) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes(file)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw AttuneException.user("The file is not UTF-8.")
                    .at(file)
                    .fix("Get the file again from the model's repository.")
                    .causedBy(e);
        }
    }

    /// The bytes of a file.
    static byte[] bytes(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES || !Files.isRegularFile(file)) {
                throw AttuneException.user("This is no tokenizer's file: a folder, or too large.")
                        .at(file)
                        .fix("Name the file itself, such as tokenizer.json.");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw AttuneException.user("There is no such file.")
                    .at(file)
                    .fix("Check the path.")
                    .causedBy(e);
        } catch (IOException e) {
            throw AttuneException.environment("The file cannot be read: " + e.getMessage() + ".")
                    .at(file)
                    .fix("Check that you may read it, and the disk that it is on.")
                    .causedBy(e);
        }
    }

    static AttuneException notJson(JacksonException e, Object place) {
        String why = e.getOriginalMessage().replaceAll("\\p{Cntrl}", " ");
        return AttuneException.user(
                        "This is not JSON, near character %d: %s"
                                .formatted(
                                        e.getLocation() == null
                                                ? 0
                                                : e.getLocation().getCharOffset(),
                                        why.substring(0, Math.min(200, why.length()))))
                .at(place)
                .fix("Get the file again: its download may not have finished.")
                .causedBy(e);
    }
}
