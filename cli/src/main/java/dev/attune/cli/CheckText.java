package dev.attune.cli;

import dev.attune.data.CheckReport;
import dev.attune.data.Finding;
import dev.attune.data.LengthHistogram;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A report on data for the terminal, and for programs.
///
/// @param places how many rows or pairs of a finding are printed
record CheckText(PrintWriter out, int places) {
    /// Prints the findings, the gravest first.
    void print(CheckReport report) {
        out.printf("%,d rows, %,d of them held out%n", report.rows(), report.heldOutRows());
        report.shapes().forEach((shape, rows) -> out.printf("shape    %s (%,d)%n", shape, rows));
        out.println();
        for (Finding finding : report.findings()) {
            out.printf(
                    "%-7s  %s  [%s]%n",
                    finding.severity().name().toLowerCase(Locale.ROOT),
                    finding.message(),
                    finding.code());
            switch (finding) {
                case Finding.InRows rows ->
                        rows.rows().stream()
                                .limit(places)
                                .forEach(row ->
                                        out.println("  at     " + row.origin() + detail(row)));
                case Finding.InPairs pairs ->
                        pairs.pairs().stream()
                                .limit(places)
                                .forEach(pair ->
                                        out.println(
                                                "  at     "
                                                        + pair.first()
                                                        + " and "
                                                        + pair.second()));
                case Finding.InSet _ -> {}
            }
            out.println("  next   " + finding.next());
        }
        out.println();
        out.printf(
                "%d errors, %d warnings, %d notes%n",
                report.count(Finding.Severity.ERROR),
                report.count(Finding.Severity.WARNING),
                report.count(Finding.Severity.NOTE));
    }

    /// The report as a JSON object.
    static Map<String, Object> fields(CheckReport report) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("files", report.files());
        fields.put("rows", report.rows());
        fields.put("heldout_rows", report.heldOutRows());
        fields.put("shapes", report.shapes());
        fields.put("errors", report.count(Finding.Severity.ERROR));
        fields.put("warnings", report.count(Finding.Severity.WARNING));
        fields.put("findings", report.findings().stream().map(CheckText::fields).toList());
        fields.put("prompt_chars", buckets(report.promptChars()));
        fields.put("answer_chars", buckets(report.answerChars()));
        report.tokens().ifPresent(tokens -> fields.put("tokens", buckets(tokens)));
        fields.put("labels", report.labels());
        fields.put(
                "topics",
                report.topics().topics().stream()
                        .map(topic -> Map.of("words", topic.words(), "prompts", topic.prompts()))
                        .toList());
        return fields;
    }

    private static Map<String, Object> fields(Finding finding) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("severity", finding.severity().name().toLowerCase(Locale.ROOT));
        fields.put("code", finding.code());
        fields.put("message", finding.message());
        fields.put("next", finding.next());
        fields.put("count", finding.count());
        switch (finding) {
            case Finding.InRows rows ->
                    fields.put(
                            "rows",
                            rows.rows().stream()
                                    .map(row ->
                                            Map.of(
                                                    "at",
                                                    row.origin().toString(),
                                                    "detail",
                                                    row.detail()))
                                    .toList());
            case Finding.InPairs pairs ->
                    fields.put(
                            "pairs",
                            pairs.pairs().stream()
                                    .map(p -> List.of(p.first().toString(), p.second().toString()))
                                    .toList());
            case Finding.InSet _ -> {}
        }
        return fields;
    }

    private static List<Map<String, Long>> buckets(LengthHistogram lengths) {
        return lengths.buckets().stream()
                .map(b -> Map.of("from", b.from(), "to", b.to(), "count", b.count()))
                .toList();
    }

    private static String detail(Finding.Row row) {
        return row.detail().isBlank() ? "" : "  " + row.detail();
    }
}
