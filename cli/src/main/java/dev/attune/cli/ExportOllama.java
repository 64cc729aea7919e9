package dev.attune.cli;

import dev.attune.base.AttuneException;
import dev.attune.export.OllamaOptions;
import dev.attune.text.Message;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The options of `attune export` that go with `--to ollama` only.
final class ExportOllama {
    private static final Duration MOST = Duration.ofMinutes(30);
    private static final List<Message> HELLO = List.of(Message.of("user", "Hello!"));

    @Option(
            names = "--create",
            paramLabel = "NAME",
            description = {
                "Have the installed ollama make a model of that name, and ask it one row."
            })
    private @Nullable String create;

    @Option(
            names = "--system",
            paramLabel = "TEXT",
            description = {
                "SYSTEM of the Modelfile; if left out, the system message that all rows share."
            })
    private @Nullable String system;

    @Option(
            names = "--safetensors",
            description =
                    "Weights as safetensors, which Ollama imports by itself, in place of a GGUF"
                            + " file.")
    private boolean safetensors;

    /// Whether Ollama is given a model folder in place of a GGUF file.
    boolean isImport() {
        return safetensors;
    }

    /// Refuses them with another format.
    void requireNone(String format) {
        for (var each :
                Map.of(
                                "--create", Optional.ofNullable(create),
                                "--system", Optional.ofNullable(system),
                                "--safetensors", Optional.of(safetensors).filter(on -> on))
                        .entrySet()) {
            if (each.getValue().isPresent()) {
                throw AttuneException.user(
                                "%s goes with --to ollama only, not with --to %s."
                                        .formatted(each.getKey(), format))
                        .fix("Leave it out, or export with --to ollama.");
            }
        }
    }

    /// Finds out, before anything is written, whether the model can be made.
    void requireReady(CommandSpec spec) {
        if (create == null) {
            return;
        }
        OllamaProgram.requireName(create);
        Map<String, String> environment = HubEnvironment.of(spec).variables();
        OllamaProgram.find(environment);
        try (OllamaServer server = OllamaServer.of(environment)) {
            server.version();
        }
    }

    /// @param data a file of rows, if one was named
    OllamaRows rows(Path source, @Nullable Path data, CommandSpec spec) {
        return data == null ? OllamaRows.ofSource(source, spec) : OllamaRows.ofFile(data);
    }

    OllamaOptions options(OllamaRows rows) {
        return new OllamaOptions(rows.rows(), Optional.ofNullable(system));
    }

    /// Makes the model of a finished folder and asks it, if that is wanted.
    Optional<OllamaCreated> created(Path folder, OllamaRows rows, CommandSpec spec) {
        if (create == null) {
            return Optional.empty();
        }
        String name = create;
        Map<String, String> environment = HubEnvironment.of(spec).variables();
        PrintWriter err = spec.commandLine().getErr();
        OllamaProgram.find(environment)
                .create(
                        name,
                        folder,
                        line -> {
                            err.println("ollama: " + line);
                            err.flush();
                        },
                        MOST);
        List<Message> asked = rows.asked().isEmpty() ? HELLO : rows.asked();
        try (OllamaServer server = OllamaServer.of(environment)) {
            String answer = server.ask(name, asked);
            String question = asked.getLast().fields().path("content").asString("");
            return Optional.of(new OllamaCreated(name, question, answer, rows.answer()));
        }
    }
}
