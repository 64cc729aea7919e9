package dev.attune.bench;

import dev.attune.data.ChatRowEncoder;
import dev.attune.data.Example;
import dev.attune.data.ExampleStream;
import dev.attune.export.ExportProgress;
import dev.attune.export.GgufExport;
import dev.attune.export.GgufImport;
import dev.attune.export.GgufQuant;
import dev.attune.export.GgufReport;
import dev.attune.export.GgufRequest;
import dev.attune.model.Batch;
import dev.attune.model.Decoder;
import dev.attune.tensor.Device;
import dev.attune.tensor.Documents;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tape;
import dev.attune.text.ChatFormat;
import dev.attune.text.TokenSequence;
import dev.attune.text.TrainOn;

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
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/// The loss of a model's exports as GGUF beside its own.
@Command(
        name = "gguf-loss",
        description = {
            "Exports a model as GGUF, reads each file back and tells the mean loss of its tokens.",
            "",
            "The loss is that of the dequantised weights, computed in float32."
        },
        footer = {
            "",
            "Example:",
            "  bench/run gguf-loss --model ../shared/data/models/stories260K-hf"
                    + " --ids ../shared/data/models/stories260K-hf/expected.json"
        },
        mixinStandardHelpOptions = true)
final class GgufLossBench implements Callable<Integer> {
    private static final LocalDateTime NOW = LocalDateTime.of(2026, 1, 31, 9, 30);

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

    @Override
    public Integer call() throws IOException {
        Path folder = Files.createTempDirectory("attune-bench");
        PrintWriter out = spec.commandLine().getOut();
        try {
            List<TokenSequence> rows = rows();
            double own = loss(model, rows);
            out.println(
                    line("the model", Files.size(model.resolve("model.safetensors")), own, own));
            for (String quant : quants) {
                GgufRequest request =
                        GgufRequest.of(
                                model,
                                Optional.empty(),
                                folder.resolve(quant),
                                GgufQuant.of(quant));
                GgufReport report = new GgufExport(NOW, 1).export(request, ExportProgress.none());
                double loss = read(report.file(), folder.resolve("back-" + quant), rows);
                out.println(line(quant, report.bytes(), loss, own));
            }
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                double loss = read(file, folder.resolve("back-" + name), rows);
                out.println(line(name, Files.size(file), loss, own));
            }
            out.flush();
        } finally {
            delete(folder);
        }
        return 0;
    }

    private static String line(String name, long bytes, double loss, double own) {
        return String.format(
                Locale.ROOT, "%-40s %,12d bytes  loss %.5f  %+.5f", name, bytes, loss, loss - own);
    }

    private static double read(Path file, Path scratch, List<TokenSequence> rows) {
        GgufImport.unpack(file, scratch, ExportProgress.none());
        return loss(scratch, rows);
    }

    private static double loss(Path folder, List<TokenSequence> rows) {
        double sum = 0;
        long tokens = 0;
        try (Decoder decoder = Decoder.load(folder, Dtype.FLOAT32, Device.CPU)) {
            int longest = decoder.config().maxPositionEmbeddings();
            for (TokenSequence row : rows) {
                if (row.length() <= longest) {
                    sum += loss(decoder, row);
                    tokens += judged(row);
                }
            }
        }
        return sum / tokens;
    }

    private static long judged(TokenSequence row) {
        return (long) row.trainedTokens() - (row.isTrained(0) ? 1 : 0);
    }

    private static double loss(Decoder decoder, TokenSequence row) {
        int vocabSize = decoder.config().vocabSize();
        float[] logits;
        try (var _ = Scope.open("loss")) {
            Batch batch = Batch.of(row.ids(), Documents.ofLengths(row.length()), Device.CPU);
            logits = decoder.head().logits(decoder.hidden(Tape.off(), batch).data()).floats();
        }
        double sum = 0;
        for (int token = 1; token < row.length(); token++) {
            if (row.isTrained(token)) {
                int from = (token - 1) * vocabSize;
                double all = 0;
                for (int i = from; i < from + vocabSize; i++) {
                    all += Math.exp(logits[i]);
                }
                sum += Math.log(all) - logits[from + row.id(token)];
            }
        }
        return sum;
    }

    private List<TokenSequence> rows() throws IOException {
        if (ids.isPresent()) {
            List<TokenSequence> rows = new ArrayList<>();
            for (JsonNode row :
                    JsonMapper.shared().readTree(Files.readAllBytes(ids.get())).path("nll")) {
                int[] tokens = row.path("ids").valueStream().mapToInt(JsonNode::intValue).toArray();
                BitSet all = new BitSet();
                all.set(0, tokens.length);
                rows.add(new TokenSequence(tokens, all));
            }
            return rows;
        }
        List<TokenSequence> rows = new ArrayList<>();
        try (ChatFormat format = ChatFormat.loadOrPlain(model, Optional.empty(), NOW);
                ExampleStream examples = ExampleStream.open(List.of(data.orElseThrow()))) {
            ChatRowEncoder encoder = new ChatRowEncoder(format, TrainOn.ASSISTANT);
            for (Optional<Example> next = examples.next();
                    next.isPresent();
                    next = examples.next()) {
                rows.add(encoder.encode(next.get()).tokens());
            }
        }
        return rows;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
