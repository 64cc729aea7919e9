package dev.attune.text;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Writes a shape in Ollama's language, which is Go's.
///
/// The result stands in a Modelfile between three quotes, where nothing can be escaped and
/// characters that cannot be seen are lost: those are written as strings of Go's.
///
/// @param shape what to write
record OllamaSource(OllamaShape shape) {
    private static final List<String> ROLES = List.of("system", "user", "assistant");

    /// The whole template.
    String text() {
        String alike = alike().orElse("");
        if (!alike.isEmpty()) {
            return literal(shape.opening()) + alike + literal(shape.ending());
        }
        StringBuilder text = new StringBuilder();
        if (shape.system() instanceof OllamaShape.Place.InFirstQuestion) {
            text.append("{{ $system := .System }}");
        }
        text.append(literal(shape.opening()));
        if (!shape.defaultSystem().isEmpty()) {
            text.append("{{ if not .System }}")
                    .append(literal(shape.defaultSystem()))
                    .append("{{ end }}");
        }
        text.append(
                shape.system() instanceof OllamaShape.Place.InLastQuestion
                        ? "{{ range $i, $_ := .Messages }}"
                        : "{{ range .Messages }}");
        String otherwise = "";
        if (shape.system() instanceof OllamaShape.Place.Own(var turn)) {
            text.append("{{ if eq .Role \"system\" }}").append(around(turn));
            otherwise = "else ";
        }
        text.append("{{ ").append(otherwise).append("if eq .Role \"user\" }}").append(question());
        text.append("{{ else if eq .Role \"assistant\" }}").append(around(shape.assistant()));
        return text.append("{{ end }}{{ end }}").append(literal(shape.ending())).toString();
    }

    /// One form for all messages, where they differ by the name of their role only.
    private Optional<String> alike() {
        if (!(shape.system() instanceof OllamaShape.Place.Own(var system))
                || !shape.defaultSystem().isEmpty()) {
            return Optional.empty();
        }
        Map<String, OllamaShape.Turn> turns = new HashMap<>();
        turns.put("system", system);
        turns.put("user", shape.user());
        turns.put("assistant", shape.assistant());
        int role = shape.user().before().indexOf("user");
        if (role < 0) {
            return Optional.empty();
        }
        String before = shape.user().before().substring(0, role);
        String after = shape.user().before().substring(role + "user".length());
        boolean same =
                ROLES.stream()
                        .map(name ->
                                new OllamaShape.Turn(before + name + after, shape.user().after())
                                        .equals(turns.get(name)))
                        .reduce(true, Boolean::logicalAnd);
        return Optional.of(
                        "{{ range .Messages }}%s{{ .Role }}%s{{ .Content }}%s{{ end }}"
                                .formatted(
                                        literal(before),
                                        literal(after),
                                        literal(shape.user().after())))
                .filter(_ -> same);
    }

    private String question() {
        OllamaShape.Turn user = shape.user();
        String before = literal(user.before());
        String content = "{{ .Content }}" + literal(user.after());
        return switch (shape.system()) {
            case OllamaShape.Place.Nowhere _, OllamaShape.Place.Own _ -> before + content;
            case OllamaShape.Place.InLastQuestion(var turn) ->
                    before
                            + "{{ if and $.System (eq (len (slice $.Messages $i)) 1) }}"
                            + literal(turn.before())
                            + "{{ $.System }}"
                            + literal(turn.after())
                            + "{{ end }}"
                            + content;
            case OllamaShape.Place.InFirstQuestion(var turn) -> first(turn, before) + content;
        };
    }

    private String first(OllamaShape.Turn system, String before) {
        String rest = "{{ $system }}" + literal(system.after()) + "{{ $system = \"\" }}";
        String start = shape.user().before();
        return system.before().startsWith(start)
                ? before
                        + "{{ if $system }}"
                        + literal(system.before().substring(start.length()))
                        + rest
                        + "{{ end }}"
                : "{{ if $system }}"
                        + literal(system.before())
                        + rest
                        + "{{ else }}"
                        + before
                        + "{{ end }}";
    }

    private static String around(OllamaShape.Turn turn) {
        return literal(turn.before()) + "{{ .Content }}" + literal(turn.after());
    }

    /// A text that means itself, in Go's language and in a Modelfile.
    static String literal(String text) {
        StringBuilder written = new StringBuilder();
        for (int i = 0; i < text.length(); ) {
            int code = text.codePointAt(i);
            if (code == '{' || text.startsWith("\"\"\"", i)) {
                int end = i;
                while (end < text.length() && text.charAt(end) == text.charAt(i)) {
                    end++;
                }
                String same = text.substring(i, end);
                // One that an action may follow would become part of its braces.
                boolean alone =
                        same.equals("{")
                                && end < text.length()
                                && (Character.isLetterOrDigit(text.charAt(end))
                                        || GoSpace.is(text.charAt(end)));
                written.append(alone ? same : "{{ \"" + same.replace("\"", "\\\"") + "\" }}");
                i = end;
            } else {
                written.append(
                        OllamaTemplate.isPrintable(code)
                                ? Character.toString(code)
                                : escaped(code));
                i += Character.charCount(code);
            }
        }
        return written.toString();
    }

    private static String escaped(int code) {
        return "{{ \"\\U%08x\" }}".formatted(code);
    }
}
