package dev.attune.cli;

import dev.attune.train.Recipe;
import dev.attune.train.RunSummary;
import dev.attune.train.TrainEvent.Evaluated;

import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Runs in words, in JSON and in columns.
final class RunText {
    private static final String BARS = "▁▂▃▄▅▆▇█";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

    private RunText() {}

    /// Under the words of the recipe and of the events.
    static Map<String, Object> fields(RunSummary run) {
        Recipe recipe = run.recipe();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("run", run.name());
        fields.put("folder", run.folder().path().toString());
        fields.put("state", run.state().words());
        fields.put("model_name_or_path", recipe.model().modelNameOrPath());
        fields.put("method", word(recipe.objective().method()));
        fields.put("tuning", word(recipe.objective().tuning()));
        fields.put("step", run.step());
        run.allSteps().ifPresent(all -> fields.put("steps", all));
        if (!run.steps().isEmpty()) {
            fields.put("loss", run.steps().getLast().loss());
            fields.put("tokens_per_second", run.tokensPerSecond());
            fields.put("seconds", run.seconds());
        }
        if (!run.evaluations().isEmpty()) {
            fields.put("eval_loss", run.evaluations().getLast().loss());
        }
        run.best()
                .ifPresent(best -> {
                    fields.put("best_eval_loss", best.loss());
                    fields.put("best_step", best.step());
                });
        run.checkpoint().ifPresent(step -> fields.put("checkpoint", step));
        run.result().ifPresent(path -> fields.put("result", path.toString()));
        run.lastTime().ifPresent(time -> fields.put("time", time.toString()));
        return fields;
    }

    /// A word of a recipe.
    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /// How a run stands, with what it can go on from.
    static String state(RunSummary run) {
        String words = run.state().words();
        return switch (run.state()) {
            case INTERRUPTED, STOPPED, DIVERGED ->
                    words
                            + " at "
                            + steps(run)
                            + (run.checkpoint().isPresent()
                                    ? ", has checkpoint-" + run.checkpoint().getAsLong()
                                    : ", no checkpoint");
            case NOT_STARTED, RUNNING, FINISHED, STOPPED_EARLY -> words;
        };
    }

    /// `30/100`.
    static String steps(RunSummary run) {
        return run.allSteps().isPresent()
                ? run.step() + "/" + run.allSteps().getAsLong()
                : Long.toString(run.step());
    }

    /// The last held-out loss.
    static String heldOut(RunSummary run) {
        return run.evaluations().isEmpty() ? "-" : number(run.evaluations().getLast().loss());
    }

    /// The lowest held-out loss.
    static String best(RunSummary run) {
        return run.best().map(Evaluated::loss).map(RunText::number).orElse("-");
    }

    /// The name of a model without the folders above it.
    static String model(RunSummary run) {
        String name = run.recipe().model().modelNameOrPath();
        return name.startsWith("hf:") ? name : String.valueOf(Path.of(name).getFileName());
    }

    /// Four digits that count.
    static String number(double value) {
        if (!Double.isFinite(value)) {
            return "NaN";
        }
        return new BigDecimal(value).round(new MathContext(4)).stripTrailingZeros().toPlainString();
    }

    /// A time on the clock of this place.
    static String time(Optional<Instant> time) {
        return time.map(t -> TIME.format(t.atZone(ZoneId.systemDefault()))).orElse("-");
    }

    /// Rows in columns as wide as what they hold.
    static List<String> columns(List<List<String>> rows) {
        int[] widths = new int[rows.stream().mapToInt(List::size).max().orElse(0)];
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        return rows.stream()
                .map(row -> {
                    var line = new StringBuilder();
                    for (int i = 0; i < row.size(); i++) {
                        line.append(row.get(i)).repeat(' ', widths[i] - row.get(i).length() + 2);
                    }
                    return line.toString().stripTrailing();
                })
                .toList();
    }

    /// A curve as one line of bars, each the mean of a stretch; a stretch without a number is a
    /// blank.
    static String bars(double[] values, int width) {
        int count = Math.min(width, values.length);
        double[] means = new double[count];
        for (int i = 0; i < count; i++) {
            int from = Math.toIntExact((long) values.length * i / count);
            int to = Math.toIntExact((long) values.length * (i + 1) / count);
            means[i] =
                    Arrays.stream(values, from, to)
                            .filter(Double::isFinite)
                            .average()
                            .orElse(Double.NaN);
        }
        double low = Arrays.stream(means).filter(Double::isFinite).min().orElse(0);
        double high = Arrays.stream(means).filter(Double::isFinite).max().orElse(0);
        var text = new StringBuilder();
        for (double mean : means) {
            double place = high > low ? (mean - low) / (high - low) : 0;
            text.append(
                    Double.isFinite(mean)
                            ? BARS.charAt((int) Math.round(place * (BARS.length() - 1)))
                            : ' ');
        }
        return text.toString();
    }

    /// What to do with the run now.
    static String next(RunSummary run, String argument) {
        return switch (run.state()) {
            case NOT_STARTED -> "attune train " + Path.of(argument, "recipe.yaml");
            case RUNNING -> "attune runs show " + argument + ", again, until it has ended";
            case FINISHED, STOPPED_EARLY -> "attune chat " + argument;
            case INTERRUPTED, STOPPED ->
                    run.checkpoint().isPresent()
                            ? "attune resume " + argument
                            : "attune train " + Path.of(argument, "recipe.yaml") + " -o DIR";
            case DIVERGED ->
                    "attune train %s -o DIR learning_rate=%s"
                            .formatted(
                                    Path.of(argument, "recipe.yaml"),
                                    number(run.recipe().schedule().learningRate() / 4));
        };
    }
}
