package dev.attune.export;

import dev.attune.text.ChatFormat;
import dev.attune.text.OllamaTelling;
import dev.attune.text.OllamaTemplate;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;

/// Whether Ollama is told the chat template: only if the user's own rows come out of it as they
/// come out of the model's.
final class OllamaTemplateChoice {
    private OllamaTemplateChoice() {}

    static OllamaTelling of(ChatFormat format, List<OllamaOptions.Row> rows, LocalDateTime now) {
        OllamaTelling telling = OllamaTemplate.of(format, now);
        return switch (telling) {
            case OllamaTelling.Untold _ -> telling;
            case OllamaTelling.Told(OllamaTemplate template) -> tried(template, rows);
        };
    }

    private static OllamaTelling tried(OllamaTemplate template, List<OllamaOptions.Row> rows) {
        int differing = 0;
        String first = "";
        for (OllamaOptions.Row row : rows) {
            Optional<String> difference = template.difference(row.conversation());
            if (difference.isPresent()) {
                first = differing == 0 ? row.where() + ": " + difference.get() : first;
                differing++;
            }
        }
        return differing == 0
                ? new OllamaTelling.Told(template)
                : new OllamaTelling.Untold(
                        "%d of %d rows would be rendered otherwise, the first at %s"
                                .formatted(differing, rows.size(), first));
    }
}
