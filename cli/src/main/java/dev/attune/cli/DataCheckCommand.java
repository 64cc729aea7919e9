package dev.attune.cli;

import dev.attune.data.CheckPage;
import dev.attune.data.CheckReport;
import dev.attune.data.DataCheck;
import dev.attune.data.Finding;
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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/// `attune data check`: whether a data set can be trusted.
@Command(
        name = "check",
        description = {
            "Judges a data set: structure, duplicates, contradictions, leakage, format, tone,"
                    + " language, length, labels, topics, size, tokens, personal data.",
            "",
            "Exit code 0; 1 if --strict is given and there are warnings; 2 if there are errors."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Examples:",
            "  attune data check support.jsonl",
            "  attune data check support.jsonl --heldout heldout.jsonl --html out/check.html",
            "  attune data check support.jsonl --model path/to/chat-model --max-tokens 2048 --json"
        })
final class DataCheckCommand implements Callable<Integer> {
    private static final int DEFAULT_TOKENS = 4096;
    private static final int ERRORS = 2;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private DataSource source = new DataSource();

    @Option(
            names = "--heldout",
            paramLabel = "FILE",
            description = "Data that training must not have seen; repeatable.")
    private List<String> heldOut = List.of();

    @Option(
            names = "--model",
            paramLabel = "M",
            description = "Folder of the model whose tokenizer and chat template rows are for.")
    private @Nullable String model;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            description = "How many tokens a row may have (default: " + DEFAULT_TOKENS + ").")
    private int maxTokens = DEFAULT_TOKENS;

    @Option(names = "--strict", description = "Exit with 1 if there are warnings.")
    private boolean strict;

    @Option(
            names = "--places",
            paramLabel = "N",
            description =
                    "How many rows or pairs a finding names (default: 3; with --json or --html:"
                            + " 20).")
    private @Nullable Integer places;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Write the report as a page with pictures, too.")
    private @Nullable Path html;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        if (maxTokens < 1 || (places != null && places < 0)) {
            throw new ParameterException(
                    spec.commandLine(), "--max-tokens and --places cannot be negative or none.");
        }
        CheckReport report;
        if (model == null) {
            report = report(Optional.empty());
        } else {
            try (ChatFormat format =
                    ChatFormat.load(
                            ModelArgument.path(model, spec),
                            LocalDateTime.now(ZoneId.systemDefault()))) {
                report = report(Optional.of(new DataCheck.TokenLimit(format, maxTokens)));
            }
        }
        if (html != null) {
            CheckPage.write(report, html);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonText.write(CheckText.fields(report)));
        } else {
            new CheckText(out, places == null ? 3 : places).print(report);
            if (html != null) {
                out.println("page     " + html);
            }
        }
        out.flush();
        return exitCode(report);
    }

    private CheckReport report(Optional<DataCheck.TokenLimit> limit) {
        try (RowProgress progress = RowProgress.open(spec)) {
            return new DataCheck(
                            source.files(),
                            DataSource.files(heldOut, spec),
                            source.mapping(),
                            limit,
                            places == null ? DataCheck.FEW : places)
                    .run(progress);
        }
    }

    private int exitCode(CheckReport report) {
        if (report.count(Finding.Severity.ERROR) > 0) {
            return ERRORS;
        }
        return strict && report.count(Finding.Severity.WARNING) > 0 ? 1 : 0;
    }
}
