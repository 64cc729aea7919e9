package dev.attune.bench;

import dev.attune.export.ExportProgress;
import dev.attune.export.GgufExport;
import dev.attune.export.GgufQuant;
import dev.attune.export.GgufReport;
import dev.attune.export.GgufRequest;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Comparator;
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
            "Example:",
            "  bench/run export --tokenizer ../shared/data/tokenizers/gpt2 --quant q8_0,q4_k_m"
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

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        Path folder = Files.createTempDirectory("attune-bench");
        try {
            Path model = Files.createDirectory(folder.resolve("model"));
            SmallModelFolder.write(model, tokenizer, VOCABULARY);
            if (!cold) {
                export(model, folder.resolve("warm-up"), quants.getFirst());
            }
            Map<String, Object> all = new LinkedHashMap<>();
            for (String quant : quants) {
                all.put(quant, export(model, folder.resolve(quant), quant));
            }
            report(all);
        } finally {
            delete(folder);
        }
        return 0;
    }

    private Map<String, Object> export(Path model, Path target, String quant) {
        GgufRequest request = GgufRequest.of(model, Optional.empty(), target, GgufQuant.of(quant));
        double cpuBefore = cpuSeconds();
        GgufReport report =
                new GgufExport(LocalDateTime.of(2026, 1, 31, 9, 30), threads)
                        .export(request, ExportProgress.none());
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("seconds", report.seconds());
        figures.put("cpu_seconds", cpuSeconds() - cpuBefore);
        figures.put("megabytes", report.bytes() / 1_000_000);
        double millions = SmallModel.parameters(VOCABULARY) / 1e6;
        figures.put("million_weights_per_second", millions / report.seconds());
        return figures;
    }

    /// What all threads of this process have computed so far.
    private static double cpuSeconds() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(spent -> spent.toNanos() / 1e9)
                .orElse(Double.NaN);
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

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
