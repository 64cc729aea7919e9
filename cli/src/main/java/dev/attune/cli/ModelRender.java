package dev.attune.cli;

import dev.attune.base.AttuneException;
import dev.attune.text.ChatFormat;
import dev.attune.text.ChatTemplate;
import dev.attune.text.Conversation;
import dev.attune.text.RenderSettings;
import dev.attune.text.Rendered;
import dev.attune.text.RoundTrip;
import dev.attune.text.Span;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import tools.jackson.databind.JsonNode;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/// `attune model render`: what a chat template makes of a conversation.
@Command(
        name = "render",
        description = {
            "Renders a conversation with a model's chat template, or with a template file.",
            "",
            "The messages file holds a JSON object with `messages` and whatever else the template"
                + " reads (tools, add_generation_prompt, enable_thinking ...), an array of"
                + " messages, or such a value a line (.jsonl). With --json the answer is {\"text\":"
                + " ..., \"spans\": [[from, to], ...]}, a line for each conversation; spans are"
                + " what the assistant is to learn, in Unicode code points. A conversation that the"
                + " template refuses gives {\"error\": ...} and exit code 2."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Examples:",
            "  attune model render path/to/chat-model --messages chat.json",
            "  attune model render --template chat_template.jinja --messages chat.json --json"
        })
final class ModelRender implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
            arity = "0..1",
            paramLabel = "MODEL",
            description = "Folder of a Hugging Face model, or a .gguf file.")
    private @Nullable String model;

    @Option(
            names = "--template",
            paramLabel = "FILE",
            description = "A chat template to use in place of the model's own, or without a model.")
    private @Nullable Path template;

    @Option(
            names = "--messages",
            required = true,
            paramLabel = "FILE",
            description = "The conversation, or several.")
    private Path messages = Path.of("");

    @Option(
            names = "--add-generation-prompt",
            description = "End the text where the assistant is to speak.")
    private boolean addGenerationPrompt;

    @Option(
            names = "--now",
            paramLabel = "TIME",
            description =
                    "The time for templates that ask for it, such as 2025-07-10T12:00:00 (default:"
                            + " the clock's).")
    private @Nullable LocalDateTime now;

    @Mixin private TrainOnOptions trainOn = new TrainOnOptions();

    @Option(names = "--json", description = "Write a JSON object a conversation.")
    private boolean json;

    /// What renders, and the texts of the stop tokens as far as they are known.
    private record Renderer(Rendering rendering, Collection<String> stopTexts) {}

    private interface Rendering {
        Rendered render(Conversation conversation, boolean addGenerationPrompt);
    }

    @Override
    public Integer call() {
        LocalDateTime time = now == null ? LocalDateTime.now(ZoneId.systemDefault()) : now;
        if (model == null) {
            if (template == null) {
                throw new ParameterException(
                        spec.commandLine(), "Neither a MODEL nor a --template is given.");
            }
            ChatTemplate alone = ChatTemplate.read(template);
            RenderSettings settings = RenderSettings.of(Map.of(), time);
            return render(
                    new Renderer(
                            (conversation, prompt) ->
                                    alone.render(
                                            conversation, settings.withGenerationPrompt(prompt)),
                            Set.of()));
        }
        try (ChatFormat format =
                ChatFormat.load(
                        ModelArgument.path(model, spec), Optional.ofNullable(template), time)) {
            return render(new Renderer(format::render, format.stopTokens().texts().values()));
        }
    }

    private int render(Renderer renderer) {
        int exitCode = 0;
        for (ConversationFile.Entry entry : ConversationFile.read(messages)) {
            try {
                Rendered rendered =
                        renderer.rendering().render(entry.conversation(), addGenerationPrompt);
                List<Span> spans =
                        rendered.trainable(trainOn.trainOn(), stops(entry, renderer.stopTexts()));
                print(rendered, spans);
            } catch (AttuneException e) {
                if (!json) {
                    throw e;
                }
                spec.commandLine()
                        .getOut()
                        .println(JsonText.write(Map.of("error", e.getMessage())));
                spec.commandLine().getErr().println("attune: " + e.getMessage());
                exitCode = e.kind().exitCode();
            }
        }
        spec.commandLine().getOut().flush();
        return exitCode;
    }

    /// Without a model, the EOS that the conversation itself gives the template.
    private static Collection<String> stops(
            ConversationFile.Entry entry, Collection<String> known) {
        JsonNode eos = entry.conversation().variables().get("eos_token");
        return known.isEmpty() && eos != null && eos.isString() ? Set.of(eos.stringValue()) : known;
    }

    private void print(Rendered rendered, List<Span> spans) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("text", rendered.text());
            fields.put(
                    "spans",
                    Span.inCodePoints(rendered.text(), spans).stream()
                            .map(span -> List.of(span.from(), span.to()))
                            .toList());
            List<String> changes = rendered.changes().stream().map(RoundTrip::described).toList();
            if (!changes.isEmpty()) {
                fields.put("changes", changes);
            }
            out.println(JsonText.write(fields));
            return;
        }
        out.println(Colors.of(spec).marked(rendered.text(), spans));
        rendered.changes().forEach(change -> out.println("note  " + change.described()));
    }
}
