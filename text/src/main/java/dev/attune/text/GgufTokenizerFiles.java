package dev.attune.text;

import dev.attune.format.GgufMetadata;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.LinkedHashMap;
import java.util.Map;

/// The tokenizer and chat templates of a GGUF file as the files of a model's folder.
public final class GgufTokenizerFiles {
    private GgufTokenizerFiles() {}

    /// The texts of `tokenizer.json` and `tokenizer_config.json`, by name.
    ///
    /// @throws dev.attune.base.AttuneException of kind USER if the file holds no tokenizer, or an
    ///   unknown one
    public static Map<String, String> of(GgufMetadata metadata) {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("tokenizer.json", GgufVocabulary.json(metadata));
        files.put("tokenizer_config.json", config(metadata).toPrettyString());
        return files;
    }

    private static ObjectNode config(GgufMetadata metadata) {
        TokenizerConfig read = TokenizerConfig.of(metadata);
        ObjectNode config = JsonFiles.mapper().createObjectNode();
        read.specialTokens().named().forEach(config::put);
        read.specialTokens().addBos().ifPresent(add -> config.put("add_bos_token", add));
        read.specialTokens().addEos().ifPresent(add -> config.put("add_eos_token", add));
        Map<String, String> templates = read.chatTemplates();
        if (templates.size() == 1 && templates.containsKey(TokenizerConfig.DEFAULT_TEMPLATE)) {
            config.put("chat_template", templates.get(TokenizerConfig.DEFAULT_TEMPLATE));
        } else if (!templates.isEmpty()) {
            ArrayNode all = config.putArray("chat_template");
            templates.forEach((name, template) ->
                    all.addObject().put("name", name).put("template", template));
        }
        return config;
    }
}
