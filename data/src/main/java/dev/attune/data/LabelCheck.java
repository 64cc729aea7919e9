package dev.attune.data;

import dev.attune.data.Finding.Severity;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Classes: how they are balanced, which are thin, and which look like another one misspelt.
///
/// Rows have classes if a column says so, or if their answers are few and short.
final class LabelCheck implements RowCheck {
    private static final int MAX_LABELS = 500;
    private static final int MAX_CHARS = 60;
    private static final int THIN = 10;

    private final int maxRows;
    private final Map<String, Long> counts = new TreeMap<>();
    private final Map<String, List<Integer>> rows = new HashMap<>();
    private long seen;
    private boolean tooMany;

    LabelCheck(int maxRows) {
        this.maxRows = maxRows;
    }

    @Override
    public void see(CheckedRow checked) {
        RowText text = checked.text();
        int row = checked.row();
        seen++;
        String label = text.label().orElse(text.answer()).strip();
        if (tooMany || label.length() > MAX_CHARS || label.isEmpty()) {
            tooMany |= label.length() > MAX_CHARS;
            return;
        }
        counts.merge(label, 1L, Long::sum);
        List<Integer> places = rows.computeIfAbsent(label, _ -> new ArrayList<>());
        if (places.size() < maxRows) {
            places.add(row);
        }
        tooMany = counts.size() > MAX_LABELS;
    }

    /// Rows of each class, the most frequent first; empty where rows have none.
    Map<String, Long> labels() {
        boolean few = counts.size() > 1 && counts.size() <= Math.max(2, seen / 3);
        Map<String, Long> sorted = new java.util.LinkedHashMap<>();
        if (!tooMany && few) {
            counts.entrySet().stream()
                    .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
                    .forEach(e -> sorted.put(e.getKey(), e.getValue()));
        }
        return sorted;
    }

    @Override
    public List<Finding> findings(RowIndex index) {
        List<Finding> findings = new ArrayList<>();
        Map<String, Long> labels = labels();
        if (labels.isEmpty()) {
            return findings;
        }
        misspelt(index, labels, findings);
        long most = labels.values().stream().mapToLong(Long::longValue).max().orElse(0);
        long least = labels.values().stream().mapToLong(Long::longValue).min().orElse(0);
        if (most >= 10 * least && most >= 20) {
            String last = labels.keySet().stream().reduce((_, b) -> b).orElse("");
            findings.add(
                    new Finding.InSet(
                            most >= 50 * least ? Severity.WARNING : Severity.NOTE,
                            "label_imbalance",
                            String.format(
                                    Locale.ROOT,
                                    "Of %d labels the most frequent has %,d rows and the least"
                                            + " frequent, %s, %,d.",
                                    labels.size(),
                                    most,
                                    Quoted.of(last),
                                    least),
                            "Add rows of the thin labels, and judge by a figure for each label."));
        }
        long thin = labels.values().stream().filter(n -> n < THIN).count();
        if (thin > 0) {
            findings.add(
                    new Finding.InSet(
                            Severity.NOTE,
                            "thin_label",
                            String.format(
                                    Locale.ROOT,
                                    "%,d of %,d labels have fewer than %d rows.",
                                    thin,
                                    labels.size(),
                                    THIN),
                            "Add rows, or join labels that nobody tells apart."));
        }
        return findings;
    }

    private void misspelt(RowIndex index, Map<String, Long> labels, List<Finding> findings) {
        RowTally tally =
                new RowTally(maxRows)
                        .kind(
                                Severity.WARNING,
                                "label_misspelt",
                                "%,d rows have a label that looks like a frequent one misspelt.",
                                "Write one label one way.");
        for (Map.Entry<String, Long> rare : labels.entrySet()) {
            Optional<String> meant =
                    labels.entrySet().stream()
                            .filter(often -> often.getValue() >= 10 * rare.getValue())
                            .map(Map.Entry::getKey)
                            .filter(often -> isMisspelt(rare.getKey(), often))
                            .findFirst();
            meant.ifPresent(often -> {
                for (int row : rows.getOrDefault(rare.getKey(), List.of())) {
                    tally.add("label_misspelt", index.origin(row), rare.getKey() + " for " + often);
                }
            });
        }
        findings.addAll(tally.findings());
    }

    private static boolean isMisspelt(String rare, String often) {
        String a = plain(rare);
        String b = plain(often);
        return a.equals(b) || (Likeness.isTypo(a, b) && !endsWithNumber(a));
    }

    private static boolean endsWithNumber(String text) {
        return !text.isEmpty() && Character.isDigit(text.charAt(text.length() - 1));
    }

    private static String plain(String label) {
        return label.toLowerCase(Locale.ROOT).replaceAll("[\\s_.-]+", "");
    }
}
