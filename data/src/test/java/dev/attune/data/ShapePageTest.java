package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.base.AttuneException;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The page of the row shapes is what the code does: how each row of `shapes.txt` is read, and what
/// becomes of it as each target.
class ShapePageTest {
    private static final Path ROOT = Path.of(System.getProperty("attune.root", ".."));
    private static final EndOfText END = new EndOfText("</s>");

    @Test
    void thePageInTheRepositoryIsWhatTheCodeDoes() throws IOException {
        Path page = ROOT.resolve("docs/formats/row-shapes.md");
        String rendered = intro() + matrix() + fieldVariants();
        Path made = Files.createDirectories(ROOT.resolve("data/target")).resolve("row-shapes.md");
        Files.writeString(made, rendered);

        assertThat(Files.readString(page).replace("\r\n", "\n"))
                .as("%s; if the shapes changed on purpose, copy %s there", page, made)
                .isEqualTo(rendered);
    }

    private static String intro() throws IOException {
        return text("row-shapes-intro.md");
    }

    private static String matrix() throws IOException {
        StringBuilder page = new StringBuilder("| row |");
        StringBuilder line = new StringBuilder("|---|");
        for (TargetShape target : TargetShape.values()) {
            page.append(' ').append(target.told()).append(" |");
            line.append("---|");
        }
        page.append('\n').append(line).append('\n');
        StringBuilder reasons = new StringBuilder();
        for (Map.Entry<String, ObjectNode> row : rows("shapes.txt").entrySet()) {
            Example example = read(row.getValue());
            page.append("| ").append(row.getKey()).append(" |");
            Map<String, List<String>> why = new LinkedHashMap<>();
            for (TargetShape target : TargetShape.values()) {
                ShapeWriter.Written written = ShapeWriter.write(example, target, END);
                page.append(' ').append(sign(written)).append(" |");
                written.losses()
                        .forEach(loss ->
                                why.computeIfAbsent(loss.told(), _ -> new ArrayList<>())
                                        .add(target.told()));
                written.alterations()
                        .forEach(what ->
                                why.computeIfAbsent("altered: " + what, _ -> new ArrayList<>())
                                        .add(target.told()));
            }
            page.append('\n');
            reasons.append("\n**")
                    .append(row.getKey())
                    .append("** `")
                    .append(row.getValue())
                    .append("`\n\n");
            why.forEach((what, targets) ->
                    reasons.append("- ")
                            .append(String.join(", ", targets))
                            .append(": ")
                            .append(what)
                            .append('\n'));
        }
        return page + "\n## Why\n" + reasons;
    }

    private static String sign(ShapeWriter.Written written) {
        if (written.isWhole()) {
            return written.alterations().isEmpty() ? "=" : "~";
        }
        return written.rows().isEmpty() ? "x" : "-";
    }

    private static String fieldVariants() throws IOException {
        StringBuilder page =
                new StringBuilder("\n## Variants from the field\n\n| row | read as |\n|---|---|\n");
        for (Map.Entry<String, ObjectNode> row : rows("variants.txt").entrySet()) {
            page.append("| ").append(row.getKey()).append(" | ").append(told(row.getValue()));
            page.append(" |\n");
        }
        return page.toString();
    }

    private static String told(ObjectNode row) {
        try {
            RowShape shape = ShapeRecogniser.standard().recognise(row).shape();
            Example example = shape.example(row, new Origin(Path.of("x.jsonl"), 1, 0));
            String columns = String.join(", ", example.columns().keySet());
            return shape.title() + (columns.isEmpty() ? "" : "; columns " + columns);
        } catch (AttuneException e) {
            String what = e.what().replaceAll("; expected one of: .*", "");
            return ("refused: " + what + " " + e.fix().orElse("")).replace("|", "\\|");
        }
    }

    private static Example read(ObjectNode row) {
        return ShapeRecogniser.standard()
                .recognise(row)
                .shape()
                .example(row, new Origin(Path.of("x.jsonl"), 1, 0));
    }

    /// Lines of a name, a bar and a row.
    private static Map<String, ObjectNode> rows(String name) throws IOException {
        Map<String, ObjectNode> rows = new LinkedHashMap<>();
        for (String line : text(name).lines().toList()) {
            int bar = line.indexOf(" | ");
            rows.put(line.substring(0, bar), ToolShapeTest.row(line.substring(bar + 3)));
        }
        return rows;
    }

    private static String text(String name) throws IOException {
        try (InputStream in = ShapePageTest.class.getResourceAsStream(name)) {
            return new String(
                    Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
