package dev.attune.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/// One chart of the report as SVG: lines and points over steps, with axes, a legend and, under the
/// pointer, the values of a stretch of steps.
///
/// @param id names the chart within the page
/// @param title what is drawn, with its unit
/// @param strokes the first one's steps are those that the pointer finds
/// @param end the last step of the axis
/// @param diverged the step at which the run diverged, if it did
record ReportChart(String id, String title, List<Stroke> strokes, long end, OptionalLong diverged) {
    private static final int WIDTH = 480;
    private static final int HEIGHT = 250;
    private static final int LEFT = 60;
    private static final int RIGHT = 14;
    private static final int TOP = 12;
    private static final int BOTTOM = 40;
    private static final int BUCKETS = 300;
    private static final int STRIPS = 120;

    /// Something drawn over steps.
    ///
    /// @param name for legend and pointer
    /// @param style class in the style sheet
    /// @param curve its values
    /// @param hasDots whether each value is a point of its own
    /// @param marked a step whose point is ringed, if there is one
    record Stroke(
            String name, String style, ReportCurve curve, boolean hasDots, OptionalLong marked) {
        static Stroke line(String name, String style, ReportCurve curve) {
            return new Stroke(name, style, curve, curve.size() <= 30, OptionalLong.empty());
        }

        double[] values() {
            return IntStream.range(0, curve.size()).mapToDouble(curve::value).toArray();
        }
    }

    /// The chart as a figure of the page.
    String html() {
        ReportAxis x = ReportAxis.steps(Math.min(1, end), end);
        ReportAxis y =
                ReportAxis.around(
                        strokes.stream()
                                .flatMapToDouble(stroke -> DoubleStream.of(stroke.values()))
                                .toArray());
        var out = new StringBuilder();
        String scale = y.isLogarithmic() ? ", powers of ten" : "";
        out.append("<figure><figcaption>")
                .append(ReportText.escaped(title + scale))
                .append(legend())
                .append("</figcaption>\n<svg viewBox=\"0 0 %d %d\"".formatted(WIDTH, HEIGHT))
                .append(" role=\"img\" aria-labelledby=\"%s\">".formatted(id))
                .append("<title id=\"%s\">%s</title>\n".formatted(id, description()));
        axes(out, x, y);
        for (Stroke stroke : strokes) {
            line(out, stroke, x, y);
        }
        diverged.ifPresent(step -> divergence(out, x, step));
        strips(out, x);
        return out.append("</svg></figure>\n").toString();
    }

    private String legend() {
        if (strokes.size() < 2) {
            return "";
        }
        var out = new StringBuilder("<span class=\"legend\">");
        for (Stroke stroke : strokes) {
            out.append("<span class=\"key %s\">".formatted(stroke.style()))
                    .append(ReportText.escaped(stroke.name()))
                    .append("</span>");
        }
        return out.append("</span>").toString();
    }

    private String description() {
        var parts = new ArrayList<String>();
        for (Stroke stroke : strokes) {
            double[] finite = Arrays.stream(stroke.values()).filter(Double::isFinite).toArray();
            if (finite.length > 0) {
                parts.add(
                        "%s from %s to %s"
                                .formatted(
                                        stroke.name(),
                                        ReportText.number(finite[0]),
                                        ReportText.number(finite[finite.length - 1])));
            }
        }
        return ReportText.escaped(title + " by step: " + String.join("; ", parts));
    }

