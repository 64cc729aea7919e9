package dev.attune.text;

import dev.attune.base.AttuneException;
import dev.attune.format.GgufMetadata;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// A tokenizer's settings beside its vocabulary. Immutable.
///
/// @param specialTokens the tokens with a role
/// @param chatTemplates Jinja sources by name; the usual one is called `default`
/// @param settings the object of tokenizer_config.json, empty where there is none; not to be
///   changed
public record TokenizerConfig(
        SpecialTokens specialTokens, Map<String, String> chatTemplates, ObjectNode settings) {
    /// The name of the template that is meant when none is named.
    public static final String DEFAULT_TEMPLATE = "default";

    private static final String GGUF_TEMPLATE = "tokenizer.chat_template";

    /// Copies the map.
    public TokenizerConfig {
        chatTemplates = Collections.unmodifiableMap(new LinkedHashMap<>(chatTemplates));
    }

    /// Reads tokenizer_config.json, special_tokens_map.json, chat_template.jinja or
    /// chat_template.json, and additional_chat_templates/*.jinja of a model's folder, as far as
    /// they are there; a template of its own file wins.
    ///
    /// @throws AttuneException of kind USER if one of them is broken
    public static TokenizerConfig read(Path folder) {
        ObjectNode config = objectIfThere(folder.resolve("tokenizer_config.json"));
        ObjectNode tokensMap = objectIfThere(folder.resolve("special_tokens_map.json"));
        Map<String, String> templates = new LinkedHashMap<>(templates(config));
        templates.putAll(templates(objectIfThere(folder.resolve("chat_template.json"))));
        Path jinja = folder.resolve("chat_template.jinja");
        if (Files.isRegularFile(jinja)) {
            templates.put(DEFAULT_TEMPLATE, JsonFiles.text(jinja));
        }
        for (Path more : jinjaFiles(folder.resolve("additional_chat_templates"))) {
            String name = more.getFileName().toString();
            templates.put(
                    name.substring(0, name.length() - ".jinja".length()), JsonFiles.text(more));
        }
        return new TokenizerConfig(SpecialTokens.of(config, tokensMap), templates, config);
    }

    /// Reads them from the metadata of a GGUF file.
    ///
    /// @throws AttuneException of kind USER if a key has the wrong type, or an id no token
    public static TokenizerConfig of(GgufMetadata metadata) {
        Map<String, String> templates = new LinkedHashMap<>();
        metadata.text(GGUF_TEMPLATE).ifPresent(t -> templates.put(DEFAULT_TEMPLATE, t));
        for (String key : metadata.values().keySet()) {
            if (key.startsWith(GGUF_TEMPLATE + ".")) {
                metadata.text(key)
                        .ifPresent(
                                t -> templates.put(key.substring(GGUF_TEMPLATE.length() + 1), t));
            }
        }
        return new TokenizerConfig(
                GgufSpecialTokens.of(metadata), templates, JsonFiles.mapper().createObjectNode());
    }

    /// The name of the Python class that the settings are for.
    public Optional<String> tokenizerClass() {
        JsonNode name = settings.path("tokenizer_class");
        return name.isString() ? Optional.of(name.stringValue()) : Optional.empty();
    }

    private static Map<String, String> templates(ObjectNode config) {
        JsonNode node = config.path("chat_template");
        if (node.isString()) {
            return Map.of(DEFAULT_TEMPLATE, node.stringValue());
        }
        Map<String, String> templates = new LinkedHashMap<>();
        for (JsonNode one : node.isArray() ? node : JsonFiles.mapper().createArrayNode()) {
            if (one.path("name").isString() && one.path("template").isString()) {
                templates.put(one.path("name").stringValue(), one.path("template").stringValue());
            }
        }
        return templates;
    }

    private static ObjectNode objectIfThere(Path file) {
        return Files.isRegularFile(file)
                ? JsonFiles.object(file)
                : JsonFiles.mapper().createObjectNode();
    }

    private static List<Path> jinjaFiles(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(".jinja")).sorted().toList();
        } catch (IOException e) {
            throw AttuneException.environment("The folder cannot be read: " + e.getMessage() + ".")
                    .at(folder)
                    .fix("Check that you may read it.")
                    .causedBy(e);
        }
    }
}
