package dev.attune.export;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The parameters of a Modelfile that are numbers: what a model's files say of sampling and of its
/// context.
final class OllamaSampling {
    /// More costs memory from the first token on, asked for or not.
    private static final int MOST_CONTEXT_TOKENS = 8192;

    /// Ollama's words for what a generation_config.json says.
    private static final List<Map.Entry<String, String>> WORDS =
            List.of(
                    Map.entry("temperature", "temperature"),
                    Map.entry("top_p", "top_p"),
                    Map.entry("top_k", "top_k"),
                    Map.entry("min_p", "min_p"),
                    Map.entry("repetition_penalty", "repeat_penalty"));

    private OllamaSampling() {}

    /// By their names, in the order of the file.
    ///
    /// @param base the folder of the model
    static Map<String, String> of(Path base) {
        Map<String, String> found = new LinkedHashMap<>();
        JsonFile.read(base.resolve("generation_config.json"))
                .ifPresent(json -> sampling(json, found));
        contextTokens(base).ifPresent(n -> found.put("num_ctx", String.valueOf(n)));
        return found;
    }

    private static void sampling(ObjectNode json, Map<String, String> found) {
        JsonNode samples = json.path("do_sample");
        if (samples.isBoolean() && !samples.booleanValue()) {
            found.put("temperature", "0");
        }
        WORDS.forEach(word -> {
            JsonNode value = json.path(word.getKey());
            if (value.isNumber()) {
                found.putIfAbsent(word.getValue(), value.asString());
            }
        });
    }

    private static Optional<Integer> contextTokens(Path base) {
        return JsonFile.read(base.resolve("config.json"))
                .flatMap(json ->
                        List.of("max_position_embeddings", "n_positions", "n_ctx").stream()
                                .map(json::path)
                                .filter(JsonNode::canConvertToInt)
                                .map(JsonNode::intValue)
                                .filter(n -> n > 0)
                                .findFirst())
                .map(n -> Math.min(n, MOST_CONTEXT_TOKENS));
    }
}
