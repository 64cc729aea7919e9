package dev.attune.cli;

import dev.attune.base.AttuneException;
import dev.attune.tensor.Dtype;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/// `attune chat`: a conversation with a run or a model.
@Command(
        name = "chat",
        description = {
            "Talks with a run or a model.",
            "",
            "On a terminal answers appear as they are made; /help lists what else can be typed."
                + " Elsewhere each line of standard input is a question of one conversation, and"
                + " only the answers are printed.",
            "",
            "Answers are drawn as the model's generation_config.json asks, else with temperature"
                    + " 0.7 and top_p 0.9. A model without a chat template goes on with each text."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Examples:",
            "  attune chat run1",
            "  attune chat models/SmolLM2-135M-Instruct --prompt Hello --greedy",
            "  attune chat run1 --prompt Hello --json"
        })
final class Chat implements Callable<Integer> {
    enum Type {
        float32(Dtype.FLOAT32),
        bfloat16(Dtype.BFLOAT16);

        private final Dtype dtype;

        Type(Dtype dtype) {
            this.dtype = dtype;
        }
    }

    private final StandardInput input;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
            index = "0",
            paramLabel = "RUN|MODEL",
            description =
                    "Folder of a run, of a PEFT adapter, or of a model; or hf:owner/name[@revision]"
                            + " of the cache.")
    private String source = "";

    @Option(
            names = "--base",
            paramLabel = "MODEL",
            description = "The model that an adapter alone was trained on.")
    private @Nullable String base;

    @Option(names = "--system", paramLabel = "TEXT", description = "The system text.")
    private String system = "";

    @Option(
            names = "--prompt",
            paramLabel = "TEXT",
            description = "Answers this one question and ends.")
    private @Nullable String prompt;

    @Option(names = "--no-adapter", description = "Begins with the adapter switched off.")
    private boolean noAdapter;

    @Mixin private SamplingOptions sampling = new SamplingOptions();

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            description = "${COMPLETION-CANDIDATES}; the run's own, or float32, if left out.")
    private @Nullable Type dtype;

    @Option(names = "--json", description = "Write one JSON object for each answer.")
    private boolean json;

    /// @param input where questions come from
    Chat(StandardInput input) {
        this.input = input;
    }

    @Override
    public Integer call() {
        var from = ChatSource.of(source, Optional.ofNullable(base), spec);
        Dtype type = dtype == null ? from.dtype().orElse(Dtype.FLOAT32) : dtype.dtype;
        // Refused here, before weights are read.
        sampling.apply(ChatSettings.of(from.text(), Set.of()));
        ChatScreen screen = screen();
        from.notes().forEach(screen::note);
        try (ChatModel model =
                        ChatModel.load(from, type, LocalDateTime.now(ZoneId.systemDefault()));
                ChatInput lines = lines()) {
            model.adapt(!noAdapter);
            ChatSettings settings = ChatSettings.of(from.text(), model.stopIds());
            sampling.apply(settings);
            var talk = new ChatTalk(model, settings, screen, () -> !lines.takeInterrupt());
            talk.history().system(system);
            greet(talk);
            if (prompt != null) {
                talk.ask(prompt);
            } else {
                talk(talk, lines);
            }
        }
        return 0;
    }

    private boolean isForPerson() {
        return prompt == null && !json && input.isTerminal();
    }

    private ChatScreen screen() {
        var form =
                json
                        ? ChatScreen.Form.JSON
                        : isForPerson() ? ChatScreen.Form.TERMINAL : ChatScreen.Form.PIPE;
        return new ChatScreen(
                spec.commandLine().getOut(),
                spec.commandLine().getErr(),
                form,
                Colors.of(spec).ansi());
    }

    private ChatInput lines() {
        return isForPerson()
                ? ChatTerminal.open(ChatCommands.words())
                : ChatInput.of(input.stream());
    }

    private void greet(ChatTalk talk) {
        if (!talk.model().hasTemplate()) {
            talk.screen()
                    .note(
                            "This model has no chat template: it goes on with each text and"
                                    + " remembers none.");
            if (!system.isEmpty()) {
                throw AttuneException.user("--system needs a model with a chat template.")
                        .fix("Leave it out, or take an instruct model.");
            }
        }
        if (isForPerson()) {
            String adapter = talk.model().hasAdapter() ? " The adapter is on." : "";
            talk.screen().note("/help shows what can be typed, /bye ends." + adapter);
        }
    }

    private void talk(ChatTalk talk, ChatInput lines) {
        var commands = new ChatCommands(talk);
        boolean goesOn = true;
        while (goesOn) {
            Optional<String> line = lines.line("> ");
            if (line.isEmpty()) {
                return;
            }
            try {
                goesOn = take(line.get(), talk, commands, lines);
            } catch (AttuneException e) {
                if (!isForPerson()) {
                    throw e;
                }
                talk.screen().show("attune: " + e.getMessage());
            }
        }
    }

    private static boolean take(
            String line, ChatTalk talk, ChatCommands commands, ChatInput lines) {
        if (line.isBlank()) {
            return true;
        }
        if (ChatCommands.is(line)) {
            return commands.run(line);
        }
        String text = line.startsWith("//") ? line.substring(1) : line;
        talk.ask(text.startsWith("\"\"\"") ? several(text.substring(3), lines) : text);
        return true;
    }

    /// A text of several lines, up to three quotation marks or the end.
    private static String several(String first, ChatInput lines) {
        var text = new StringBuilder(first);
        while (!text.toString().endsWith("\"\"\"")) {
            Optional<String> next = lines.line(". ");
            if (next.isEmpty()) {
                return text.toString();
            }
            text.append('\n').append(next.get());
        }
        return text.substring(0, text.length() - 3).strip();
    }
}
