package dev.attune.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.attune.testkit.PlayedHub;
import dev.attune.testkit.SharedData;
import dev.attune.train.TrainEvent;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import picocli.CommandLine;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The commands that README.md and `--help` show, run with reference folders in place of the models
/// that they name.
class DocumentedCommandsTest {
    private static final Path README = Path.of(System.getProperty("attune.root"), "README.md");
    private static final Map<String, byte[]> DOWNLOADED =
            Map.of(
                    "config.json", new byte[] {'{', '}'},
                    "tokenizer.json", new byte[] {'{', '}'},
                    "model.safetensors", new byte[100]);

    private static final byte[] ROW =
            "{\"prompt\":\"Who?\",\"completion\":\"Tom.\"}\n".getBytes(StandardCharsets.UTF_8);

    private static final Map<String, byte[]> ROWS =
            Map.of(
                    "data/train-00000-of-00001.jsonl", ROW,
                    "data/test-00000-of-00001.jsonl", ROW);

    @TempDir private Path cache;

    private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?");

    @TempDir private Path output = Path.of("");

    @ParameterizedTest
    @MethodSource("readmeCommands")
    void commandsOfTheReadmeRun(String command) {
        assertThat(run(command).exitCode()).as(command).isZero();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void examplesOfTheHelpRun(String command) {
        Ran ran = run(command);
        assertThat(ran.exitCode()).as(command + "\n" + ran.err()).isZero();
        if (command.contains("--json")) {
            assertThat(ran.out().lines()).isNotEmpty().allSatisfy(JsonMapper.shared()::readTree);
        }
    }

    @Test
    void theReadmeShowsWhatProbePrints() throws IOException {
        List<String> shown = picture();
        List<String> printed = run(shown.getFirst().substring(2)).out().lines().toList();
        assertThat(printed).hasSize(shown.size() - 1);
        for (int i = 0; i < printed.size(); i++) {
            assertThat(words(printed.get(i))).isEqualTo(words(shown.get(i + 1)));
            double[] found = numbers(printed.get(i));
            // Printed with six digits; sums in another order move the fifth.
            assertThat(found).containsExactly(numbers(shown.get(i + 1)), within(1e-4));
        }
    }

    /// The block of the README that begins with a prompt: a command and what it prints.
    private static List<String> picture() throws IOException {
        return Files.readAllLines(README).stream()
                .dropWhile(line -> !line.startsWith("$ ./attune model probe"))
                .takeWhile(line -> !line.startsWith("```"))
                .toList();
    }

    private Ran run(String command) {
        String line = command.replaceAll("\\s*[|#].*", "");
        String[] words = line.strip().split(" +");
        if (words[1].equals("resume") || words[1].equals("verify")) {
            realRun(words[2]);
        }
        if (!words[1].equals("train") && List.of(words).contains("my-run")) {
            sampleRun("my-run");
        }
        String[] args = Arrays.stream(words).skip(1).map(this::present).toArray(String[]::new);
        try (PlayedHub hub = PlayedHub.start()) {
            hub.put("HuggingFaceTB/SmolLM2-135M", DOWNLOADED);
            hub.put("datasets/HuggingFaceH4/no_robots", ROWS);
            return Ran.of(
                    Map.of(
                            "HF_ENDPOINT", hub.endpoint().toString(),
                            "HF_HOME", cache.toString()),
                    args);
        }
    }

    /// The reference folder for a name that the documents use.
    private String present(String word) {
        return switch (word) {
            case "path/to/model", "models/SmolLM2-135M", "models/base" -> data("reference/llama");
            case "path/to/adapter", "run1/adapter" -> data("reference/adapter-llama-layers-regex");
            case "models/SmolLM2-135M-Instruct" -> data("models/tinystories-656K");
            case "run1", "run2" -> sampleRun(word).toString();
            case "models/my-chat-model" -> data("models/tinystories-656K");
            case "recipes/lora.yaml" -> smallRecipe().toString();
            case "my-run" -> output.resolve(word).toString();
            case "stories260K" -> data("models/stories260K-hf");
            case "path/to/chat-model" -> data("tokenizers/qwen2");
            case "chat.json",
                    "chat_template.jinja",
                    "texts.txt",
                    "texts.jsonl",
                    "ids.jsonl",
                    "qa.csv",
                    "support.jsonl",
                    "heldout.jsonl",
                    "decisions.jsonl",
                    "train.jsonl" ->
                    resource(word);
            case "out/merged",
                    "out/adapter",
                    "out/alpaca.json",
                    "out/segments.jsonl",
                    "out/gguf",
                    "out/gguf-lora",
                    "out/small",
                    "out/ollama",
                    "out/sharegpt.jsonl",
                    "out/check.html",
                    "out/clean.jsonl",
                    "out/clean.jsonl.gz",
                    "out/short.jsonl",
                    "out/split",
                    "out/train.jsonl.gz",
                    "compared.html",
                    "shipped" ->
                    output.resolve(word).toString();
            default -> word;
        };
    }

    /// A run that really trained.
    private void realRun(String name) {
        Ran ran =
                Ran.of(
                        "train",
                        smallRecipe().toString(),
                        "output_dir=" + output.resolve(name),
                        "save_steps=1");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
    }

    /// A recipe of two steps on a small model.
    private Path smallRecipe() {
        Path recipe = output.resolve("recipe.yaml");
        try {
            return Files.writeString(
                    recipe,
                    """
                    model_name_or_path: %s
                    data: %s
                    output_dir: %s
                    max_length: 256
                    max_steps: 2
                    """
                            .formatted(
                                    data("models/tinystories-656K"),
                                    resource("train.jsonl"),
                                    output.resolve("recipe-run")));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /// A run that ended, on a model that can talk.
    private Path sampleRun(String name) {
        Path run = output.resolve(name);
        if (!Files.exists(run)) {
            Path model = Path.of(data("models/tinystories-656K"));
            SampleRuns.run(
                    run, model.toString(), "data=" + resource("train.jsonl"), "max_length=256");
            SampleRuns.adapter(run, "adapter", model);
            SampleRuns.events(run, SampleRuns.ended(4, 4, 2, TrainEvent.Reason.FINISHED));
        }
        return run;
    }

    private static String resource(String name) {
        return Path.of(
                        System.getProperty("attune.root"),
                        "cli/src/test/resources/dev/attune/cli/documented",
                        name)
                .toString();
    }

    private static String data(String folder) {
        return SharedData.path(folder).toString();
    }

    private static String words(String line) {
        return NUMBER.matcher(line).replaceAll("0").replaceAll(" +", " ");
    }

    private static double[] numbers(String line) {
        return NUMBER.matcher(line)
                .results()
                .mapToDouble(found -> Double.parseDouble(found.group()))
                .toArray();
    }

    private static List<String> readmeCommands() throws IOException {
        return Files.readAllLines(README).stream()
                .filter(line -> line.startsWith("./attune "))
                .filter(line -> !line.startsWith("./attune quickstart"))
                .toList();
    }

    private static Stream<String> examples() {
        return withBelow(Attune.commandLine())
                .flatMap(line -> Arrays.stream(line.getCommandSpec().usageMessage().footer()))
                .map(String::strip)
                .filter(line -> line.startsWith("attune "))
                // Minutes long, so they are run once, where what they print is checked.
                .filter(line -> !line.startsWith("attune quickstart"))
                .distinct();
    }

    private static Stream<CommandLine> withBelow(CommandLine command) {
        return Stream.concat(
                Stream.of(command),
                command.getSubcommands().values().stream()
                        .flatMap(DocumentedCommandsTest::withBelow));
    }
}
