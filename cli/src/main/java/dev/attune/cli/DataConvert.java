package dev.attune.cli;

import dev.attune.base.AttuneException;
import dev.attune.data.DataConversion;
import dev.attune.data.Noted;
import dev.attune.data.TargetShape;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/// `attune data convert`: the same rows in another shape.
@Command(
        name = "convert",
        description = {
            "Writes a data set in another shape, with a ledger beside it.",
            "",
            "What the new shape cannot say is told first, with the shapes that can, and nothing is"
                    + " written unless --drop-lossy leaves such rows out or --allow-loss takes it."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Examples:",
            "  attune data convert train.jsonl --to sharegpt -o out/sharegpt.jsonl",
            "  attune data convert qa.csv --column prompt=question --column completion=reply --to"
                    + " messages -o out/train.jsonl.gz",
            "  attune data convert train.jsonl --to alpaca --drop-lossy --drop-faulty -o"
                    + " out/alpaca.json",
            "  attune data convert qa.csv --column prompt=question --column completion=reply --to"
                    + " segments --eos \"</s>\" -o out/segments.jsonl"
        })
final class DataConvert implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private DataSource source = new DataSource();

    @Option(
            names = "--to",
            required = true,
            paramLabel = "SHAPE",
            description =
                    "messages, prompt-completion, alpaca, sharegpt, text, segments, preference,"
                            + " openai-preference, sharegpt-preference, alpaca-preference,"
                            + " feedback, messages-feedback, stepwise or prompt-only.")
    private String target = "";

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description =
                    "Where to write: JSON lines, one array if it ends with .json, a table if with"
                            + " .csv or .tsv; packed if .gz or .zst stands behind that.")
    private Path out = Path.of("");

    @Option(names = "--allow-loss", description = "Write though something is lost.")
    private boolean lossAllowed;

    @Option(
            names = "--drop-lossy",
            description = "Leave out rows that would lose something; the ledger says what.")
    private boolean lossyDropped;

    @Option(
            names = "--drop-faulty",
            description = "Leave out rows that cannot be understood; the ledger says why.")
    private boolean faultyDropped;

    @Option(
            names = "--eos",
            paramLabel = "TEXT",
            description =
                    "The text of the model's EOS, such as </s>: training puts it behind texts and"
                            + " completions, segments hold it themselves.")
    private String eos = "";

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        var conversion =
                new DataConversion(
                        source.files(),
                        source.mapping(),
                        TargetShape.of(target),
                        eos,
                        out,
                        onLoss(),
                        faultyDropped ? DataConversion.OnFault.DROP : DataConversion.OnFault.STOP);
        DataConversion.Outcome outcome;
        try (RowProgress progress = RowProgress.open(spec)) {
            outcome = conversion.run(progress);
        }
        PrintWriter to = spec.commandLine().getOut();
        if (json) {
            to.println(JsonText.write(fields(outcome)));
        } else {
            print(outcome, to);
        }
        to.flush();
        return 0;
    }

    private DataConversion.OnLoss onLoss() {
        if (lossAllowed && lossyDropped) {
            throw AttuneException.user(
                            "--allow-loss writes rows that lose something, --drop-lossy leaves them"
                                    + " out.")
                    .fix("Keep one of the two.");
        }
        if (lossAllowed) {
            return DataConversion.OnLoss.WRITE;
        }
        return lossyDropped ? DataConversion.OnLoss.DROP : DataConversion.OnLoss.STOP;
    }

    private static Map<String, Object> fields(DataConversion.Outcome outcome) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("rows_in", outcome.rowsIn());
        fields.put("rows_out", outcome.rowsOut());
        fields.put("fates", outcome.fates());
        fields.put("lost", noted(outcome.losses()));
        fields.put("altered", noted(outcome.alterations()));
        fields.put("output", outcome.out().toString());
        fields.put("ledger", outcome.ledger().toString());
        return fields;
    }

    private static List<Map<String, Object>> noted(Map<String, Noted> all) {
        List<Map<String, Object>> list = new ArrayList<>();
        all.forEach((what, noted) -> {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("what", what);
            fields.put("rows", noted.rows());
            fields.put("first", noted.first().toString());
            fields.put("value", noted.value());
            list.add(fields);
        });
        return list;
    }

    private void print(DataConversion.Outcome outcome, PrintWriter to) {
        to.printf(
                "%,d rows in, %,d rows out as %s: %s%n",
                outcome.rowsIn(), outcome.rowsOut(), target, outcome.out());
        to.println(
                "fates    "
                        + outcome.fates().entrySet().stream()
                                .filter(fate -> fate.getValue() > 0)
                                .map(fate -> "%,d %s".formatted(fate.getValue(), fate.getKey()))
                                .collect(Collectors.joining(", ")));
        outcome.alterations()
                .forEach((what, noted) -> to.printf("altered  %s: %s%n", what, noted.told()));
        String lost = lossyDropped ? "dropped " : "lost    ";
        outcome.losses()
                .forEach((what, noted) -> to.printf("%s %s: %s%n", lost, what, noted.told()));
        to.println("ledger   " + outcome.ledger());
    }
}
