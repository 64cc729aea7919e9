package dev.attune.cli;

import dev.attune.data.DataStatistics;
import dev.attune.data.LengthHistogram;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/// `attune data stats`: what a data set is made of.
@Command(
        name = "stats",
        description = "Counts rows, shapes, roles, labels and lengths of a data set.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Examples:",
            "  attune data stats train.jsonl",
            "  attune data stats hf:HuggingFaceH4/no_robots@main:test",
            "  attune data stats qa.csv --column prompt=question --column completion=reply --json"
        })
final class DataStats implements Callable<Integer> {
    private static final int SHOWN_LABELS = 12;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private DataSource source = new DataSource();

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        DataStatistics found;
        try (RowProgress progress = RowProgress.open(spec)) {
            found = DataStatistics.of(source.files(), source.mapping(), progress);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonText.write(fields(found)));
        } else {
            print(found, out);
        }
        out.flush();
        found.faults().throwIfAny("Some rows cannot be read");
        return 0;
    }

    private static void print(DataStatistics found, PrintWriter out) {
        out.printf("%-16s  %,d%n", "rows", found.rows());
        found.shapes()
                .forEach((shape, rows) -> out.printf("%-16s  %,d %s%n", "shape", rows, shape));
        out.printf("%-16s  %,d%n", "with an answer", found.withAnswer());
        out.printf("%-16s  %,d%n", "faulty", found.faults().count());
        found.roles().forEach((role, count) -> out.printf("%-16s  %,d %s%n", "role", count, role));
        if (found.toolCalls() + found.images() > 0) {
            out.printf("%-16s  %,d%n", "tool calls", found.toolCalls());
            out.printf("%-16s  %,d%n", "images and such", found.images());
        }
        print("prompt chars", found.promptChars(), out);
        print("answer chars", found.answerChars(), out);
        if (found.turns().count() > 0) {
            print("turns", found.turns(), out);
        }
        found.labels().entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(SHOWN_LABELS)
                .forEach(label ->
                        out.printf("%-16s  %,d %s%n", "label", label.getValue(), label.getKey()));
        if (found.labels().size() > SHOWN_LABELS) {
            out.printf("%-16s  %,d more%n", "labels", found.labels().size() - SHOWN_LABELS);
        }
    }

    private static void print(String name, LengthHistogram lengths, PrintWriter out) {
        out.printf(
                "%-16s  least %,d, median %,d, 90 %% below %,d, most %,d%n",
                name, lengths.min(), lengths.quantile(0.5), lengths.quantile(0.9), lengths.max());
    }

    private static Map<String, Object> fields(DataStatistics found) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("rows", found.rows());
        fields.put("shapes", found.shapes());
        fields.put("with_answer", found.withAnswer());
        fields.put("faulty", found.faults().count());
        fields.put("roles", found.roles());
        fields.put("tool_calls", found.toolCalls());
        fields.put("images", found.images());
        fields.put("prompt_chars", lengths(found.promptChars()));
        fields.put("answer_chars", lengths(found.answerChars()));
        fields.put("turns", lengths(found.turns()));
        fields.put("labels", found.labels());
        return fields;
    }

    private static Map<String, Object> lengths(LengthHistogram lengths) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("min", lengths.min());
        fields.put("median", lengths.quantile(0.5));
        fields.put("p90", lengths.quantile(0.9));
        fields.put("max", lengths.max());
        return fields;
    }
}
