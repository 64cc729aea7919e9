package dev.attune.cli;

import dev.attune.export.ExportReport;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Shows what an export as a folder of Hugging Face's layout wrote.
final class ExportFolder {
    private ExportFolder() {}

    /// @param notes what a user should know of it
    /// @param created what Ollama made of it, if it was asked to
    static void print(
            ExportReport report,
            List<String> notes,
            Optional<OllamaCreated> created,
            boolean json,
            PrintWriter out) {
        if (json) {
            Map<String, Object> fields = fields(report);
            if (!notes.isEmpty()) {
                fields.put("notes", notes);
            }
            created.ifPresent(model -> fields.put("ollama", model.fields()));
            out.println(JsonText.write(fields));
        } else {
            print(out, report);
            notes.forEach(note -> out.println("note     " + note));
            created.ifPresent(model -> model.print(out));
        }
        out.flush();
    }

    private static Map<String, Object> fields(ExportReport report) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("folder", report.folder().toString());
        fields.put("files", report.files());
        fields.put("bytes", report.bytes());
        fields.put("untied", report.untied());
        fields.put("largest_logit_difference", report.check().largest());
        fields.put("relative_logit_difference", report.check().relative());
        fields.put("seconds", report.seconds());
        return fields;
    }

    private static void print(PrintWriter out, ExportReport report) {
        out.println("folder   " + report.folder());
        out.println("files    " + String.join(", ", report.files()));
        out.println("bytes    " + report.bytes());
        if (report.untied()) {
            out.println("head     no longer shared with the embedding, which the adapter changes");
        }
        out.println(
                "logits   differ by at most %.2g (%.1g of their size)"
                        .formatted(report.check().largest(), report.check().relative()));
        out.println(String.format(Locale.ROOT, "seconds  %.1f", report.seconds()));
    }
}
