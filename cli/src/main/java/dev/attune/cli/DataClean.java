package dev.attune.cli;

import dev.attune.data.CleanSteps;
import dev.attune.data.CleanSteps.Contradictions;
import dev.attune.data.CleanSteps.Duplicates;
import dev.attune.data.DataCleaning;
import dev.attune.data.Decisions;
import dev.attune.data.LengthCap;
import dev.attune.data.RowTokens;
import dev.attune.text.ChatFormat;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/// `attune data clean`: mends a data set, step by chosen step.
@Command(
        name = "clean",
        description = {
            "Mends a data set: only the steps that are named, the same bytes each time, and a"
                    + " ledger beside the result with the fate of each row.",
            "",
            "What is read is never changed."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Examples:",
            "  attune data clean train.jsonl --drop-duplicates near --redact -o out/clean.jsonl",
            "  attune data clean train.jsonl --contradictions majority --normalise --drop-faulty -o"
                    + " out/clean.jsonl.gz",
            "  attune data clean train.jsonl --merge-duplicates near --decisions decisions.jsonl -o"
                    + " out/clean.jsonl",
            "  attune data clean train.jsonl --max-tokens 1024 --too-long split --model"
                    + " path/to/chat-model -o out/short.jsonl"
        })
final class DataClean implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private DataSource source = new DataSource();

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "Where to write; packed if it ends with .gz or .zst.")
    private Path out = Path.of("");

    @Option(
            names = "--drop-faulty",
            description = "Drop rows that cannot be understood or have no answer.")
    private boolean dropFaulty;

    @Option(
            names = "--drop-duplicates",
            paramLabel = "exact|near",
            description = "Keep the first of rows that say the same, or nearly the same.")
    private @Nullable String duplicates;

    @Option(
            names = "--merge-duplicates",
            paramLabel = "exact|near",
            description =
                    "Make one row of such: the one with the longest answer, with the columns that"
                            + " it lacks and others have.")
    private @Nullable String merged;

    @Option(
            names = "--contradictions",
            paramLabel = "RULE",
            description =
                    "Of rows that ask the same and have different short answers drop all (drop),"
                            + " or keep those with the most frequent answer (majority), or with"
                            + " that of the first, last or longest.")
    private @Nullable String contradictions;

    @Option(
            names = "--decisions",
            paramLabel = "FILE",
            description =
                    "JSON lines that decide on single rows: {\"at\": \"train.jsonl:7\", \"do\":"
                            + " \"drop\"}, or \"keep\" where its answer is the right one.")
    private @Nullable Path decisions;

    @Option(names = "--normalise", description = "Normalise white space and Unicode.")
    private boolean normalise;

    @Option(names = "--redact", description = "Put [EMAIL], [CARD] ... for personal data.")
    private boolean redact;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            description = "How many tokens a row may have; needs --model.")
    private @Nullable Integer maxTokens;

    @Option(
            names = "--too-long",
            paramLabel = "POLICY",
            description =
                    "What becomes of longer rows: fail (default), drop, split (conversations and"
                            + " texts), truncate-prompt.")
    private String tooLong = "fail";

    @Option(names = "--model", paramLabel = "M", description = "Whose tokens are counted.")
    private @Nullable String model;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    private List<String> chosen = List.of();

    @Override
    public Integer call() {
        if ((maxTokens == null) != (model == null)) {
            throw new ParameterException(
                    spec.commandLine(), "--max-tokens and --model belong together.");
        }
        if (model == null || maxTokens == null) {
            print(run(Optional.empty()));
            return 0;
        }
        LengthCap.Policy policy = choice(LengthCap.Policy.class, "--too-long", tooLong);
        int most = maxTokens;
        try (ChatFormat format =
                ChatFormat.load(
                        ModelArgument.path(model, spec),
                        LocalDateTime.now(ZoneId.systemDefault()))) {
            RowTokens tokens = new RowTokens(format);
            print(run(Optional.of(new LengthCap(most, policy, tokens::of))));
        }
        return 0;
    }

    private DataCleaning.Outcome run(Optional<LengthCap> cap) {
        CleanSteps steps =
                new CleanSteps(
                        dropFaulty,
                        duplicates(),
                        contradictions == null
                                ? Contradictions.KEEP
                                : choice(Contradictions.class, "--contradictions", contradictions),
                        normalise,
                        redact,
                        decisions == null ? Decisions.NONE : Decisions.read(decisions),
                        cap);
        chosen = steps.told();
        try (RowProgress progress = RowProgress.open(spec)) {
            return new DataCleaning(source.files(), source.mapping(), steps, out).run(progress);
        }
    }

    private Duplicates duplicates() {
        if (duplicates != null && merged != null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--drop-duplicates and --merge-duplicates are two ways: choose one.");
        }
        if (merged != null) {
            return switch (merged) {
                case "exact" -> Duplicates.MERGE_EXACT;
                case "near" -> Duplicates.MERGE_NEAR;
                default -> throw noChoice("--merge-duplicates", merged);
            };
        }
        if (duplicates != null && duplicates.startsWith("merge")) {
            throw noChoice("--drop-duplicates", duplicates);
        }
        return duplicates == null
                ? Duplicates.KEEP
                : choice(Duplicates.class, "--drop-duplicates", duplicates);
    }

    private <E extends Enum<E>> E choice(Class<E> type, String option, String word) {
        String name = word.toUpperCase(Locale.ROOT).replace('-', '_');
        for (E value : type.getEnumConstants()) {
            if (value.name().equals(name)) {
                return value;
            }
        }
        throw noChoice(option, word);
    }

    private ParameterException noChoice(String option, String word) {
        return new ParameterException(
                spec.commandLine(), option + " is " + word + ", which is no choice.");
    }

    private void print(DataCleaning.Outcome outcome) {
        PrintWriter to = spec.commandLine().getOut();
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("rows_in", outcome.rowsIn());
            fields.put("rows_out", outcome.rowsOut());
            fields.put("kept", outcome.kept());
            fields.put("changed", outcome.changed());
            fields.put("merged", outcome.merged());
            fields.put("dropped", outcome.dropped());
            fields.put("steps", chosen);
            fields.put("reasons", outcome.reasons());
            fields.put("partly_compared", outcome.partlyCompared());
            fields.put("output", out.toString());
            fields.put("ledger", outcome.ledger().toString());
            to.println(JsonText.write(fields));
        } else {
            to.printf(
                    "%,d rows in: %,d kept, %,d changed, %,d merged, %,d dropped; %,d rows out:"
                            + " %s%n",
                    outcome.rowsIn(),
                    outcome.kept(),
                    outcome.changed(),
                    outcome.merged(),
                    outcome.dropped(),
                    outcome.rowsOut(),
                    out);
            to.println("steps    " + (chosen.isEmpty() ? "none" : String.join("; ", chosen)));
            outcome.reasons().forEach((why, rows) -> to.printf("%-16s %,d%n", why, rows));
            to.println("ledger   " + outcome.ledger());
            if (outcome.partlyCompared() > 0) {
                to.printf(
                        "note     %,d rows resemble so many others that each was compared with the"
                                + " nearest before it only; clean the result again to find more%n",
                        outcome.partlyCompared());
            }
        }
        to.flush();
    }
}
