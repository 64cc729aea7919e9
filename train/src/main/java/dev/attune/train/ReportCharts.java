package dev.attune.train;

import dev.attune.train.ReportChart.Stroke;
import dev.attune.train.TrainEvent.Diverged;
import dev.attune.train.TrainEvent.Evaluated;
import dev.attune.train.TrainEvent.Stepped;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.ToDoubleFunction;

/// The charts that a history is shown in.
///
/// @param run what happened
record ReportCharts(ReportHistory run) {
    /// Below this a smoothed curve says nothing that the points do not.
    private static final int MIN_SMOOTHED = 20;

    List<ReportChart> all() {
        var charts = new ArrayList<ReportChart>();
        charts.add(chart("loss", "Loss, nats per token", losses()));
        if (!run.evaluations().isEmpty()) {
            var accuracy =
                    ReportCurve.of(
                            run.evaluations(), Evaluated::step, e -> 100 * e.tokenAccuracy());
            charts.add(
                    chart(
                            "accuracy",
                            "Held-out token accuracy, %",
                            List.of(judged("token accuracy", accuracy))));
        }
        charts.add(
                chart(
                        "rate",
                        "Learning rate",
                        List.of(line("learning rate", "smooth", Stepped::learningRate))));
        charts.add(
                chart(
                        "norm",
                        "Gradient norm, before clipping",
                        smoothed("norm", Stepped::gradNorm)));
        charts.add(
                chart(
                        "speed",
                        "Tokens per second",
                        List.of(
                                line("all", "train", s -> s.tokens() / s.seconds()),
                                line("trained", "smooth", s -> s.trainedTokens() / s.seconds()))));
        return charts;
    }

    private List<Stroke> losses() {
        var strokes = new ArrayList<>(smoothed("training", Stepped::loss));
        if (!run.evaluations().isEmpty()) {
            var held = ReportCurve.of(run.evaluations(), Evaluated::step, Evaluated::loss);
            strokes.add(judged("held-out", held));
        }
        return strokes;
    }

    /// The values, faint, with their mean over them; a few values by themselves.
    private List<Stroke> smoothed(String name, ToDoubleFunction<Stepped> value) {
        if (run.steps().size() < MIN_SMOOTHED) {
            return List.of(line(name, "smooth", value));
        }
        Stroke raw = line(name, "train", value);
        return List.of(raw, Stroke.line("smoothed", "smooth", raw.curve().smoothed()));
    }

    /// Points of judgements, with the best of them ringed.
    private Stroke judged(String name, ReportCurve curve) {
        OptionalLong best =
                run.best().map(e -> OptionalLong.of(e.step())).orElse(OptionalLong.empty());
        return new Stroke(name, "eval", curve, true, best);
    }

    private Stroke line(String name, String style, ToDoubleFunction<Stepped> value) {
        return Stroke.line(name, style, ReportCurve.of(run.steps(), Stepped::step, value));
    }

    private ReportChart chart(String id, String title, List<Stroke> strokes) {
        OptionalLong diverged =
                run.diverged().map(d -> OptionalLong.of(d.step())).orElse(OptionalLong.empty());
        long last = run.steps().isEmpty() ? 1 : run.steps().getLast().step();
        long end = Math.max(last, run.diverged().map(Diverged::step).orElse(0L));
        return new ReportChart(id, title, strokes, end, diverged);
    }
}
