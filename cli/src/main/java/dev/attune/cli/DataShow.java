package dev.attune.cli;

import dev.attune.base.AttuneException;
import dev.attune.data.ChatRowEncoder;
import dev.attune.data.ColumnMapping;
import dev.attune.data.Example;
import dev.attune.data.ExampleStream;
import dev.attune.text.ChatFormat;
import dev.attune.text.EncodedText;
import dev.attune.text.Span;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/// `attune data show`: rows as the model sees them.
@Command(
        name = "show",
        description = {
            "Shows rows of a data set as text and tokens, with what is learned of them marked.",
            "",
            "Learned text is green on a terminal, or stands in ⟦brackets⟧; the stop token at its"
                    + " end is inverted, or followed by ■."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Examples:",
            "  attune data show train.jsonl",
            "  attune data show train.jsonl --model path/to/chat-model",
            "  attune data show train.jsonl --model path/to/chat-model --row 2 --json"
        })
final class DataShow implements Callable<Integer> {
    private static final int DEFAULT_ROWS = 3;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "FILE",
            description =
                    "JSON, JSON lines, CSV, TSV, Parquet or Arrow, packed by gzip or zstd or not; a"
                            + " folder of such files; or"
                            + " hf:owner/name[/path][@revision][:[config:]split].")
    private String data = "";

    @Option(
            names = "--model",
            paramLabel = "M",
            description =
                    "Folder of the model whose tokenizer and chat template are used (default: rows"
                            + " are shown as they were understood).")
    private @Nullable String model;

    @Option(
            names = "--column",
            paramLabel = "NEW=OLD",
            description = "Take the column OLD as NEW; repeatable.")
    private List<String> columns = List.of();

    @Option(
            names = "--template",
            paramLabel = "FILE",
            description = "A chat template to use in place of the model's own.")
    private @Nullable Path template;

    @Option(
            names = "--row",
            paramLabel = "N",
            description = "Only row N, from 1 (default: the first " + DEFAULT_ROWS + ").")
    private @Nullable Long row;

    @Mixin private TrainOnOptions trainOn = new TrainOnOptions();

    @Option(names = "--json", description = "Write a JSON object a row.")
    private boolean json;

    @Override
    public Integer call() {
        if (row != null && row < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--row is " + row + ", expected 1 or more.");
        }
        if (model == null) {
            new RowOutlines(spec, json).show(data, files(), ColumnMapping.parse(columns), row);
            return 0;
        }
        String chosen = model;
        try (ChatFormat format =
                        ChatFormat.load(
                                ModelArgument.path(chosen, spec),
                                Optional.ofNullable(template),
                                LocalDateTime.now(ZoneId.systemDefault()));
                RowProgress progress = RowProgress.open(spec);
                ExampleStream examples =
                        ExampleStream.open(files(), ColumnMapping.parse(columns))) {
            progress.begins("rows passed", examples.totalBytes());
            ChatRowEncoder encoder = new ChatRowEncoder(format, trainOn.trainOn());
            long shown = 0;
            var next = examples.next();
            while (next.isPresent() && shown < (row == null ? DEFAULT_ROWS : 1)) {
                if (row == null || examples.rows() == row) {
                    progress.clear();
                    show(next.get(), encoder, format);
                    shown++;
                }
                progress.at(examples.rows(), examples.bytes());
                next = examples.next();
            }
            spec.commandLine().getOut().flush();
            examples.faults().throwIfAny("Cannot read " + data);
            if (shown == 0) {
                throw none(examples.rows());
            }
        }
        return 0;
    }

    private List<Path> files() {
        return DataSource.files(List.of(data), spec);
    }

    private AttuneException none(long rows) {
        String what =
                row == null || rows == 0
                        ? "The data holds no row."
                        : "There is no row " + row + ": the data holds " + rows + ".";
        return AttuneException.user(what).at(data).fix("Give a row that is there.");
    }

    private void show(Example example, ChatRowEncoder encoder, ChatFormat format) {
        try {
            print(example, encoder.text(example), format);
        } catch (AttuneException e) {
            throw e.at(example.origin() + e.where().map(at -> ", " + at).orElse(""));
        }
    }

    private void print(Example example, EncodedText encoded, ChatFormat format) {
        PrintWriter out = spec.commandLine().getOut();
        boolean stops = encoded.stops(format.stopTokens().ids());
        if (json) {
            out.println(JsonText.write(fields(example, encoded, stops)));
            return;
        }
        RowPicture picture = new RowPicture(Colors.of(spec), format);
        out.println(example.origin());
        out.println(picture.text(encoded));
        out.println();
        out.println(picture.tokens(encoded));
        out.println();
        out.printf(
                "%,d tokens, %,d learned%n",
                encoded.tokens().length(), encoded.tokens().trainedTokens());
        if (encoded.tokens().trainedTokens() == 0) {
            out.println("warning  nothing of this row is learned");
        } else if (!stops) {
            out.println(
                    "warning  what is learned does not end with a stop token ("
                            + String.join(", ", format.stopTokens().texts().values())
                            + "): the model would not learn to stop");
        }
        encoded.notes().forEach(note -> out.println("note     " + note));
        out.println();
    }

    private static Map<String, Object> fields(Example example, EncodedText encoded, boolean stops) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("file", example.origin().file().toString());
        fields.put("line", example.origin().line());
        fields.put("row", example.origin().row() + 1);
        fields.put("text", encoded.text());
        fields.put(
                "spans",
                Span.inCodePoints(encoded.text(), encoded.trained()).stream()
                        .map(span -> List.of(span.from(), span.to()))
                        .toList());
        fields.put("ids", encoded.tokens().ids());
        fields.put(
                "mask",
                IntStream.range(0, encoded.tokens().length())
                        .map(i -> encoded.tokens().isTrained(i) ? 1 : 0)
                        .toArray());
        fields.put("stops", stops);
        fields.put("notes", encoded.notes());
        return fields;
    }
}
