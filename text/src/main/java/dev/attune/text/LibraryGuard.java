package dev.attune.text;

import dev.attune.base.AttuneException;

import tools.jackson.databind.JsonNode;

/// Refuses the descriptions at which the library would not report an error but end the process.
///
/// @param place the file, for messages
record LibraryGuard(Object place) {
    /// A `normalizer`.
    void normalizer(JsonNode node) {
        JsonNode map = node.path("precompiled_charsmap");
        if (map.isString()) {
            CharsMap.requireSound(map.stringValue(), place);
        } else if (node.path("type").stringValue("").equals("Precompiled")) {
            throw refuse("a Precompiled normalizer has no precompiled_charsmap");
        }
        node.path("normalizers").forEach(this::normalizer);
    }

    /// A `post_processor`.
    void postProcessor(JsonNode node) {
        JsonNode known = node.path("special_tokens");
        for (String template : new String[] {"single", "pair"}) {
            for (JsonNode step : node.path(template)) {
                String id = templateToken(step);
                if (!id.isEmpty() && !known.has(id)) {
                    throw refuse("the template's token '%s' is no special token".formatted(id));
                }
            }
        }
        node.path("processors").forEach(this::postProcessor);
    }

    /// A `decoder`.
    void decoder(JsonNode node) {
        if (node.path("type").stringValue("").equals("Strip")
                && node.path("start").intValue(0) > 0
                && node.path("stop").intValue(0) > 0) {
            throw refuse("a Strip decoder cuts at both ends");
        }
        node.path("decoders").forEach(this::decoder);
    }

    /// A model of merges.
    void merges(String continuingSubwordPrefix) {
        if (!continuingSubwordPrefix.isEmpty()) {
            throw refuse("a BPE model has a continuing_subword_prefix");
        }
    }

    private static String templateToken(JsonNode step) {
        JsonNode token = step.isString() ? step : step.path("SpecialToken").path("id");
        String id = token.stringValue("");
        return step.isString() && id.startsWith("$") ? "" : id;
    }

    private AttuneException refuse(String why) {
        return AttuneException.user("The tokenizer is not supported: " + why + ".")
                .at(place)
                .fix("Get the file again; if it is whole, use another model.");
    }
}
