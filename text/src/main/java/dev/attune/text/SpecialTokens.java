package dev.attune.text;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The tokens that a tokenizer's settings give a role, by the names that chat templates use:
/// `bos_token`, `eos_token`, `unk_token`, `pad_token`, `image_token` ... Immutable.
///
/// @param named the texts of the tokens by role
/// @param addBos whether the settings say that a BOS begins each text; empty if they say nothing
/// @param addEos likewise of an EOS at the end
public record SpecialTokens(
        Map<String, String> named, Optional<Boolean> addBos, Optional<Boolean> addEos) {
    /// Nothing is known.
    public static final SpecialTokens NONE =
            new SpecialTokens(Map.of(), Optional.empty(), Optional.empty());

    /// Copies the map.
    public SpecialTokens {
        named = Collections.unmodifiableMap(new LinkedHashMap<>(named));
    }

    /// The token that begins a text.
    public Optional<String> bos() {
        return Optional.ofNullable(named.get("bos_token"));
    }

    /// The token that ends a text.
    public Optional<String> eos() {
        return Optional.ofNullable(named.get("eos_token"));
    }

    /// The token for what the vocabulary lacks.
    public Optional<String> unk() {
        return Optional.ofNullable(named.get("unk_token"));
    }

    /// The token that fills up a batch.
    public Optional<String> pad() {
        return Optional.ofNullable(named.get("pad_token"));
    }

    /// What a chat template is given: the texts of the tokens by role.
    public Map<String, String> asVariables() {
        return named;
    }

    /// Reads them from the object of tokenizer_config.json, and what that does not name from that
    /// of special_tokens_map.json. A token is a text, or an object with a text `content`.
    static SpecialTokens of(ObjectNode config, ObjectNode tokensMap) {
        Map<String, String> named = new LinkedHashMap<>();
        for (ObjectNode from : new ObjectNode[] {config, tokensMap}) {
            from.properties().stream()
                    .filter(e -> e.getKey().endsWith("_token"))
                    .forEach(e -> put(named, e.getKey(), e.getValue()));
            from.path("extra_special_tokens")
                    .properties()
                    .forEach(e -> put(named, e.getKey(), e.getValue()));
        }
        return new SpecialTokens(
                named, flag(config, "add_bos_token"), flag(config, "add_eos_token"));
    }

    private static void put(Map<String, String> named, String role, JsonNode token) {
        JsonNode text = token.isObject() ? token.path("content") : token;
        if (text.isString()) {
            named.putIfAbsent(role, text.stringValue());
        }
    }

    private static Optional<Boolean> flag(ObjectNode config, String key) {
        JsonNode node = config.path(key);
        return node.isBoolean() ? Optional.of(node.booleanValue()) : Optional.empty();
    }
}
