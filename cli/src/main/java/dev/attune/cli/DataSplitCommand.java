package dev.attune.cli;

import dev.attune.data.DataSplit;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
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
                    + " one side; labels, or clusters of prompts, keep their shares. The same rows"
                    + " and seed give the same files."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Examples:",
            "  attune data split support.jsonl -o out/split",
            "  attune data split support.jsonl --stratify cluster --min-each 1 -o out/split",
            "  attune data split support.jsonl --heldout 12 --seed 7 --group customer -o out/split"
        })
final class DataSplitCommand implements Callable<Integer> {
    private static final int SHOWN_STRATA = 20;

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
            names = "--stratify",
            paramLabel = "BY",
            description = "What keeps its shares: label (default), cluster (of prompts) or none.")
    private String stratify = "label";

    @Option(
            names = "--min-each",
            paramLabel = "N",
            description = "Refuse to hold out fewer rows of any label or cluster (default: 0).")
    private int minEach;

    @Option(
            names = "--group",
            paramLabel = "COLUMN",
            description = "Rows with the same value of this column stay together.")
    private @Nullable String group;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        DataSplit.Outcome outcome;
        try (RowProgress progress = RowProgress.open(spec)) {
            outcome =
                    new DataSplit(
                                    source.files(),
                                    source.mapping(),
                                    new DataSplit.Draw(heldOut, seed, by(), minEach),
                                    Optional.ofNullable(group),
                                    folder)
                            .run(progress);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("train_rows", outcome.trainRows());
            fields.put("heldout_rows", outcome.heldOutRows());
            fields.put("groups", outcome.groups());
            fields.put("strata", strata(outcome));
            fields.put("partly_compared", outcome.partlyCompared());
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
            printStrata(outcome, out);
            if (outcome.partlyCompared() > 0) {
                out.printf(
                        "note     %,d rows resemble so many others that each was compared with the"
                                + " nearest before it only: some that are alike may be on both"
                                + " sides; drop near duplicates first%n",
                        outcome.partlyCompared());
            }
        }
        out.flush();
        return 0;
    }

    private DataSplit.Stratify by() {
        for (DataSplit.Stratify by : DataSplit.Stratify.values()) {
            if (by.name().toLowerCase(Locale.ROOT).equals(stratify)) {
                return by;
            }
        }
        throw new ParameterException(
                spec.commandLine(), "--stratify is " + stratify + ", which is no choice.");
    }

    private static List<Map<String, Object>> strata(DataSplit.Outcome outcome) {
        return outcome.strata().stream()
                .map(stratum -> {
                    Map<String, Object> fields = new LinkedHashMap<>();
                    fields.put("name", stratum.name());
                    fields.put("train_rows", stratum.trainRows());
                    fields.put("heldout_rows", stratum.heldOutRows());
                    return fields;
                })
                .toList();
    }

    /// The first strata; one that holds all rows tells nothing.
    private static void printStrata(DataSplit.Outcome outcome, PrintWriter out) {
        if (outcome.strata().size() < 2) {
            return;
        }
        outcome.strata().stream()
                .limit(SHOWN_STRATA)
                .forEach(stratum ->
                        out.printf(
                                "%,7d and %,6d held out  %s%n",
                                stratum.trainRows(),
                                stratum.heldOutRows(),
                                stratum.name().isEmpty() ? "(others)" : stratum.name()));
        if (outcome.strata().size() > SHOWN_STRATA) {
            out.printf("%,d more%n", outcome.strata().size() - SHOWN_STRATA);
        }
        long without =
                outcome.strata().stream().filter(stratum -> stratum.heldOutRows() == 0).count();
        if (without > 0) {
            out.printf(
                    "note     %,d of them have no held-out row, so nothing will be known of them;"
                            + " --min-each refuses that%n",
                    without);
        }
    }
}
