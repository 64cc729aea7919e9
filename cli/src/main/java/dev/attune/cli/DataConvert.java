package dev.attune.cli;

import dev.attune.data.DataConversion;
import dev.attune.data.TargetShape;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/// `attune data convert`: the same rows in another shape.
@Command(
        name = "convert",
        description = {
            "Writes a data set in another shape, as JSON lines, with a ledger beside it.",
            "",
            "What the new shape cannot say is told first, and nothing is written unless"
                    + " --allow-loss is given."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Examples:",
            "  attune data convert train.jsonl --to sharegpt -o out/sharegpt.jsonl",
            "  attune data convert qa.csv --column prompt=question --column completion=reply --to"
                    + " messages -o out/train.jsonl.gz"
        })
final class DataConvert implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private DataSource source = new DataSource();

    @Option(
            names = "--to",
            required = true,
            paramLabel = "SHAPE",
            description =
                    "messages, prompt-completion, alpaca, sharegpt, text, preference,"
                            + " openai-preference, feedback or prompt-only.")
    private String target = "";

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "Where to write; packed if it ends with .gz or .zst.")
    private Path out = Path.of("");

    @Option(names = "--allow-loss", description = "Write though something is lost.")
    private boolean lossAllowed;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        var conversion =
                new DataConversion(
                        source.files(), source.mapping(), TargetShape.of(target), out, lossAllowed);
        DataConversion.Outcome outcome;
        try (RowProgress progress = RowProgress.open(spec)) {
            outcome = conversion.run(progress);
        }
        PrintWriter to = spec.commandLine().getOut();
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("rows_in", outcome.rowsIn());
            fields.put("rows_out", outcome.rowsOut());
            fields.put("lost", outcome.losses());
            fields.put("output", outcome.out().toString());
            fields.put("ledger", outcome.ledger().toString());
            to.println(JsonText.write(fields));
        } else {
            to.printf(
                    "%,d rows in, %,d rows out as %s: %s%n",
                    outcome.rowsIn(), outcome.rowsOut(), target, outcome.out());
            outcome.losses()
                    .forEach((what, rows) -> to.printf("lost     %s: %,d rows%n", what, rows));
            to.println("ledger   " + outcome.ledger());
        }
        to.flush();
        return 0;
    }
}
