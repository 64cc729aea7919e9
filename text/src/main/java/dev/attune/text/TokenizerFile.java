package dev.attune.text;

import dev.attune.base.AttuneException;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// What Attune reads of a `tokenizer.json` itself, since the library does not tell it: the
/// vocabulary, the added tokens and the decoder. The merges are passed over.
///
/// @param json the whole text
/// @param vocabulary the tokens
/// @param decoder the node `decoder`, missing or null where there is none
record TokenizerFile(String json, Vocabulary vocabulary, JsonNode decoder) {
    /// A hole of ids beyond this would make a table out of nothing.
    private static final int MAX_ID = 1 << 24;

    private static final String SUBWORD_PREFIX = "continuing_subword_prefix";
    private static final String NOT_SPECIAL_PREFIX = "\ue000";

    /// Reads the text of a tokenizer.json.
    ///
    /// @throws AttuneException of kind USER at `place` if it is none
    static TokenizerFile read(String json, Object place) {
        try (JsonParser in = JsonFiles.mapper().createParser(json)) {
            Reading reading = new Reading(in, place);
            reading.root();
            return new TokenizerFile(json, reading.tokens.build(), reading.decoder);
        } catch (JacksonException e) {
            throw JsonFiles.notJson(e, place);
        }
    }

    /// The same tokenizer, with special tokens as plain text where a text holds them.
    String withoutSpecialTokens() {
        JsonMapper mapper = JsonFiles.mapper();
        ObjectNode root = (ObjectNode) mapper.readTree(json);
        ArrayNode kept = mapper.createArrayNode();
        for (JsonNode token : root.path("added_tokens")) {
            if (!token.path("special").booleanValue(false)) {
                kept.add(token);
            } else if (root.path("model").path("vocab") instanceof ArrayNode pieces) {
                // A unigram model finds its pieces by their text: give this one no text at all.
                int id = token.path("id").intValue();
                if (id < pieces.size() && pieces.get(id) instanceof ArrayNode piece) {
                    piece.set(0, NOT_SPECIAL_PREFIX + id);
                }
            }
        }
        root.set("added_tokens", kept);
        root.putNull("post_processor");
        return root.toString();
    }

    /// One pass over the parts.
    private static final class Reading {
        private final JsonParser in;
        private final Object place;
        private final LibraryGuard guard;
        private final Vocabulary.Builder tokens = new Vocabulary.Builder();
        private JsonNode decoder = MissingNode.getInstance();
        private JsonNode added = MissingNode.getInstance();

        Reading(JsonParser in, Object place) {
            this.in = in;
            this.place = place;
            this.guard = new LibraryGuard(place);
        }

        void root() {
            require(in.nextToken() == JsonToken.START_OBJECT, "an object at the top");
            boolean hasModel = false;
            while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = in.currentName();
                JsonToken value = in.nextToken();
                switch (name) {
                    case "model" -> {
                        require(value == JsonToken.START_OBJECT, "an object for model");
                        model();
                        hasModel = true;
                    }
                    case "added_tokens" -> added = in.readValueAsTree();
                    case "decoder" -> decoder = in.readValueAsTree();
                    case "normalizer" -> guard.normalizer(in.readValueAsTree());
                    case "post_processor" -> guard.postProcessor(in.readValueAsTree());
                    default -> in.skipChildren();
                }
            }
            require(hasModel, "an object for model");
            guard.decoder(decoder);
            added.forEach(this::added);
            require(tokens.count() > 0, "tokens in the vocabulary");
        }

        private void model() {
            boolean hasMerges = false;
            String prefix = "";
            while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = in.currentName();
                JsonToken value = in.nextToken();
                if (name.equals("vocab") && value == JsonToken.START_OBJECT) {
                    vocabObject();
                } else if (name.equals("vocab") && value == JsonToken.START_ARRAY) {
                    vocabArray();
                } else if (value == JsonToken.VALUE_STRING && name.equals(SUBWORD_PREFIX)) {
                    prefix = in.getString();
                } else {
                    hasMerges = hasMerges || name.equals("merges");
                    in.skipChildren();
                }
            }
            if (hasMerges) {
                guard.merges(prefix);
            }
        }

        private void vocabObject() {
            while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                String token = in.currentName();
                require(in.nextToken() == JsonToken.VALUE_NUMBER_INT, "ids in the vocabulary");
                tokens.add(token, id(in.getLongValue()));
            }
        }

        private void vocabArray() {
            for (int id = 0; in.nextToken() != JsonToken.END_ARRAY; id++) {
                JsonNode pair = in.readValueAsTree();
                require(pair.isArray() && pair.path(0).isString(), "[piece, score] in vocab");
                tokens.add(pair.path(0).stringValue(), id(id));
            }
        }

        private void added(JsonNode token) {
            require(token.path("content").isString(), "a content for each of added_tokens");
            require(token.path("id").isIntegralNumber(), "an id for each of added_tokens");
            tokens.addAdded(
                    token.path("content").stringValue(),
                    id(token.path("id").longValue()),
                    token.path("special").booleanValue(false));
        }

        private int id(long id) {
            require(id >= 0 && id < MAX_ID, "ids from 0 to " + (MAX_ID - 1));
            return (int) id;
        }

        private void require(boolean is, String expected) {
            if (!is) {
                throw AttuneException.user(
                                "This is no tokenizer.json: it needs %s.".formatted(expected))
                        .at(place)
                        .fix("Get the file again from the model's repository.");
            }
        }
    }
}
