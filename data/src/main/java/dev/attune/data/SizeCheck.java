package dev.attune.data;

import dev.attune.data.Finding.Severity;

import java.util.List;
import java.util.Locale;

/// Whether there are rows enough, with the advice that goes with each size; and how different they
/// are.
record SizeCheck(long rows, long differentPrompts, long differentAnswers) {
    List<Finding> findings() {
        return List.of(size(), diversity());
    }

    private Finding size() {
        String message = String.format(Locale.ROOT, "There are %,d training rows", rows);
        if (rows < 50) {
            return new Finding.InSet(
                    Severity.ERROR,
                    "size",
                    message + ": too few to tune on.",
                    "Write examples into the prompt instead, or collect at least 50 good rows.");
        }
        if (rows < 100) {
            return new Finding.InSet(
                    Severity.WARNING,
                    "size",
                    message + ": enough for a format or a tone, not for knowledge.",
                    "Begin with LoRA and few epochs, hold 20 % out, and compare with a good"
                            + " prompt.");
        }
        if (rows < 500) {
            return new Finding.InSet(
                    Severity.NOTE,
                    "size",
                    message + ": enough for a narrow task.",
                    "Quality counts more than more rows: mend what stands above first.");
        }
        return new Finding.InSet(
                Severity.NOTE,
                "size",
                message + ": enough for most tasks.",
                "Hold some out (attune data split) and look at the curve before adding more.");
    }

    private Finding diversity() {
        double prompts = 100.0 * (double) differentPrompts / Math.max(1, rows);
        return new Finding.InSet(
                prompts < 50 && rows >= 50 ? Severity.WARNING : Severity.NOTE,
                "diversity",
                String.format(
                        Locale.ROOT,
                        "%.0f %% of the prompts are different, and %,d answers.",
                        prompts,
                        differentAnswers),
                prompts < 50
                        ? "Many rows ask the same: drop duplicates and collect other questions."
                        : "Nothing to do.");
    }
}
