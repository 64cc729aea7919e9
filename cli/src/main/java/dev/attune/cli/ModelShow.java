package dev.attune.cli;

import dev.attune.model.ModelFolder;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import tools.jackson.databind.json.JsonMapper;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/// `attune model show`: what the files of a model say about it.
@Command(
        name = "show",
        description = "Shows a model's architecture, shape and size, without loading its weights.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Examples:",
            "  attune model show models/SmolLM2-135M",
            "  attune model show models/SmolLM2-135M --json | jq .parameters"
        })
final class ModelShow implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private ModelArgument model = new ModelArgument();

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        Map<String, Object> facts = ModelFacts.of(ModelFolder.read(model.weights()));
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonMapper.shared().writeValueAsString(facts));
        } else {
            facts.forEach((name, value) -> out.printf("%-24s  %s%n", name, shown(name, value)));
        }
        out.flush();
        return 0;
    }

    private static String shown(String name, Object value) {
        String text =
                switch (value) {
                    case Long number when name.endsWith("_bytes") ->
                            String.format(Locale.ROOT, "%,d (%.1f MB)", number, number / 1e6);
                    case Long number -> String.format(Locale.ROOT, "%,d", number);
                    case Map<?, ?> counts ->
                            counts.entrySet().stream()
                                    .map(e -> e.getKey() + ": " + shown("", e.getValue()))
                                    .collect(Collectors.joining(", "));
                    case List<?> values ->
                            values.stream().map(Object::toString).collect(Collectors.joining(", "));
                    default -> value.toString();
                };
        return text.isEmpty() ? "none" : text;
    }
}
