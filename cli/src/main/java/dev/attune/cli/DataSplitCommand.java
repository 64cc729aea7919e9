package dev.attune.cli;

import dev.attune.data.DataSplit;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/// `attune data split`: what is trained on, and what is held out.
@Command(
        name = "split",
        description = {
            "Divides a data set into train.jsonl and heldout.jsonl, with a ledger.",
            "",
            "Rows that ask the same or nearly the same, or are parts of one conversation, stay on"
                    + " one side; labels keep their shares."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Examples:",
            "  attune data split support.jsonl -o out/split",
            "  attune data split support.jsonl --heldout 12 --seed 7 --group customer -o out/split"
        })
final class DataSplitCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private DataSource source = new DataSource();

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "DIR",
            description = "Where train.jsonl, heldout.jsonl and split.ledger.jsonl are written.")
    private Path folder = Path.of("");

    @Option(
            names = "--heldout",
            paramLabel = "SHARE",
            description = "The held-out share, or from 1 the number of rows (default: 0.1).")
    private double heldOut = 0.1;

    @Option(names = "--seed", paramLabel = "N", description = "Draws other rows (default: 42).")
    private long seed = 42;

    @Option(
            names = "--group",
            paramLabel = "COLUMN",
            description = "Rows with the same value of this column stay together.")
    private @Nullable String group;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        DataSplit.Outcome outcome =
                new DataSplit(
                                source.files(),
                                source.mapping(),
                                heldOut,
                                seed,
                                Optional.ofNullable(group),
                                folder)
                        .run(
                                new RowProgress(
                                        spec.commandLine().getErr(),
                                        Screens.of(spec),
                                        InstantSource.system(),
                                        "read"));
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("train_rows", outcome.trainRows());
            fields.put("heldout_rows", outcome.heldOutRows());
            fields.put("groups", outcome.groups());
            fields.put("train", outcome.train().toString());
            fields.put("heldout", outcome.heldOut().toString());
            fields.put("ledger", outcome.ledger().toString());
            out.println(JsonText.write(fields));
        } else {
            out.printf("%,d rows to train on   %s%n", outcome.trainRows(), outcome.train());
            out.printf("%,d rows held out      %s%n", outcome.heldOutRows(), outcome.heldOut());
            out.printf(
                    "%,d groups that stay together, ledger %s%n",
                    outcome.groups(), outcome.ledger());
        }
        out.flush();
        return 0;
    }
}
