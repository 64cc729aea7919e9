package dev.attune.bench;

import dev.attune.data.Progress;
import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Generator;
import dev.attune.train.Recipe;
import dev.attune.train.RecipeReader;
import dev.attune.train.TrainEvent;
import dev.attune.train.TrainEvent.Stepped;
import dev.attune.train.Training;
import dev.attune.train.TrainingHost;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/// Times a real run: a file of rows, tokenised, packed or not, trained by the loop that users run.
@Command(
        name = "train",
        description = {
            "Times a real run of LoRA on the 135M shape with random weights.",
            "",
            "Useful tokens are those that are learned: of the answers alone."
        },
        footer = {
            "",
            "Example:",
            "  bench/run train --data ../shared/data/datasets/gsm8k/train.jsonl"
                    + " --tokenizer ../shared/data/tokenizers/gpt2 --eos-token-id 50256"
        },
        mixinStandardHelpOptions = true)
final class TrainBench implements Callable<Integer> {
    private static final int WARM_UP = 2;
    private static final String ROWS = "rows.jsonl";

    /// Enough for the tokenizer of GPT-2, in a multiple of 64.
    private static final int VOCABULARY = 50_304;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--data", required = true, description = "Rows, as attune train reads them.")
    private Path data = Path.of("");

    @Option(
            names = "--tokenizer",
            required = true,
            description = "A folder with a tokenizer's files, of up to 50,304 tokens.")
    private Path tokenizer = Path.of("");

    @Option(
            names = "--eos-token-id",
            description = "The stop token, for a tokenizer whose files name none.")
    private @Nullable Integer eosTokenId;

    @Option(names = "--no-packing", description = "Batches of single rows.")
    private boolean noPacking;

    @Option(
            names = "--batch",
            defaultValue = "4",
            description = "Rows of a batch, packed or single (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(
            names = "--length",
            defaultValue = "512",
            description = "max_length (default: ${DEFAULT-VALUE}).")
    private int length;

    @Option(
            names = "--steps",
            defaultValue = "8",
            description = "Timed steps, after two others (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        Path folder = Files.createTempDirectory("attune-bench");
        List<Stepped> timed = new ArrayList<>();
        try (Generator generator = Generator.seeded(1);
                GemmRate gemm = new GemmRate(generator, Dtype.BFLOAT16, Device.CPU)) {
            Path model = Files.createDirectory(folder.resolve("model"));
            SmallModelFolder.write(model, tokenizer, VOCABULARY);
            if (eosTokenId != null) {
                String stops = "{\"eos_token_id\": %d}\n".formatted(eosTokenId);
                Files.writeString(model.resolve("generation_config.json"), stops);
            }
            rows(folder.resolve(ROWS));
            Recipe recipe = recipe(folder);
            Training.begin(recipe, host(model, timed, gemm));
            report(timed, gemm.gigaflops());
        } finally {
            delete(folder);
        }
        return 0;
    }

    private Recipe recipe(Path folder) {
        return RecipeReader.of(
                        List.of(
                                "model_name_or_path=" + folder.resolve("model"),
                                "data=" + folder.resolve(ROWS),
                                "output_dir=" + folder.resolve("run"),
                                "dtype=bfloat16",
                                "packing=" + !noPacking,
                                "max_length=" + length,
                                "per_device_train_batch_size=" + batch,
                                "gradient_accumulation_steps=1",
                                "eval_split=0",
                                "max_steps=" + (steps + WARM_UP)),
                        folder)
                .recipe();
    }

    private TrainingHost host(Path model, List<Stepped> timed, GemmRate gemm) {
        return new TrainingHost(
                model,
                event -> hear(event, timed, gemm),
                spec.commandLine().getErr()::println,
                Progress.SILENT,
                Clock.systemUTC(),
                LocalDateTime.of(2026, 1, 1, 0, 0),
                () -> false,
                "bench");
    }

    private static void hear(TrainEvent event, List<Stepped> timed, GemmRate gemm) {
        if (event instanceof Stepped stepped && stepped.step() > WARM_UP) {
            timed.add(stepped);
            gemm.measure();
        }
    }

    /// The rows under the names that training knows; those of GSM8K have others.
    private void rows(Path rows) throws IOException {
        JsonMapper mapper = JsonMapper.shared();
        List<String> written = new ArrayList<>();
        for (String line : Files.readAllLines(data)) {
            JsonNode row = mapper.readTree(line);
            if (row.has("question")) {
                Map<String, JsonNode> named =
                        Map.of("prompt", row.get("question"), "completion", row.get("answer"));
                written.add(mapper.writeValueAsString(named));
            } else {
                written.add(line);
            }
        }
        Files.write(rows, written);
    }

    private void report(List<Stepped> timed, double gemm) {
        double seconds = timed.stream().mapToDouble(Stepped::seconds).sum();
        double tokens = timed.stream().mapToDouble(Stepped::tokens).sum();
        double trained = timed.stream().mapToDouble(Stepped::trainedTokens).sum();
        double parameters = SmallModel.parameters(VOCABULARY);
        double rate = 4 * parameters * tokens / seconds / 1e9;
        PrintWriter out = spec.commandLine().getOut();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("useful_tokens_per_second", rounded(trained / seconds, 1));
        fields.put("tokens_per_second", rounded(tokens / seconds, 1));
        fields.put("tokens_a_step", rounded(tokens / timed.size(), 0));
        fields.put("step_gflops", rounded(rate, 1));
        fields.put("gemm_gflops", rounded(gemm, 1));
        fields.put("share", rounded(rate / gemm, 3));
        fields.put("peak_mb", Memory.peakMegabytes());
        if (json) {
            out.println(JsonMapper.shared().writeValueAsString(fields));
        } else {
            fields.forEach((name, value) -> out.printf("%-26s %s%n", name, value));
        }
        out.flush();
    }

    private static double rounded(double value, int digits) {
        double unit = Math.pow(10, digits);
        return Math.rint(value * unit) / unit;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
