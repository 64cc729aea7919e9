package dev.attune.text;

import dev.attune.base.AttuneException;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// A chat template in the language of Ollama's Modelfile, which is Go's.
///
/// Only one shape is told: something before and after the content of each message, by its role. It
/// is found by rendering conversations whose contents are marks and looking at what stands between
/// them, and kept only if it renders other conversations exactly as the Jinja template does.
///
/// ```
/// opening (if there is no system message: default system) { before content after } ... answer
/// ```
public final class OllamaTemplate {
    private static final String ASKED = "Qu1";
    private static final String ANSWERED = "An1";
    private static final String AGAIN = "Qu2";
    private static final String SYSTEM = "Sy1";

    private final String opening;
    private final String defaultSystem;
    private final Optional<Turn> system;
    private final Turn user;
    private final Turn assistant;
    private final String answer;

    private OllamaTemplate(Shape shape) {
        this.opening = shape.opening;
        this.defaultSystem = shape.defaultSystem;
        this.system = shape.system;
        this.user = shape.user;
        this.assistant = shape.assistant;
        this.answer = shape.answer;
    }

    /// What stands around a content.
    private record Turn(String before, String after) {
        String around(String content) {
            return before + content + after;
        }
    }

    private record Shape(
            String opening,
            String defaultSystem,
            Optional<Turn> system,
            Turn user,
            Turn assistant,
            String answer) {}

    /// The template of a model, if it has one of that shape.
    ///
    /// @param format the model's
    public static Optional<OllamaTemplate> of(ChatFormat format) {
        if (!format.hasTemplate()) {
            return Optional.empty();
        }
        Tokenizer tokenizer = format.tokenizer();
        Optional<String> bos =
                tokenizer
                        .specialTokens()
                        .bos()
                        .filter(_ ->
                                tokenizer.encodeWithSpecialTokens("a").length()
                                        > tokenizer.encode("a").length());
        return of(conversation -> format.render(conversation, true).text(), bos);
    }

    /// @param render the Jinja template with the beginning of an answer
    /// @param bos the token that Ollama puts before the text by itself
    static Optional<OllamaTemplate> of(
            Function<Conversation, String> render, Optional<String> bos) {
        Function<Conversation, String> stripped =
                conversation -> {
                    String text = render.apply(conversation);
                    return bos.filter(text::startsWith)
                            .map(b -> text.substring(b.length()))
                            .orElse(text);
                };
        return shape(stripped).map(OllamaTemplate::new).filter(made -> made.agreesWith(stripped));
    }

    private static Optional<Shape> shape(Function<Conversation, String> render) {
        Optional<List<String>> plain =
                rendered(render, turns(false, ASKED, ANSWERED, AGAIN))
                        .flatMap(text -> between(text, List.of(ASKED, ANSWERED, AGAIN)));
        if (plain.isEmpty()) {
            return Optional.empty();
        }
        List<String> parts = plain.get();
        String before = commonEnd(parts.get(0), parts.get(2));
        Optional<List<String>> headed =
                rendered(render, turns(true, SYSTEM, ASKED))
                        .flatMap(text -> between(text, List.of(SYSTEM, ASKED)))
                        .filter(with -> with.get(1).endsWith(before));
        String first = without(parts.get(0), before);
        String opening = headed.map(with -> commonStart(first, with.get(0))).orElse(first);
        Optional<Turn> system =
                headed.map(with ->
                        new Turn(
                                with.get(0).substring(opening.length()),
                                without(with.get(1), before)));
        return Optional.of(
                new Shape(
                        opening,
                        first.substring(opening.length()),
                        system,
                        new Turn(before, ""),
                        new Turn(parts.get(1), without(parts.get(2), before)),
                        parts.get(3)));
    }

    /// Whether it gives what the Jinja template gives.
    private boolean agreesWith(Function<Conversation, String> render) {
        List<Conversation> cases = new ArrayList<>();
        cases.add(turns(false, "Hello, how are you?"));
        cases.add(turns(false, "Hi!", "I'm well. And you?", "Fine. Tell me more."));
        if (system.isPresent()) {
            cases.add(turns(true, "You are terse.", "What is 2 + 2?"));
            cases.add(turns(true, "You are terse.", "One?", "1", "Two?", "2", "Three?"));
        }
        return cases.stream().allMatch(c -> rendered(render, c).equals(Optional.of(render(c))));
    }

    /// What Ollama will render.
    String render(Conversation conversation) {
        StringBuilder text = new StringBuilder(opening);
        boolean headed = conversation.messages().stream().anyMatch(m -> m.role().equals("system"));
        text.append(headed ? "" : defaultSystem);
        for (Message message : conversation.messages()) {
            String content = message.fields().path("content").asString("");
            Turn turn =
                    switch (message.role()) {
                        case "system" -> system.orElse(new Turn("", ""));
                        case "user" -> user;
                        default -> assistant;
                    };
            text.append(turn.around(content));
        }
        return text.append(answer).toString();
    }

    /// The text of a `TEMPLATE` in Go's language.
    public String source() {
        StringBuilder text = new StringBuilder(literal(opening));
        if (!defaultSystem.isEmpty()) {
            text.append("{{ if not .System }}").append(literal(defaultSystem)).append("{{ end }}");
        }
        text.append("{{ range .Messages }}");
        system.ifPresent(turn ->
                text.append("{{ if eq .Role \"system\" }}")
                        .append(source(turn))
                        .append("{{ end }}"));
        text.append("{{ if eq .Role \"user\" }}").append(source(user)).append("{{ end }}");
        text.append("{{ if eq .Role \"assistant\" }}").append(source(assistant));
        return text.append("{{ end }}{{ end }}").append(literal(answer)).toString();
    }

    private static String source(Turn turn) {
        return literal(turn.before) + "{{ .Content }}" + literal(turn.after);
    }

    private static String literal(String text) {
        return text.replace("{{", "{{ \"{{\" }}");
    }

    private static Conversation turns(boolean system, String... contents) {
        Message[] messages = new Message[contents.length];
        for (int i = 0; i < contents.length; i++) {
            int turn = system ? i - 1 : i;
            String role = turn < 0 ? "system" : turn % 2 == 0 ? "user" : "assistant";
            messages[i] = Message.of(role, contents[i]);
        }
        return Conversation.of(messages);
    }

    /// Nothing where the template refuses the conversation.
    private static Optional<String> rendered(
            Function<Conversation, String> render, Conversation conversation) {
        try {
            return Optional.of(render.apply(conversation));
        } catch (AttuneException _) {
            return Optional.empty();
        }
    }

    /// What stands before, between and after marks that each come once, in that order.
    private static Optional<List<String>> between(String text, List<String> marks) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        for (String mark : marks) {
            int at = text.indexOf(mark, from);
            if (at < 0) {
                return Optional.empty();
            }
            parts.add(text.substring(from, at));
            from = at + mark.length();
        }
        parts.add(text.substring(from));
        return Optional.of(parts);
    }

    private static String commonStart(String a, String b) {
        int length = 0;
        while (length < Math.min(a.length(), b.length()) && a.charAt(length) == b.charAt(length)) {
            length++;
        }
        return a.substring(0, length);
    }

    private static String commonEnd(String a, String b) {
        String reversed =
                commonStart(
                        new StringBuilder(a).reverse().toString(),
                        new StringBuilder(b).reverse().toString());
        return new StringBuilder(reversed).reverse().toString();
    }

    private static String without(String text, String end) {
        return text.substring(0, text.length() - end.length());
    }
}
