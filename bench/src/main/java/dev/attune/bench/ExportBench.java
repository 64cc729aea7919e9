package dev.attune.bench;

import dev.attune.export.ExportProgress;
import dev.attune.export.GgufExport;
import dev.attune.export.GgufQuant;
import dev.attune.export.GgufReport;
import dev.attune.export.GgufRequest;
import dev.attune.testkit.LlamaCpp;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/// Times exports as GGUF.
@Command(
        name = "export",
        description = {
            "Times exports of the 135M shape with random weights as GGUF, without their check.",
            "",
            "The first is warmed up by an export of the same kind."
        },
        footer = {
            "",
            "Examples:",
            "  bench/run export --tokenizer ../shared/data/tokenizers/gpt2 --quant q8_0,q4_k_m",
            "  bench/run export --tokenizer ../shared/data/tokenizers/gpt2 --runs 5"
                    + " --llama-cpp llama.cpp/build/bin"
        },
        mixinStandardHelpOptions = true)
final class ExportBench implements Callable<Integer> {
    /// Enough for the tokenizer of GPT-2, in a multiple of 64.
    private static final int VOCABULARY = 50_304;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--tokenizer",
            required = true,
            description = "A folder with a tokenizer's files, of up to 50,304 tokens.")
    private Path tokenizer = Path.of("");

    @Option(
            names = "--quant",
            split = ",",
            defaultValue = "q4_k_m",
            description = "What to round to, several with commas (default: ${DEFAULT-VALUE}).")
    private List<String> quants = List.of();

    @Option(
            names = "--threads",
            description = "How many round side by side; as many as there are cores if left out.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--cold", description = "Do not warm up: what a user waits for.")
    private boolean cold;

    @Option(
            names = "--runs",
            defaultValue = "1",
            description = "How often each is done; the median counts (default: ${DEFAULT-VALUE}).")
    private int runs;

    @Option(
            names = "--llama-cpp",
            paramLabel = "DIR",
            description = {
                "Folder of llama.cpp's shared libraries. It rounds a file of bfloat16 with as"
                        + " many threads, in turn with us, and the tensors are compared."
            })
    private Optional<Path> llamaCpp = Optional.empty();

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        Optional<LlamaCpp> llama = llamaCpp.map(LlamaCpp::open);
        try (TemporaryFolder folder = TemporaryFolder.open()) {
            Path model = Files.createDirectory(folder.resolve("model"));
            SmallModelFolder.write(model, tokenizer, VOCABULARY);
            if (!cold) {
                export(model, folder.resolve("warm-up"), quants.getFirst());
            }
            Path floats = folder.resolve("floats");
            if (llama.isPresent()) {
                floats = export(model, floats, "bf16").file();
            }
            Map<String, Object> all = new LinkedHashMap<>();
            for (String quant : quants) {
                Path target = folder.resolve(quant);
                all.put(
                        quant,
                        llama.isEmpty()
                                ? alone(model, target, quant)
                                : beside(llama.get(), floats, model, target));
            }
            report(all);
        }
        return 0;
    }

    private Map<String, Object> alone(Path model, Path target, String quant) {
        List<Timed> exports = new ArrayList<>();
        long bytes = 0;
        for (int run = 0; run < runs; run++) {
            Path out = Path.of(target + "-" + run);
            exports.add(Timed.of(() -> export(model, out, quant)));
            bytes = fileIn(out).toFile().length();
        }
        return figures(exports, bytes);
    }

    private static Path fileIn(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".gguf"))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The export, the rounding alone, and llama.cpp's, in turn.
    ///
    /// @param target a new folder for the export, whose name is the mix
    private Map<String, Object> beside(LlamaCpp llama, Path floats, Path model, Path target) {
        String quant = String.valueOf(target.getFileName());
        Path ours = Path.of(target + "-rounded.gguf");
        Path theirs = Path.of(target + "-llama.gguf");
        List<Timed> exports = new ArrayList<>();
        List<Timed> roundings = new ArrayList<>();
        List<Timed> llamas = new ArrayList<>();
        Path exported = target;
        for (int run = 0; run < runs; run++) {
            Path out = Path.of(target + "-" + run);
            exports.add(Timed.of(() -> export(model, out, quant)));
            exported = fileIn(out);
            GgufRounding rounding = GgufRounding.like(exported, floats, threads);
            roundings.add(Timed.of(() -> rounding.write(ours)));
            int fileType = GgufRounding.fileType(exported);
            llamas.add(Timed.of(() -> llama.quantize(floats, theirs, fileType, threads)));
        }
        Map<String, Object> figures = figures(exports, exported.toFile().length());
        put("rounding", Timed.median(roundings), figures);
        put("llama_cpp", Timed.median(llamas), figures);
        figures.put("llama_cpp_version", llama.version());
        figures.put("tensors", GgufRounding.same(exported, exported));
        figures.put("same_as_llama_cpp", GgufRounding.same(exported, theirs));
        figures.put("same_as_rounding", GgufRounding.same(exported, ours));
        return figures;
    }

    private GgufReport export(Path model, Path target, String quant) {
        GgufRequest request = GgufRequest.of(model, Optional.empty(), target, GgufQuant.of(quant));
        return new GgufExport(JudgedRows.NOW, threads).export(request, ExportProgress.none());
    }

    private static Map<String, Object> figures(List<Timed> exports, long bytes) {
        Map<String, Object> figures = new LinkedHashMap<>();
        Timed median = Timed.median(exports);
        figures.put("seconds", median.seconds());
        figures.put("cpu_seconds", median.cpuSeconds());
        figures.put("megabytes", bytes / 1_000_000);
        double millions = SmallModel.parameters(VOCABULARY) / 1e6;
        figures.put("million_weights_per_second", millions / median.seconds());
        return figures;
    }

    private static void put(String what, Timed median, Map<String, Object> figures) {
        figures.put(what + "_seconds", median.seconds());
        figures.put(what + "_cpu_seconds", median.cpuSeconds());
    }

    private void report(Map<String, Object> all) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            Map<String, Object> object = new LinkedHashMap<>(all);
            object.put("threads", threads);
            object.put("peak_megabytes", Memory.peakMegabytes());
            out.println(JsonMapper.shared().writeValueAsString(object));
        } else {
            all.forEach((quant, figures) ->
                    out.println(String.format(Locale.ROOT, "%-8s %s", quant, figures)));
            out.println("%d threads, %d MB at most".formatted(threads, Memory.peakMegabytes()));
        }
        out.flush();
    }
}
