package dev.attune.cli;

import dev.attune.train.EventEntry;
import dev.attune.train.EventReader;
import dev.attune.train.RunFolder;
import dev.attune.train.TrainEvent.Stepped;

import picocli.CommandLine.Model.CommandSpec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/// What `quickstart` shows: the loss as it fell, both models beside each other, what to do next.
///
/// @param rows the held-out rows
record QuickstartReport(CommandSpec spec, List<HeldOutRow> rows) {
    private static final int SHOWN = 3;
    private static final int BARS = 40;
    private static final String LEVELS = "▁▂▃▄▅▆▇█";

    QuickstartReport {
        rows = List.copyOf(rows);
    }

    /// One of the two models.
    ///
    /// @param answers to the held-out rows
    /// @param labelAccuracy the share of answers that end with the right label
    /// @param perplexity of the right answers
    record Side(List<String> answers, double labelAccuracy, double perplexity) {
        Side {
            answers = List.copyOf(answers);
        }

        private Map<String, Object> fields() {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("label_accuracy", labelAccuracy);
            fields.put("perplexity", perplexity);
            return fields;
        }
    }

    /// How it is told.
    record Ending(double seconds, boolean isJson) {}

    /// Says what is about to happen.
    void introduce(Consumer<String> notes) {
        notes.accept("quickstart: the starter model meets GreenLeaf Support");
        notes.accept(
                "%d held-out questions are answered before and after training"
                        .formatted(rows.size()));
    }

    /// Prints the end.
    void print(Side base, Side tuned, RunFolder run, Ending ending) {
        PrintWriter out = spec.commandLine().getOut();
        if (ending.isJson) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("base", base.fields());
            fields.put("tuned", tuned.fields());
            fields.put("seconds", ending.seconds);
            fields.put("run", run.path().toString());
            out.println(JsonText.write(fields));
        } else {
            text(out, base, tuned, run);
            out.printf(Locale.ROOT, "%n%.0f seconds in all%n", ending.seconds);
        }
        out.flush();
    }

    private void text(PrintWriter out, Side base, Side tuned, RunFolder run) {
        out.println();
        out.println("training loss   " + curve(run));
        out.println();
        out.printf("%-16s%12s%12s%n", "held-out rows", "base", "tuned");
        out.printf(
                Locale.ROOT,
                "%-16s%10.1f %%%10.1f %%%n",
                "right label",
                100 * base.labelAccuracy,
                100 * tuned.labelAccuracy);
        out.printf(
                Locale.ROOT,
                "%-16s%12.2f%12.2f%n",
                "perplexity",
                base.perplexity,
                tuned.perplexity);
        for (int i = 0; i < SHOWN; i++) {
            int row = i * rows.size() / SHOWN;
            out.println();
            out.println("customer  " + indented(rows.get(row).question()));
            out.println("base      " + indented(base.answers.get(row)));
            out.println("tuned     " + indented(tuned.answers.get(row)));
        }
        Path shown = RunOutcome.shown(run.path());
        out.println();
        out.println("next");
        out.println("  attune chat " + shown + "            talk with it");
        out.println("  attune runs show " + shown + "       what the run did");
        out.println("  attune train --model starter --data your.jsonl -o run1");
        out.println("  attune export " + shown + " --to hf -o " + shown + "-hf");
    }

    private static String indented(String text) {
        return text.replace("\n", "\n          ");
    }

    /// The loss of all steps in one line: each character is the mean of a stretch.
    private static String curve(RunFolder run) {
        List<Stepped> steps =
                EventReader.read(run.events()).stream()
                        .map(EventEntry::event)
                        .filter(Stepped.class::isInstance)
                        .map(Stepped.class::cast)
                        .toList();
        int bars = Math.min(BARS, steps.size());
        double[] means = new double[bars];
        for (int i = 0; i < bars; i++) {
            List<Stepped> stretch =
                    steps.subList(i * steps.size() / bars, (i + 1) * steps.size() / bars);
            means[i] = stretch.stream().mapToDouble(Stepped::loss).average().orElse(0);
        }
        double top = java.util.Arrays.stream(means).max().orElse(1);
        StringBuilder line = new StringBuilder();
        for (double mean : means) {
            int level = (int) Math.round(mean / top * (LEVELS.length() - 1));
            line.append(LEVELS.charAt(Math.clamp(level, 0, LEVELS.length() - 1)));
        }
        return String.format(Locale.ROOT, "%s  %.2f to %.2f", line, means[0], means[bars - 1]);
    }
}
