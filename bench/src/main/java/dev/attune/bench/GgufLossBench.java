package dev.attune.bench;

import dev.attune.base.AttuneException;
import dev.attune.export.ExportProgress;
import dev.attune.export.GgufExport;
import dev.attune.export.GgufQuant;
import dev.attune.export.GgufRequest;
import dev.attune.model.ModelFolder;
import dev.attune.testkit.LlamaCpp;
import dev.attune.text.TokenSequence;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/// The loss of a model's exports as GGUF beside its own.
@Command(
        name = "gguf-loss",
        description = {
            "Exports a model as GGUF, reads each file back and tells the mean loss of its tokens.",
            "",
            "The loss is that of the dequantised weights, computed in float32. With --llama-cpp the"
                    + " same files read the same tokens in a real llama.cpp, as programs use it:"
                    + " keys and values in half floats, inputs of products rounded as well."
        },
        footer = {
            "",
            "Examples:",
            "  bench/run gguf-loss --model ../shared/data/models/stories260K-hf"
                    + " --ids ../shared/data/models/stories260K-hf/expected.json",
            "  bench/run gguf-loss --model run1/merged --data heldout.jsonl"
                    + " --llama-cpp llama.cpp/build/bin"
        },
        mixinStandardHelpOptions = true)
final class GgufLossBench implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--model", required = true, description = "Folder of the model.")
    private Path model = Path.of("");

    @Option(names = "--data", description = "Rows whose answers are judged.")
    private Optional<Path> data = Optional.empty();

    @Option(
            names = "--ids",
            description = "JSON with nll: a list of objects with ids, all of which are judged.")
    private Optional<Path> ids = Optional.empty();

    @Option(
            names = "--quant",
            split = ",",
            defaultValue = "f16,q8_0,q6_k,q5_k_m,q4_k_m",
            description = "What to round to (default: ${DEFAULT-VALUE}).")
    private List<String> quants = List.of();

    @Option(names = "--file", split = ",", description = "GGUF files of others to judge as well.")
    private List<Path> files = List.of();

    @Option(
            names = "--llama-cpp",
            paramLabel = "DIR",
            description = "Folder of llama.cpp's shared libraries, to read the files as well.")
    private Optional<Path> llamaCpp = Optional.empty();

    @Option(
            names = "--threads",
            defaultValue = "1",
            description = "How many llama.cpp computes on (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    /// A file's size and loss by ours, and by llama.cpp if it was asked.
    private record Row(String name, long bytes, double ours, Optional<Double> llama) {
        /// Beside the loss of the weights before they were rounded.
        String line(double own) {
            String text =
                    String.format(
                            Locale.ROOT,
                            "%-36s %,12d bytes  loss %.5f  %+.5f",
                            name,
                            bytes,
                            ours,
                            ours - own);
            return text
                    + llama.map(loss ->
                                    String.format(
                                            Locale.ROOT,
                                            "  llama.cpp %.5f  %+.5f",
                                            loss,
                                            loss - own))
                            .orElse("");
        }

        Map<String, Object> figures() {
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("bytes", bytes);
            figures.put("loss", ours);
            llama.ifPresent(loss -> figures.put("llama_cpp_loss", loss));
            return figures;
        }
    }

    @Override
    public Integer call() throws IOException {
        Optional<LlamaCpp> llama = llamaCpp.map(LlamaCpp::open);
        JudgedRows rows =
                new JudgedRows(rows(), ModelFolder.read(model).config().maxPositionEmbeddings());
        GgufLosses losses = new GgufLosses(rows, llama, threads);
        double own = losses.ofFolder(model);
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("tokens", rows.tokens());
        llama.ifPresent(library -> all.put("llama_cpp", library.version()));
        all.put("model", own);
        if (!json) {
            String by = llama.map(l -> ", llama.cpp " + l.version()).orElse("");
            say(String.format(Locale.ROOT, "%,d tokens%s", rows.tokens(), by));
            say(String.format(Locale.ROOT, "the model itself: loss %.5f", own));
        }
        try (TemporaryFolder folder = TemporaryFolder.open()) {
            for (String quant : quants) {
                add(judged(losses, quant, exported(quant, folder), folder), own, all);
            }
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                add(judged(losses, name, file, folder), own, all);
            }
        }
        if (json) {
            say(JsonMapper.shared().writeValueAsString(all));
        }
        return 0;
    }

    private Path exported(String quant, TemporaryFolder folder) {
        GgufRequest request =
                GgufRequest.of(model, Optional.empty(), folder.resolve(quant), GgufQuant.of(quant));
        return new GgufExport(JudgedRows.NOW, 1).export(request, ExportProgress.none()).file();
    }

    private static Row judged(GgufLosses losses, String name, Path file, TemporaryFolder folder)
            throws IOException {
        double ours = losses.ofFile(file, folder.resolve("back-" + name));
        return new Row(
                name,
                Files.size(file),
                ours,
                losses.llama().map(library -> losses.byLlamaCpp(library, file)));
    }

    private void add(Row row, double own, Map<String, Object> all) {
        all.put(row.name(), row.figures());
        if (!json) {
            say(row.line(own));
        }
    }

    private List<TokenSequence> rows() throws IOException {
        if (ids.isPresent()) {
            return JudgedRows.ofIds(ids.get());
        }
        return JudgedRows.ofData(
                model,
                data.orElseThrow(() ->
                        AttuneException.user("Nothing says what is to be judged.")
                                .fix("Give --data or --ids.")));
    }

    private void say(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
