package dev.attune.export;

import dev.attune.text.OllamaTemplate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Writes a Modelfile, which tells Ollama what a model is made of.
///
/// ```
/// FROM ./model-q8_0.gguf
/// TEMPLATE """{{ range .Messages }} ... """
/// PARAMETER stop "<|im_end|>"
/// ```
///
/// A value stands in quotes, one or three on either side, and nothing in it can be escaped: the
/// first line that ends with the quotes ends it. Characters that cannot be seen are lost when
/// Ollama reads it. So not every text can be a value; what cannot is left out and named in [#lost].
final class Modelfile {
    private static final String FENCE = "\"\"\"";

    private final List<String> lines = new ArrayList<>();
    private final List<String> lost = new ArrayList<>();

    /// @param from a file or folder beside the Modelfile, or the name of a model that Ollama has
    Modelfile(String from) {
        lines.add("FROM " + from);
    }

    /// A line with a text.
    void text(String command, String text) {
        Optional<String> value = value(text);
        value.ifPresent(quoted -> lines.add(command + " " + quoted));
        if (value.isEmpty()) {
            lost.add(command);
        }
    }

    /// A line that sets a parameter to a text.
    void stop(String text) {
        text("PARAMETER stop", text);
    }

    /// A line that sets a parameter to a number.
    void number(String name, String value) {
        lines.add("PARAMETER " + name + " " + value);
    }

    /// The commands whose text cannot be written.
    List<String> lost() {
        return List.copyOf(lost);
    }

    /// The file.
    String content() {
        return String.join("\n", lines) + "\n";
    }

    private static Optional<String> value(String text) {
        if (text.isEmpty() || !text.codePoints().allMatch(Modelfile::isKept)) {
            return Optional.empty();
        }
        boolean oneLine = text.indexOf('\n') < 0 && text.indexOf('\r') < 0;
        boolean endsEarly = text.lines().map(String::strip).anyMatch(line -> line.endsWith(FENCE));
        if (oneLine && (text.indexOf('"') < 0 || (endsEarly && !text.startsWith("\"")))) {
            return Optional.of('"' + text + '"');
        }
        return endsEarly ? Optional.empty() : Optional.of(FENCE + text + FENCE);
    }

    /// Whether Ollama keeps a character of a Modelfile.
    static boolean isKept(int code) {
        return code == '\r' || OllamaTemplate.isPrintable(code);
    }
}
