package dev.attune.text;

import dev.attune.base.AttuneException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/// A model's way with text: its tokenizer, its chat templates and its stop tokens. The one path
/// from a conversation to token ids, for training, judging and serving alike.
///
/// ```
/// try (ChatFormat format = ChatFormat.load(folder, LocalDateTime.now())) {
///     EncodedText row = format.encode(conversation, TrainOn.ASSISTANT);
///     int[] prompt = format.prompt(conversation);
/// }
/// ```
///
/// Special tokens are those that the template writes; none is added to what it wrote, so that a BOS
/// cannot come twice. Whoever loads it closes it. Any number of threads may use one.
public final class ChatFormat implements AutoCloseable {
    private static final String WITH_TOOLS = "tool_use";

    private final Tokenizer tokenizer;
    private final Map<String, ChatTemplate> templates;
    private final StopTokens stopTokens;
    private final RenderSettings settings;
    private final boolean plain;

    private ChatFormat(
            Tokenizer tokenizer,
            Map<String, ChatTemplate> templates,
            boolean plain,
            Optional<Path> folder,
            RenderSettings settings) {
        this.tokenizer = tokenizer;
        this.templates = templates;
        this.settings = settings;
        this.plain = plain;
        List<String> ends = new ArrayList<>();
        for (ChatTemplate template : templates.values()) {
            for (String behind : template.behindAnswers(settings)) {
                firstAdded(behind).ifPresent(ends::add);
            }
        }
        this.stopTokens = StopTokens.of(tokenizer, folder, ends);
    }

    /// Loads them from a model's folder or GGUF file.
    ///
    /// @param now the time that templates tell when they ask for it
    /// @throws AttuneException if there is no tokenizer, or a template cannot be read
    public static ChatFormat load(Path model, LocalDateTime now) {
        return load(model, Optional.empty(), now);
    }

    /// Loads them with another chat template in place of the model's own.
    ///
    /// @param template the file of the template, if it is not the model's own
    public static ChatFormat load(Path model, Optional<Path> template, LocalDateTime now) {
        return load(model, template, now, false);
    }

    /// Like [#load(Path, Optional, LocalDateTime)], with a plain one where the model has no chat
    /// template at all: headings, and the end-of-text token behind each answer.
    public static ChatFormat loadOrPlain(Path model, Optional<Path> template, LocalDateTime now) {
        return load(model, template, now, true);
    }

    private static ChatFormat load(
            Path model, Optional<Path> template, LocalDateTime now, boolean orPlain) {
        Tokenizer tokenizer = Tokenizer.load(model);
        try {
            Optional<Path> folder = Optional.of(model).filter(Files::isDirectory);
            Map<String, ChatTemplate> templates = new LinkedHashMap<>();
            if (template.isPresent()) {
                templates.put(TokenizerConfig.DEFAULT_TEMPLATE, ChatTemplate.read(template.get()));
            } else {
                tokenizer
                        .config()
                        .chatTemplates()
                        .forEach((name, source) ->
                                templates.put(
                                        name,
                                        ChatTemplate.parse(
                                                "chat_template \"" + name + "\"", source)));
            }
            Optional<String> plain =
                    orPlain && templates.isEmpty()
                            ? endOfText(tokenizer, StopTokens.of(tokenizer, folder, List.of()))
                                    .flatMap(tokenizer::token)
                                    .flatMap(eos -> PlainChat.template(tokenizer, eos))
                            : Optional.empty();
            plain.ifPresent(source ->
                    templates.put(
                            TokenizerConfig.DEFAULT_TEMPLATE,
                            ChatTemplate.parse("plain chat template", source)));
            return new ChatFormat(
                    tokenizer,
                    templates,
                    plain.isPresent(),
                    folder,
                    RenderSettings.of(tokenizer.specialTokens().asVariables(), now));
        } catch (RuntimeException | Error e) {
            tokenizer.close();
            throw e;
        }
    }

    /// The tokenizer.
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /// Where the model stops: what its generation_config.json, its tokenizer's settings and its
    /// chat template say, together.
    public StopTokens stopTokens() {
        return stopTokens;
    }

    /// What the tokens of a conversation depend on besides it, in one line: the tokenizer, the
    /// templates, the special and stop tokens, and the time where a template asks for it.
    public String key() {
        StringBuilder text = new StringBuilder();
        boolean timed = false;
        for (ChatTemplate template : templates.values()) {
            text.append(template.source().length()).append(':').append(template.source());
            timed |= template.source().contains("strftime_now");
        }
        text.append(new TreeMap<>(settings.specialTokens()));
        text.append(new TreeMap<>(stopTokens.texts()));
        text.append(timed ? settings.now() : "");
        return tokenizer.fingerprint() + " " + Sha256.hex(text.toString());
    }

    /// Whether the model has a chat template.
    public boolean hasTemplate() {
        return !templates.isEmpty();
    }

    /// The source of the usual template, if there is one.
    public Optional<String> templateSource() {
        return Optional.ofNullable(templates.get(TokenizerConfig.DEFAULT_TEMPLATE))
                .map(ChatTemplate::source);
    }

    /// Whether the model has no template of its own and the plain one stands in for it.
    public boolean isPlain() {
        return plain;
    }

