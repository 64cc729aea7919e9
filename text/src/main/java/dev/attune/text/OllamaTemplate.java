package dev.attune.text;

import dev.attune.base.AttuneException;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/// A chat template in the language of Ollama's Modelfile, which is Go's.
///
/// What can be told is an [OllamaShape]: something before and after the content of each message by
/// its role, and a system message that is a turn of its own or part of the first or last question.
/// It is kept only if its text, rendered as Ollama renders it, gives what the Jinja template gives
/// on conversations of several forms.
///
/// Usable while its format is open; for any thread.
public final class OllamaTemplate {
    private static final int SHOWN_CHARS = 40;
    private static final long FAR_DAYS = 400;

    private static final List<List<Message>> CASES =
            List.of(
                    talk("", "Hello, how are you?"),
                    talk("", "Hi!", "I'm well. And you?", "Fine. Tell me more."),
                    talk("You are terse.", "What is 2 + 2?"),
                    talk("You are terse.", "One?", "1", "Two?", "2", "Three?"),
                    talk(
                            "Say {{ less }}.\n\nAlways.",
                            "Gr\u00fc\u00df \"dich\" {",
                            "1\n\t2",
                            "Ende."));

    private final String source;
    private final GoTemplate template;
    private final LocalDate today;
    private final Function<Conversation, String> jinja;

    private OllamaTemplate(String source, LocalDate today, Function<Conversation, String> jinja) {
        this.source = source;
        this.template = GoTemplate.parse(source);
        this.today = today;
        this.jinja = jinja;
    }

    /// The template of a model, if it can be told.
    ///
    /// @param format the model's
    /// @param now the time of the format
    public static OllamaTelling of(ChatFormat format, LocalDateTime now) {
        if (!format.hasTemplate()) {
            return new OllamaTelling.Untold("the model has none");
        }
        Tokenizer tokenizer = format.tokenizer();
        Optional<String> bos =
                tokenizer
                        .specialTokens()
                        .bos()
                        .filter(_ ->
                                tokenizer.encodeWithSpecialTokens("a").length()
                                        > tokenizer.encode("a").length());
        return of((talk, time) -> format.renderAt(talk, time).text(), bos, now);
    }

    /// @param render the Jinja template with the beginning of an answer, at a time
    /// @param bos the token that Ollama puts before the text by itself
    static OllamaTelling of(
            BiFunction<Conversation, LocalDateTime, String> render,
            Optional<String> bos,
            LocalDateTime now) {
        Function<Conversation, String> at = each -> behind(bos, render.apply(each, now));
        Function<Conversation, String> later =
                each -> behind(bos, render.apply(each, now.plusDays(FAR_DAYS)));
        Conversation asked = new Conversation(CASES.getFirst(), Map.of());
        Optional<String> text = OllamaTexts.rendered(at, asked);
        if (text.isEmpty()) {
            return new OllamaTelling.Untold("it refuses a plain question");
        }
        boolean dated = !text.equals(OllamaTexts.rendered(later, asked));
        Optional<OllamaShape> shape = OllamaShape.of(at);
        if (shape.isEmpty()) {
            return new OllamaTelling.Untold("it does more with messages than to put texts around");
        }
        String source = new OllamaSource(shape.get()).text();
        String date = now.toLocalDate().toString();
        if (dated && !source.contains(date)) {
            return new OllamaTelling.Untold("it writes the date in a form that Ollama cannot");
        }
        OllamaTemplate told =
                new OllamaTemplate(
                        dated ? source.replace(date, "{{ currentDate }}") : source,
                        now.toLocalDate(),
                        at);
        return agree(told, dated, later, now);
    }

    private static OllamaTelling agree(
            OllamaTemplate told,
            boolean dated,
            Function<Conversation, String> later,
            LocalDateTime now) {
        List<OllamaTemplate> times = new ArrayList<>(List.of(told));
        if (dated) {
            LocalDate then = now.plusDays(FAR_DAYS).toLocalDate();
            times.add(new OllamaTemplate(told.source, then, later));
        }
        for (OllamaTemplate each : times) {
            for (List<Message> messages : CASES) {
                Conversation asked = new Conversation(messages, Map.of());
                Optional<String> difference =
                        OllamaTexts.rendered(each.jinja, asked)
                                .flatMap(_ -> each.difference(asked));
                if (difference.isPresent()) {
                    return new OllamaTelling.Untold(difference.get());
                }
            }
        }
        return new OllamaTelling.Told(told);
    }

    /// Where what Ollama gives the model differs from what the Jinja template gives it, in the
    /// middle of a sentence; nothing if they are the same.
    ///
    /// @param row a conversation; an answer at its end is left out, since it is the model's
    public Optional<String> difference(Conversation row) {
        Conversation asked = asked(row);
        String wanted;
        try {
            wanted = jinja.apply(asked);
        } catch (AttuneException e) {
            return Optional.of("it refuses what Ollama would render: " + e.what());
        }
        String found = render(asked);
        if (found.equals(wanted)) {
            return Optional.empty();
        }
        int at = OllamaTexts.commonStart(found, wanted).length();
        return Optional.of(
                "it writes %s where Ollama's language would give %s"
                        .formatted(shown(wanted, at), shown(found, at)));
    }

    /// What Ollama will render.
    String render(Conversation conversation) {
        return template.render(OllamaMessages.data(conversation), today);
    }

    /// Whether Ollama keeps a character of a template: what Go calls printable, blanks, tabs and
    /// ends of lines.
    public static boolean isPrintable(int code) {
        return switch (Character.getType(code)) {
            case Character.CONTROL -> code == '\n' || code == '\t';
            case Character.SPACE_SEPARATOR -> code == ' ';
            case Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            default -> true;
        };
    }

    /// The text of a `TEMPLATE` in Go's language; it never holds three quotes.
    public String source() {
        return source;
    }

    private static Conversation asked(Conversation row) {
        List<Message> messages = row.messages();
        boolean answered = messages.size() > 1 && messages.getLast().role().equals("assistant");
        return answered
                ? new Conversation(messages.subList(0, messages.size() - 1), row.variables())
                : row;
    }

    private static String shown(String text, int at) {
        int from = Math.max(0, at - SHOWN_CHARS / 2);
        int to = Math.min(text.length(), at + SHOWN_CHARS / 2);
        return '"' + text.substring(from, to).replace("\n", "\\n") + '"';
    }

    private static String behind(Optional<String> bos, String text) {
        return bos.filter(text::startsWith).map(b -> text.substring(b.length())).orElse(text);
    }

    private static List<Message> talk(String system, String... contents) {
        List<Message> messages = new ArrayList<>();
        if (!system.isEmpty()) {
            messages.add(Message.of("system", system));
        }
        for (int i = 0; i < contents.length; i++) {
            messages.add(Message.of(i % 2 == 0 ? "user" : "assistant", contents[i]));
        }
        return List.copyOf(messages);
    }
}
