package dev.attune.export;

import dev.attune.format.IoFault;
import dev.attune.text.ChatFormat;
import dev.attune.text.OllamaTemplate;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What Ollama needs beside a GGUF file: a Modelfile and the two commands.
///
/// @param modelfile the text of the Modelfile
/// @param told whether it tells the chat template
record OllamaFiles(String modelfile, boolean told) {
    private static final String FENCE = "\"\"\"";

    /// Ollama's words for what a generation_config.json says.
    private static final List<Map.Entry<String, String>> SAMPLING =
            List.of(
                    Map.entry("temperature", "temperature"),
                    Map.entry("top_p", "top_p"),
                    Map.entry("top_k", "top_k"),
                    Map.entry("repetition_penalty", "repeat_penalty"));

    /// @param now the time that templates tell when they are tried
    static OllamaFiles of(GgufRequest request, LocalDateTime now) {
        Path text = request.textFolder();
        Path base = request.base();
        List<String> lines = new ArrayList<>();
        lines.add("FROM ./" + request.fileName());
        Optional<String> template;
        try (ChatFormat format = ChatFormat.loadOrPlain(text, Optional.empty(), now)) {
            template =
                    OllamaTemplate.of(format)
                            .map(OllamaTemplate::source)
                            .filter(source -> !source.contains(FENCE));
            template.ifPresent(source -> lines.add("TEMPLATE " + FENCE + source + FENCE));
            format.stopTokens()
                    .texts()
                    .values()
                    .forEach(stop -> lines.add("PARAMETER stop " + quoted(stop)));
        }
        sampling(base).forEach((name, value) -> lines.add("PARAMETER " + name + " " + value));
        license(base).ifPresent(terms -> lines.add("LICENSE " + FENCE + terms + FENCE));
        return new OllamaFiles(String.join("\n", lines) + "\n", template.isPresent());
    }

    /// How to use the folder.
    static String readme(String name) {
        return """
        # %s for Ollama

        ```
        ollama create %s -f Modelfile
        ollama run %s
        ```
        """
                .formatted(name, name, name);
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    private static Map<String, String> sampling(Path base) {
        Map<String, String> found = new LinkedHashMap<>();
        JsonFile.read(base.resolve("generation_config.json"))
                .ifPresent(json ->
                        SAMPLING.forEach(word -> {
                            JsonNode value = json.path(word.getKey());
                            if (value.isNumber()) {
                                found.put(word.getValue(), value.asString());
                            }
                        }));
        return found;
    }

    private static Optional<String> license(Path base) {
        for (String name : List.of("LICENSE", "LICENSE.txt", "LICENSE.md")) {
            Path file = base.resolve(name);
            if (Files.isRegularFile(file)) {
                try {
                    return Optional.of(Files.readString(file, StandardCharsets.UTF_8))
                            .filter(text -> !text.contains(FENCE));
                } catch (IOException e) {
                    throw IoFault.reading(file, e);
                }
            }
        }
        return Optional.empty();
    }
}
