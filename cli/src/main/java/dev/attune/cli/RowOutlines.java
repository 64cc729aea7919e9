package dev.attune.cli;

import dev.attune.base.AttuneException;
import dev.attune.data.ColumnMapping;
import dev.attune.data.RowStream;
import dev.attune.data.RowText;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Shows rows as they were understood, with no model at hand: shape, prompt and answer.
///
/// @param spec of the command that shows
/// @param json whether a JSON object a row is written
record RowOutlines(CommandSpec spec, boolean json) {
    private static final int DEFAULT_ROWS = 3;

    /// Shows the first rows, or the one numbered `row` from 1.
    void show(String data, List<Path> files, ColumnMapping mapping, @Nullable Long row) {
        try (RowProgress progress = RowProgress.open(spec);
                RowStream rows = RowStream.open(files, mapping)) {
            progress.begins("rows passed", rows.totalBytes());
            long shown = 0;
            Optional<RowStream.Read> next = rows.next();
            while (next.isPresent() && shown < (row == null ? DEFAULT_ROWS : 1)) {
                if (row == null || rows.rows() == row) {
                    shown++;
                    progress.clear();
                    print(next.get(), rows.shapes());
                }
                progress.at(rows.rows(), rows.bytes());
                next = rows.next();
            }
            if (shown == 0) {
                throw AttuneException.user(
                                row == null || rows.rows() == 0
                                        ? "The data holds no row."
                                        : "There is no row %d: the data holds %d."
                                                .formatted(row, rows.rows()))
                        .at(data)
                        .fix("Give a row that is there.");
            }
        }
        spec.commandLine().getOut().flush();
    }

    private void print(RowStream.Read read, Map<String, Long> shapes) {
        switch (read) {
            case RowStream.Read.Faulty faulty -> throw faulty.fault();
            case RowStream.Read.NoRows file -> throw file.fault();
            case RowStream.Read.Understood row -> {
                RowText text = RowText.of(row.example());
                String shape =
                        shapes.keySet().stream()
                                .filter(name -> name.startsWith(row.shape().title() + ":"))
                                .findFirst()
                                .orElse(row.shape().title());
                if (json) {
                    spec.commandLine().getOut().println(JsonText.write(fields(row, text)));
                } else {
                    print(shape, text, row.shape().keys());
                }
            }
        }
    }

    private void print(String shape, RowText text, List<String> used) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(text.origin() + "  " + shape);
        if (!text.system().isEmpty()) {
            out.println("system   " + text.system());
        }
        out.println("prompt   " + text.prompt());
        out.println("answer   " + Colors.of(spec).learned(text.answer()));
        if (text.images() > 0) {
            out.printf(
                    "images   %,d, kept by all commands; training refuses the row%n",
                    text.images());
        }
        text.columns()
                .forEach((name, value) -> {
                    if (!used.contains(name)) {
                        out.println("column   " + name + " = " + value);
                    }
                });
        out.println();
    }

    private static Map<String, Object> fields(RowStream.Read.Understood row, RowText text) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("file", text.origin().file().toString());
        fields.put("line", text.origin().line());
        fields.put("row", text.origin().row() + 1);
        fields.put("shape", row.shape().title());
        fields.put("system", text.system());
        fields.put("prompt", text.prompt());
        fields.put("answer", text.answer());
        fields.put("images", text.images());
        fields.put("columns", row.row());
        return fields;
    }
}