    /// The template for a conversation: the one for tools where there are tools and such a
    /// template, else the usual one.
    ///
    /// @throws AttuneException of kind USER if the model has none
    public ChatTemplate template(Conversation conversation) {
        boolean tools =
                conversation.variables().containsKey("tools")
                        && !conversation.variables().get("tools").isNull();
        ChatTemplate chosen =
                tools && templates.containsKey(WITH_TOOLS)
                        ? templates.get(WITH_TOOLS)
                        : templates.get(TokenizerConfig.DEFAULT_TEMPLATE);
        if (chosen == null) {
            throw AttuneException.user(
                            templates.isEmpty()
                                    ? "The model has no chat template."
                                    : "The model has no usual chat template, only "
                                            + String.join(", ", templates.keySet())
                                            + ".")
                    .fix(
                            "Give a template file, put a chat_template.jinja into the model's"
                                    + " folder, or use rows with a prompt and a completion.");
        }
        return chosen;
    }

    /// The conversation as text. Arguments of tool calls are given to the template as text or as an
    /// object, whichever it understands.
    public Rendered render(Conversation conversation, boolean addGenerationPrompt) {
        ChatTemplate template = template(conversation);
        RenderSettings wanted = settings.withGenerationPrompt(addGenerationPrompt);
        return ToolArguments.fit(conversation, each -> template.render(each, wanted));
    }

    /// What comes before an answer, at another time than the format's own.
    Rendered renderAt(Conversation conversation, LocalDateTime time) {
        ChatTemplate template = template(conversation);
        RenderSettings wanted =
                new RenderSettings(true, settings.specialTokens(), time, settings.limits());
        return ToolArguments.fit(conversation, each -> template.render(each, wanted));
    }

    /// The tokens after which the assistant is to speak.
    public int[] prompt(Conversation conversation) {
        return tokenizer.encode(render(conversation, true).text()).ids();
    }

    /// A conversation as tokens, with those to be learned.
    public EncodedText encode(Conversation conversation, TrainOn on) {
        Rendered rendered = render(conversation, false);
        Collection<String> stops = stopTokens.texts().values();
        Encoding encoding = tokenizer.encode(rendered.text());
        List<String> notes = new ArrayList<>();
        rendered.changes().forEach(change -> notes.add(change.described()));
        notes.addAll(new WrittenSpecials(tokenizer, rendered).notes(encoding));
        return EncodedText.of(rendered.text(), encoding, rendered.trainable(on, stops), notes)
                .byTemplate();
    }

    /// A text without roles, all of which is learned, ended with the EOS.
    public EncodedText encodeText(String text) {
        return ended(text, 0, List.of());
    }

    /// A prompt and its completion without roles: the completion is learned, and the EOS behind it.
    ///
    /// The two are tokenised together, as they stand in the text. A token that holds the end of the
    /// prompt and the start of the completion is learned, which is noted, since a model that is
    /// given the prompt alone sees other tokens.
    ///
    /// @param on whether the prompt is learned as well
    public EncodedText encodeCompletion(String prompt, String completion, TrainOn on) {
        EncodedText encoded =
                ended(prompt + completion, on.prompt() ? 0 : prompt.length(), List.of());
        Encoding encoding = encoded.encoding();
        for (int i = 0; i < encoding.length(); i++) {
            if (encoding.start(i) < prompt.length() && encoding.end(i) > prompt.length()) {
                String note =
                        "a token holds the end of the prompt and the start of the completion: \""
                                + encoded.text().substring(encoding.start(i), encoding.end(i))
                                + "\"";
                return new EncodedText(
                        encoded.text(),
                        encoding,
                        encoded.tokens(),
                        encoded.trained(),
                        List.of(note),
                        false);
            }
        }
        return encoded;
    }

    /// A text of which the caller says what is learned; nothing is put behind it.
    public EncodedText encodeMarked(String text, List<Span> trained) {
        return EncodedText.of(text, tokenizer.encodeWithSpecialTokens(text), trained, List.of());
    }

    private EncodedText ended(String text, int from, List<String> notes) {
        Encoding encoding = tokenizer.encodeWithSpecialTokens(text);
        List<Span> trained =
                from < text.length() ? List.of(new Span(from, text.length())) : List.of();
        EncodedText encoded = EncodedText.of(text, encoding, trained, notes);
        int last = encoding.length() - 1;
        Optional<Integer> eos = endOfText(tokenizer, stopTokens);
        if (eos.isEmpty()) {
            return encoded;
        }
        boolean added = last >= 0 && encoding.id(last) == eos.get();
        return added ? encoded.withLastTrained() : encoded.endedWith(eos.get());
    }

    /// The tokenizer's EOS; where its files name none, as GPT-2's do, the model's first stop token.
    private static Optional<Integer> endOfText(Tokenizer tokenizer, StopTokens stops) {
        OptionalInt eos =
                tokenizer.specialTokens().eos().map(tokenizer::id).orElse(OptionalInt.empty());
        return eos.isPresent() ? Optional.of(eos.getAsInt()) : stops.ids().stream().findFirst();
    }

    /// The added token that comes first in a text.
    private Optional<String> firstAdded(String text) {
        Encoding encoding = tokenizer.encode(text);
        for (int i = 0; i < encoding.length(); i++) {
            if (tokenizer.addedTokens().containsKey(encoding.id(i))) {
                return tokenizer.token(encoding.id(i));
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
