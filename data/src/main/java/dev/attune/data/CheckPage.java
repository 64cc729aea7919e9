package dev.attune.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A [CheckReport] as one page of HTML that needs nothing but itself: no network, no script, styles
/// and drawings inline. What comes from the data is escaped.
public final class CheckPage {
    private static final String STYLE =
            """
            body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;
            color:#1c2430;background:#fff}h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
            .f{border-left:.35rem solid #9aa5b1;padding:.4rem .8rem;margin:.7rem 0;background:#f5f7fa}
            .ERROR{border-color:#c0392b}.WARNING{border-color:#d68910}.NOTE{border-color:#2874a6}
            .f b{font-size:.8rem;letter-spacing:.04em}.n{color:#52606d}
            code{font-size:.85rem;overflow-wrap:anywhere}
            table{border-collapse:collapse}td{padding:.1rem .8rem .1rem 0;vertical-align:top}
            svg{max-width:100%;height:auto}figure{margin:.5rem 0}figcaption{color:#52606d;font-size:.85rem}
            .g{display:flex;flex-wrap:wrap;gap:1.5rem}
            @media(prefers-color-scheme:dark){body{color:#e4e7eb;background:#1c2430}.f{background:#27313f}
            .n,figcaption{color:#9aa5b1}svg text{fill:#e4e7eb}}
            """;

    private CheckPage() {}

    /// Writes the page, whole or not at all.
    public static void write(CheckReport report, Path file) {
        byte[] page = html(report).getBytes(StandardCharsets.UTF_8);
        try (PendingFile pending = PendingFile.create(file)) {
            pending.write(0, ByteBuffer.wrap(page));
            pending.publish();
        } catch (IOException e) {
            throw IoFault.writing(file, e);
        }
    }

    static String html(CheckReport report) {
        StringBuilder page = new StringBuilder();
        page.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width\">")
                .append("<title>Data check</title><style>")
                .append(STYLE)
                .append("</style></head><body>\n<h1>Data check</h1>\n");
        facts(report, page);
        page.append("<h2>Findings</h2>\n");
        report.findings().forEach(finding -> finding(finding, page));
        pictures(report, page);
        return page.append("</body></html>\n").toString();
    }

    private static void facts(CheckReport report, StringBuilder page) {
        page.append("<table>");
        fact("files", String.join(", ", report.files()), page);
        fact(
                "rows",
                String.format(
                        Locale.ROOT,
                        "%,d, of which %,d are held out",
                        report.rows(),
                        report.heldOutRows()),
                page);
        report.shapes()
                .forEach((shape, rows) ->
                        fact("shape", String.format(Locale.ROOT, "%s (%,d)", shape, rows), page));
        for (Finding.Severity severity : Finding.Severity.values()) {
            fact(
                    severity.name().toLowerCase(Locale.ROOT) + "s",
                    Long.toString(report.count(severity)),
                    page);
        }
        page.append("</table>\n");
    }

    private static void fact(String name, String value, StringBuilder page) {
        page.append("<tr><td class=\"n\">")
                .append(escaped(name))
                .append("</td><td>")
                .append(escaped(value))
                .append("</td></tr>");
    }

    private static void finding(Finding finding, StringBuilder page) {
        page.append("<div class=\"f ")
                .append(finding.severity())
                .append("\"><b>")
                .append(finding.severity())
                .append("</b> <code>")
                .append(escaped(finding.code()))
                .append("</code><br>")
                .append(escaped(finding.message()))
                .append("<br><span class=\"n\">Next: ")
                .append(escaped(finding.next()))
                .append("</span>");
        List<String> places =
                switch (finding) {
                    case Finding.InRows rows ->
                            rows.rows().stream()
                                    .map(row ->
                                            row.origin()
                                                    + (row.detail().isBlank()
                                                            ? ""
                                                            : "  " + row.detail()))
                                    .toList();
                    case Finding.InPairs pairs ->
                            pairs.pairs().stream()
                                    .map(pair -> pair.first() + "  and  " + pair.second())
                                    .toList();
                    case Finding.InSet _ -> List.of();
                };
        if (!places.isEmpty()) {
            page.append("<details><summary>")
                    .append(
                            String.format(
                                    Locale.ROOT, "%,d of %,d", places.size(), finding.count()))
                    .append("</summary>");
            places.forEach(
                    place -> page.append("<code>").append(escaped(place)).append("</code><br>"));
            page.append("</details>");
        }
        page.append("</div>\n");
    }

    private static void pictures(CheckReport report, StringBuilder page) {
        page.append("<h2>Pictures</h2>\n<div class=\"g\">");
        page.append(CheckCharts.histogram("Prompts, characters", report.promptChars()));
        page.append(CheckCharts.histogram("Answers, characters", report.answerChars()));
        report.tokens()
                .ifPresent(tokens -> page.append(CheckCharts.histogram("Rows, tokens", tokens)));
        if (!report.labels().isEmpty()) {
            page.append(CheckCharts.bars("Labels, rows", report.labels()));
        }
        List<Long> tones = report.tones();
        page.append(
                CheckCharts.bars(
                        "Tone of the answers, rows",
                        ordered("casual", tones.get(0), "formal", tones.get(1), tones.get(2))));
        if (!report.forms().isEmpty()) {
            page.append(CheckCharts.bars("Form of the answers, rows", report.forms()));
        }
        page.append("</div>\n");
        if (!report.topics().dots().isEmpty()) {
            page.append(CheckCharts.map(report.topics()));
        }
    }

    private static Map<String, Long> ordered(
            String first, long a, String second, long b, long neither) {
        Map<String, Long> map = new java.util.LinkedHashMap<>();
        map.put(first, a);
        map.put(second, b);
        map.put("neither", neither);
        return map;
    }

    static String escaped(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.append(c);
            }
        }
        return out.toString();
    }
}
