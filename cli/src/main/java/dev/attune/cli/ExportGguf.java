package dev.attune.cli;

import dev.attune.export.GgufCheck;
import dev.attune.export.GgufReport;
import dev.attune.export.ModelDistance;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Shows what an export as GGUF wrote.
final class ExportGguf {
    private ExportGguf() {}

    /// @param created what Ollama made of it, if it was asked to
    static void print(
            GgufReport report, Optional<OllamaCreated> created, boolean json, PrintWriter out) {
        if (json) {
            Map<String, Object> fields = fields(report);
            created.ifPresent(model -> fields.put("ollama", model.fields()));
            out.println(JsonText.write(fields));
        } else {
            out.println("file     " + report.file());
            out.println("bytes    " + report.bytes());
            out.println("tensors  " + tensors(report));
            report.check().ifPresent(check -> print(check, out));
            report.notes().forEach(note -> out.println("note     " + note));
            out.println(String.format(Locale.ROOT, "seconds  %.1f", report.seconds()));
            created.ifPresent(model -> model.print(out));
        }
        out.flush();
    }

    private static void print(GgufCheck check, PrintWriter out) {
        String texts = check.rows() > 0 ? check.rows() + " rows" : "made-up ids";
        out.println("check    %d next tokens of %s".formatted(check.tokens(), texts));
        check.merged().ifPresent(merged -> out.println("merged   " + distance(merged)));
        out.println("gguf     " + distance(check.file()));
        if (check.tuning().isPresent()) {
            out.println(
                    String.format(
                            Locale.ROOT,
                            "tuning   changed the base by %.2g nats",
                            check.tuning().getAsDouble()));
        }
        if (check.losesTuning()) {
            String take =
                    check.keeps()
                            .map(quant -> "--quant " + quant.label() + " keeps it")
                            .orElse("train longer");
            out.println("warning  rounding changes the model more than tuning did; " + take);
        }
    }

    private static String distance(ModelDistance distance) {
        return String.format(
                Locale.ROOT,
                "%.0f %% of the answers and %.1f %% of the tokens are the same; divergence %.2g"
                        + " nats",
                100 * distance.sameAnswers(),
                100 * distance.sameTokens(),
                distance.divergence());
    }

    private static String tensors(GgufReport report) {
        return report.tensors().entrySet().stream()
                .map(e -> e.getValue() + " " + e.getKey().name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
    }

    private static Map<String, Object> fields(GgufReport report) {
        Map<String, Object> types = new LinkedHashMap<>();
        report.tensors().forEach((type, n) -> types.put(type.name().toLowerCase(Locale.ROOT), n));
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("folder", report.folder().toString());
        fields.put("file", report.file().toString());
        fields.put("bytes", report.bytes());
        fields.put("tensors", types);
        report.check()
                .ifPresent(check -> {
                    fields.put("checked_rows", check.rows());
                    fields.put("checked_tokens", check.tokens());
                    fields.put("divergence_nats", check.file().divergence());
                    fields.put("same_tokens", check.file().sameTokens());
                    fields.put("same_answers", check.file().sameAnswers());
                    check.merged()
                            .ifPresent(merged -> {
                                fields.put("merged_divergence_nats", merged.divergence());
                                fields.put("merged_same_tokens", merged.sameTokens());
                                fields.put("merged_same_answers", merged.sameAnswers());
                            });
                    check.tuning().ifPresent(nats -> fields.put("tuning_nats", nats));
                    fields.put("loses_tuning", check.losesTuning());
                    check.keeps().ifPresent(quant -> fields.put("keeps_tuning", quant.label()));
                });
        fields.put("notes", report.notes());
        fields.put("seconds", report.seconds());
        return fields;
    }
}