    private static void axes(StringBuilder out, ReportAxis x, ReportAxis y) {
        out.append("<g class=\"axis\">");
        for (double tick : y.ticks(5)) {
            String at = at(vertical(y, tick));
            out.append(
                    "<path d=\"M%d %sH%d\"/><text x=\"%d\" y=\"%s\" class=\"y\">%s</text>"
                            .formatted(
                                    LEFT, at, WIDTH - RIGHT, LEFT - 7, at, ReportText.tick(tick)));
        }
        for (double tick : x.wholeTicks(5)) {
            if (tick >= x.low()) {
                out.append(
                        "<text x=\"%s\" y=\"%d\" class=\"x\">%s</text>"
                                .formatted(
                                        at(horizontal(x, Math.round(tick))),
                                        HEIGHT - BOTTOM + 17,
                                        ReportText.tick(tick)));
            }
        }
        out.append(
                "<text x=\"%d\" y=\"%d\" class=\"x\">step</text></g>\n"
                        .formatted((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 5));
    }

    private static void divergence(StringBuilder out, ReportAxis x, long step) {
        double at = horizontal(x, step);
        out.append(
                "<g class=\"diverged\"><path d=\"M%s %dV%d\"/><text x=\"%s\" y=\"%d\">diverged</text></g>\n"
                        .formatted(at(at), TOP, HEIGHT - BOTTOM, at(at - 6), TOP + 11));
    }

    private static void line(StringBuilder out, Stroke stroke, ReportAxis x, ReportAxis y) {
        ReportCurve thin = stroke.curve().thinned(BUCKETS);
        var path = new StringBuilder();
        var dots = new StringBuilder();
        boolean isGap = true;
        for (int i = 0; i < thin.size(); i++) {
            double value = thin.value(i);
            if (!Double.isFinite(value)) {
                isGap = true;
                continue;
            }
            String left = at(horizontal(x, thin.step(i)));
            String top = at(vertical(y, value));
            path.append(isGap ? 'M' : 'L').append(left).append(' ').append(top);
            isGap = false;
            boolean isMarked = stroke.marked().equals(OptionalLong.of(thin.step(i)));
            if (isMarked || (stroke.hasDots() && thin.size() <= 60)) {
                dots.append(
                        "<circle cx=\"%s\" cy=\"%s\" r=\"%s\"%s/>"
                                .formatted(
                                        left,
                                        top,
                                        isMarked ? "5" : "2.5",
                                        isMarked ? " class=\"best\"" : ""));
            }
        }
        out.append(
                "<g class=\"%s\"><path d=\"%s\"/>%s</g>\n".formatted(stroke.style(), path, dots));
    }

    /// Invisible strips, each of which tells the values of its last step.
    private void strips(StringBuilder out, ReportAxis x) {
        ReportCurve first = strokes.getFirst().curve();
        int count = Math.min(STRIPS, first.size());
        double from = LEFT;
        out.append("<g class=\"strips\">");
        for (int strip = 1; strip <= count; strip++) {
            int i = Math.toIntExact((long) first.size() * strip / count - 1);
            double to = WIDTH - RIGHT;
            if (strip < count) {
                double here = horizontal(x, first.step(i));
                double next = horizontal(x, first.step(i + 1));
                to = Math.min((here + next) / 2, WIDTH - RIGHT);
            }
            out.append(
                    "<rect x=\"%s\" y=\"%d\" width=\"%s\" height=\"%d\"><title>%s</title></rect>"
                            .formatted(
                                    at(from),
                                    TOP,
                                    at(Math.max(0, to - from)),
                                    HEIGHT - TOP - BOTTOM,
                                    values(first.step(i), from, to, x)));
            from = to;
        }
        out.append("</g>");
    }

    /// The last value of each stroke between two places, by name.
    private String values(long step, double from, double to, ReportAxis x) {
        var text = new StringBuilder("step ").append(ReportText.count(step));
        for (Stroke stroke : strokes) {
            int i = lastUpTo(stroke.curve(), step);
            if (i < 0 && stroke.curve().size() > 0) {
                i = 0;
            }
            if (i >= 0) {
                double at = horizontal(x, stroke.curve().step(i));
                if (at >= from - 0.01 && at <= to + 0.01) {
                    text.append('\n')
                            .append(ReportText.escaped(stroke.name()))
                            .append(' ')
                            .append(ReportText.number(stroke.curve().value(i)));
                }
            }
        }
        return text.toString();
    }

    private static int lastUpTo(ReportCurve curve, long step) {
        int low = 0;
        int high = curve.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (curve.step(middle) <= step) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    private static double horizontal(ReportAxis x, long step) {
        return LEFT + x.place((double) step) * (WIDTH - LEFT - RIGHT);
    }

    private static double vertical(ReportAxis y, double value) {
        return TOP + (1 - y.place(value)) * (HEIGHT - TOP - BOTTOM);
    }

    private static String at(double place) {
        return String.format(Locale.ROOT, "%.1f", place);
    }
}
