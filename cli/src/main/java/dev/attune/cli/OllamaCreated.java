package dev.attune.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/// A model that Ollama made, and what it said.
///
/// @param name its name there
/// @param question the last message of what it was asked
/// @param answer what it said
/// @param expected the answer of the data, empty if there is none
record OllamaCreated(String name, String question, String answer, String expected) {
    void print(PrintWriter out) {
        out.println("created  " + name + ", for ollama run " + name);
        out.println("asked    " + oneLine(question));
        out.println("answer   " + (answer.isBlank() ? "(nothing)" : oneLine(answer)));
        if (!expected.isEmpty()) {
            out.println("data     " + oneLine(expected));
        }
        if (answer.isBlank()) {
            out.println("warning  the model says nothing; ollama show --modelfile " + name);
        }
    }

    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", name);
        fields.put("question", question);
        fields.put("answer", answer);
        fields.put("expected", expected);
        return fields;
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " / ");
    }
}
