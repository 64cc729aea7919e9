package dev.attune.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The drawings of a [CheckPage], as SVG with a title for those who cannot see them.
final class CheckCharts {
    private static final int WIDTH = 420;
    private static final int HEIGHT = 170;
    private static final int LEFT = 8;
    private static final int BASE = 140;
    private static final int MAX_BARS = 20;
    private static final List<String> COLORS =
            List.of(
                    "#2874a6", "#d68910", "#1e8449", "#8e44ad", "#c0392b", "#148f77", "#7d6608",
                    "#5d6d7e", "#d35400", "#2e4053", "#af7ac5", "#45b39d");

    private CheckCharts() {}

    /// How many rows have which length; the axis grows by factors, as lengths do.
    static String histogram(String title, LengthHistogram lengths) {
        List<LengthHistogram.Bucket> buckets = lengths.buckets();
        StringBuilder svg = begun(title, HEIGHT);
        long most = buckets.stream().mapToLong(LengthHistogram.Bucket::count).max().orElse(1);
        double width = (double) (WIDTH - 2 * LEFT) / Math.max(1, buckets.size());
        for (int i = 0; i < buckets.size(); i++) {
            LengthHistogram.Bucket bucket = buckets.get(i);
            double height = 110.0 * (double) bucket.count() / (double) most;
            svg.append(
                    String.format(
                            Locale.ROOT,
                            "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\""
                                    + " fill=\"#2874a6\"><title>%,d to %,d: %,d</title></rect>",
                            LEFT + i * width,
                            BASE - height,
                            Math.max(1, width - 1),
                            height,
                            bucket.from(),
                            bucket.to(),
                            bucket.count()));
        }
        svg.append(
                text(LEFT, BASE + 16, "start", String.format(Locale.ROOT, "%,d", lengths.min())));
        svg.append(
                text(
                        WIDTH - LEFT,
                        BASE + 16,
                        "end",
                        String.format(Locale.ROOT, "%,d", lengths.max())));
        svg.append(
                text(
                        WIDTH / 2,
                        BASE + 16,
                        "middle",
                        String.format(Locale.ROOT, "median %,d", lengths.quantile(0.5))));
        return ended(svg, title);
    }

    /// A bar for each name, the first twenty.
    static String bars(String title, Map<String, Long> counts) {
        List<Map.Entry<String, Long>> shown =
                new ArrayList<>(counts.entrySet().stream().limit(MAX_BARS).toList());
        int height = 34 + 18 * shown.size();
        StringBuilder svg = begun(title, height);
        long most = counts.values().stream().mapToLong(Long::longValue).max().orElse(1);
        for (int i = 0; i < shown.size(); i++) {
            Map.Entry<String, Long> entry = shown.get(i);
            int y = 28 + 18 * i;
            svg.append(text(150, y + 11, "end", Quoted.plain(entry.getKey(), 22)));
            svg.append(
                    String.format(
                            Locale.ROOT,
                            "<rect x=\"156\" y=\"%d\" width=\"%.1f\" height=\"13\""
                                    + " fill=\"#2874a6\"/>",
                            y,
                            Math.max(1, 200.0 * (double) entry.getValue() / Math.max(1, most))));
            svg.append(
                    text(
                            WIDTH - LEFT,
                            y + 11,
                            "end",
                            String.format(Locale.ROOT, "%,d", entry.getValue())));
        }
        String more = counts.size() > MAX_BARS ? ", the first 20 of " + counts.size() : "";
        return ended(svg, title + more);
    }

    /// The prompts of a sample: near ones are alike, colours are topics.
    static String map(CheckReport.Topics topics) {
        int height = 360;
        StringBuilder svg = begun("Map of the prompts", height);
        for (CheckReport.Dot dot : topics.dots()) {
            svg.append(
                    String.format(
                            Locale.ROOT,
                            "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\" fill=\"%s\""
                                    + " fill-opacity=\".6\"/>",
                            WIDTH / 2.0 + dot.x() * (WIDTH / 2.0 - 12),
                            190 + dot.y() * 160,
                            color(dot.topic())));
        }
        StringBuilder legend = new StringBuilder("<div>");
        for (int i = 0; i < topics.topics().size(); i++) {
            CheckReport.Topic topic = topics.topics().get(i);
            if (topic.prompts() > 0) {
                legend.append("<span style=\"color:")
                        .append(color(i))
                        .append("\">&#9679;</span> ")
                        .append(CheckPage.escaped(topic.words()))
                        .append(String.format(Locale.ROOT, " (%,d)<br>", topic.prompts()));
            }
        }
        return ended(svg, "Map of a sample of the prompts: near ones are alike, colours are topics")
                + legend.append("</div>");
    }

    private static String color(int topic) {
        return COLORS.get(topic % COLORS.size());
    }

    private static StringBuilder begun(String title, int height) {
        return new StringBuilder("<figure><svg width=\"")
                .append(WIDTH)
                .append("\" height=\"")
                .append(height)
                .append("\" viewBox=\"0 0 ")
                .append(WIDTH + " " + height)
                .append("\" role=\"img\" font-size=\"11\"><title>")
                .append(CheckPage.escaped(title))
                .append("</title>");
    }

    private static String ended(StringBuilder svg, String caption) {
        return svg.append("</svg><figcaption>")
                .append(CheckPage.escaped(caption))
                .append("</figcaption></figure>\n")
                .toString();
    }

    private static String text(int x, int y, String anchor, String text) {
        return "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>"
                .formatted(x, y, anchor, CheckPage.escaped(text));
    }
}
