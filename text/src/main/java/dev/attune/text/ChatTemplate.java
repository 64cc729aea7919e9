package dev.attune.text;

import dev.attune.base.AttuneException;

import tools.jackson.databind.JsonNode;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// A model's chat template: Jinja source that turns messages into the text the model was trained
/// on.
///
/// The interpreter is Attune's own and follows jinja2 in the environment that Hugging Face's
/// transformers gives it: `trim_blocks`, `lstrip_blocks`, loop controls, `{% generation %}`, its
/// `tojson`, `raise_exception` and `strftime_now`, and the sandbox that forbids changing values. It
/// reads nothing but the variables it is given, and ends within [RenderLimits].
///
/// ```
/// ChatTemplate template = ChatTemplate.parse("chat_template.jinja", source);
/// Rendered rendered = template.render(conversation, RenderSettings.DEFAULT);
/// rendered.text();
/// rendered.trainable(TrainOn.ASSISTANT);
/// ```
///
/// Immutable: one template serves several threads.
public final class ChatTemplate {
    private static final int MAX_SHAPES = 256;

    /// Ten times the longest template that is known.
    private static final int MAX_SOURCE = 200_000;

    private final String name;
    private final String source;
    private final JinjaProgram program;
    private final Map<ShapeKey, TurnShape> shapes = new ConcurrentHashMap<>();

    /// What the shape of a turn may depend on.
    private record ShapeKey(Map<String, JsonNode> variables, Map<String, String> specialTokens) {}

    private ChatTemplate(String name, String source, JinjaProgram program) {
        this.name = name;
        this.source = source;
        this.program = program;
    }

    /// Reads a template.
    ///
    /// @param name what errors call it: a file, or a key of tokenizer_config.json
    /// @throws AttuneException with line and column, if it is no template
    public static ChatTemplate parse(String name, String source) {
        String normalized = JinjaLexer.normalized(source);
        try {
            return new ChatTemplate(name, normalized, parsed(normalized));
        } catch (TemplateFault fault) {
            throw AttuneException.user(
                            "The chat template cannot be read: " + fault.messageText() + ".")
                    .at(place(name, normalized, fault.at()))
                    .fix("Mend the template there.");
        }
    }

    private static JinjaProgram parsed(String normalized) {
        if (normalized.length() > MAX_SOURCE) {
            throw TemplateFault.limit("it is longer than " + MAX_SOURCE + " characters");
        }
        try {
            return JinjaProgram.parse(normalized);
        } catch (StackOverflowError e) {
            throw TemplateFault.limit("its expressions are nested too deeply");
        }
    }

    /// Reads a template's file: Jinja source, or a JSON file that holds it as `chat_template`.
    ///
    /// @throws AttuneException if the file cannot be read or is no template
    public static ChatTemplate read(Path file) {
        if (file.toString().endsWith(".json")) {
            JsonNode source = JsonFiles.object(file).path("chat_template");
            if (!source.isString()) {
                throw AttuneException.user("The file holds no text under chat_template.")
                        .at(file)
                        .fix("Give a .jinja file, or a JSON file with a chat_template.");
            }
            return parse(file.toString(), source.stringValue());
        }
        return parse(file.toString(), JsonFiles.text(file));
    }

    /// The template's text.
    public String source() {
        return source;
    }

    /// What errors call it.
    public String name() {
        return name;
    }

    /// Renders a conversation.
    ///
    /// @throws AttuneException with line and column, if the template refuses the conversation,
    ///   fails on it or exceeds the limits
    public Rendered render(Conversation conversation, RenderSettings settings) {
        RenderBudget budget = new RenderBudget(settings.limits());
        TemplateValues values = new TemplateValues();
        JinjaScope scope = new JinjaScope(null);
        JinjaGlobals.define(scope, settings.now(), budget);
        settings.specialTokens().forEach((key, token) -> scope.set(key, SourcedText.of(token)));
        scope.set("add_generation_prompt", settings.addGenerationPrompt());
        for (Map.Entry<String, JsonNode> variable : conversation.variables().entrySet()) {
            scope.set(variable.getKey(), values.value(variable.getValue()));
        }
        scope.set("messages", values.messages(conversation.messages()));
        JinjaRunner runner = new JinjaRunner(budget, values, program.hidden());
        try {
            SourcedText text = runner.run(program.body(), scope);
            return new Rendered(
                    text,
                    values.origins(),
                    conversation,
                    runner.generations(),
                    () -> shape(conversation, settings));
        } catch (TemplateFault fault) {
            throw refused(fault);
        } catch (StackOverflowError e) {
            throw refused(TemplateFault.limit("the values are nested too deeply"));
        }
    }

    /// What stands behind an assistant's plain answer: at the end of a conversation, and before the
    /// next message. Empty where the template refuses such conversations.
    List<String> behindAnswers(RenderSettings settings) {
        List<String> behind = new ArrayList<>();
        for (List<Message> messages : List.of(TurnShape.ANSWERED, TurnShape.ASKED_AGAIN)) {
            try {
                Rendered rendered =
                        render(
                                new Conversation(messages, Map.of()),
                                settings.withGenerationPrompt(false));
                behind.add(TurnShape.behindAnswer(rendered.sourced(), rendered.origins()));
            } catch (AttuneException _) {
                // A template that refuses so small a conversation shows nothing by it.
            }
        }
        return behind;
    }

    private TurnShape shape(Conversation conversation, RenderSettings settings) {
        Map<String, JsonNode> variables = new HashMap<>(conversation.variables());
        variables.remove("add_generation_prompt");
        ShapeKey key = new ShapeKey(variables, settings.specialTokens());
        TurnShape known = shapes.get(key);
        if (known != null) {
            return known;
        }
        TurnShape shape = probed(variables, settings);
        if (shapes.size() < MAX_SHAPES) {
            shapes.put(key, shape);
        }
        return shape;
    }

    private TurnShape probed(Map<String, JsonNode> variables, RenderSettings settings) {
        Conversation asked = new Conversation(TurnShape.ASKED, variables);
        Conversation answered = new Conversation(TurnShape.ANSWERED, variables);
        String prompt = "";
        String header = "";
        try {
            prompt =
                    TurnShape.generationPrompt(
                            render(asked, settings.withGenerationPrompt(false)).sourced(),
                            render(asked, settings.withGenerationPrompt(true)).sourced());
            Rendered plain = render(answered, settings.withGenerationPrompt(false));
            header = TurnShape.header(plain.sourced(), plain.origins());
        } catch (AttuneException _) {
            // A template that refuses so small a conversation shows nothing by it.
        }
        return new TurnShape(prompt, header);
    }

    private AttuneException refused(TemplateFault fault) {
        String what =
                fault.kind().equals("TemplateError")
                        ? "The chat template refuses the conversation: " + fault.messageText()
                        : "The chat template fails: " + fault.kind() + ": " + fault.messageText();
        return AttuneException.user(what.endsWith(".") ? what : what + ".")
                .at(place(name, source, fault.at()))
                .fix(
                        fault.kind().equals("TemplateError")
                                ? "Bring the messages into the form that the template asks for."
                                : "Give the variable the type that the template expects there, or"
                                        + " mend the template.");
    }

    private static String place(String name, String source, int at) {
        if (at < 0) {
            return name;
        }
        int end = Math.min(at, source.length());
        long line = source.substring(0, end).chars().filter(c -> c == '\n').count() + 1;
        int column = source.codePointCount(source.lastIndexOf('\n', end - 1) + 1, end) + 1;
        return name + ":" + line + ":" + column;
    }
}
