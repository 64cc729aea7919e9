package dev.attune.cli;

import dev.attune.train.TrainEvent.Stepped;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The figures of the progress line: loss and speed as exponential means over about ten steps.
final class ProgressLine {
    private static final double KEEP = 0.9;
    private static final int MAX_BAR = 30;
    private static final int MIN_BAR = 8;

    private final long steps;
    private final long stepsBefore;
    private long step;
    private double epoch;
    private double weight;
    private double loss;
    private double tokens;
    private double trainedTokens;
    private double seconds;

    /// The line of a run that begins, or goes on.
    ///
    /// @param stepsBefore the steps that were done when this process began
    ProgressLine(long stepsBefore, long steps) {
        this.stepsBefore = stepsBefore;
        this.step = stepsBefore;
        this.steps = steps;
    }

    /// Takes in a step.
    void add(Stepped stepped) {
        step = stepped.step();
        epoch = stepped.epoch();
        weight = mean(weight, 1);
        loss = mean(loss, stepped.loss());
        tokens = mean(tokens, (double) stepped.tokens());
        trainedTokens = mean(trainedTokens, (double) stepped.trainedTokens());
        seconds = mean(seconds, stepped.seconds());
    }

    long step() {
        return step;
    }

    /// For a log: all figures, however long.
    String plain(Duration elapsed) {
        return "step " + String.join("  ", parts(elapsed));
    }

    /// For a terminal: a bar and as many of the figures as fit into `width` characters, those to
    /// the left first.
    ///
    /// @param hasColor whether the bar is coloured; colours do not count as characters
    String fitted(int width, Duration elapsed, boolean hasColor) {
        List<String> parts = parts(elapsed);
        while (parts.size() > 1 && String.join("  ", parts).length() + MIN_BAR + 3 > width) {
            parts.remove(leastNeeded(parts));
        }
        String text = String.join("  ", parts);
        int bar = Math.min(MAX_BAR, width - text.length() - 3);
        if (bar < MIN_BAR) {
            return text.substring(0, Math.min(text.length(), Math.max(0, width)));
        }
        int done = steps == 0 ? bar : Math.toIntExact(Math.min(bar, bar * step / steps));
        String filled = "#".repeat(done);
        String shown = hasColor ? "\u001b[32m" + filled + "\u001b[0m" : filled;
        return "[" + shown + ".".repeat(bar - done) + "] " + text;
    }

    /// A time as minutes and seconds, with hours where there are some.
    static String time(Duration time) {
        long whole = time.toSeconds();
        long hours = whole / 3600;
        String rest = String.format(Locale.ROOT, "%02d:%02d", whole / 60 % 60, whole % 60);
        return hours > 0 ? hours + ":" + rest : rest;
    }

    /// A part may be missing from the end on, save the time left, which is missed most.
    private static int leastNeeded(List<String> parts) {
        int last = parts.size() - 1;
        boolean isTimeLeft = parts.get(last).endsWith(" left");
        return isTimeLeft && last > 1 ? last - 1 : last;
    }

    private List<String> parts(Duration elapsed) {
        var parts = new ArrayList<String>();
        parts.add("%d/%d".formatted(step, steps));
        if (weight > 0) {
            parts.add(String.format(Locale.ROOT, "loss %.4f", loss / weight));
            if (seconds > 0) {
                parts.add(
                        String.format(
                                Locale.ROOT,
                                "%,.0f tokens/s (%,.0f trained)",
                                tokens / seconds,
                                trainedTokens / seconds));
            }
            parts.add(String.format(Locale.ROOT, "epoch %.2f", epoch));
        }
        parts.add(time(elapsed) + " elapsed");
        if (step > stepsBefore) {
            parts.add(time(left(elapsed)) + " left");
        }
        return parts;
    }

    /// As long for each step to come as for those that were done, judging and saving included.
    private Duration left(Duration elapsed) {
        double each = (double) elapsed.toMillis() / (step - stepsBefore);
        return Duration.ofMillis(Math.round(each * Math.max(0, steps - step)));
    }

    private static double mean(double before, double next) {
        return KEEP * before + (1 - KEEP) * next;
    }
}
