package dev.attune.data;

import dev.attune.data.Finding.Severity;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Whether answers are in one language, and in the language of their question.
final class LanguageCheck implements RowCheck {
    private static final double MOST = 0.9;

    private final int maxRows;
    private final RowTally mixed;
    private final Map<Language, Long> counts = new EnumMap<>(Language.class);
    private final Map<Language, List<Integer>> rows = new EnumMap<>(Language.class);

    LanguageCheck(int maxRows) {
        this.maxRows = maxRows;
        mixed =
                new RowTally(maxRows)
                        .kind(
                                Severity.WARNING,
                                "answered_in_another_language",
                                "%,d rows are answered in another language than they ask in.",
                                "Unless they ask for a translation, answer in the same language.");
    }

    @Override
    public void see(CheckedRow checked) {
        RowText text = checked.text();
        int row = checked.row();
        Optional<Language> answer = Language.of(text.answer(), checked.answer());
        if (answer.isEmpty()) {
            return;
        }
        counts.merge(answer.get(), 1L, Long::sum);
        List<Integer> places = rows.computeIfAbsent(answer.get(), _ -> new ArrayList<>());
        if (places.size() < maxRows) {
            places.add(row);
        }
        Optional<Language> asked = Language.of(text.prompt(), checked.prompt());
        if (asked.isPresent() && asked.get() != answer.get()) {
            mixed.add(
                    "answered_in_another_language",
                    text.origin(),
                    asked.get().told() + " to " + answer.get().told());
        }
    }

    @Override
    public List<Finding> findings(RowIndex index) {
        List<Finding> findings = new ArrayList<>(mixed.findings());
        long all = counts.values().stream().mapToLong(Long::longValue).sum();
        Optional<Map.Entry<Language, Long>> most =
                counts.entrySet().stream().max(Map.Entry.comparingByValue());
        if (most.isEmpty() || counts.size() < 2) {
            return findings;
        }
        String list =
                counts.entrySet().stream()
                        .sorted(Map.Entry.<Language, Long>comparingByValue().reversed())
                        .map(e ->
                                String.format(
                                        Locale.ROOT, "%s %,d", e.getKey().told(), e.getValue()))
                        .collect(Collectors.joining(", "));
        if (most.get().getValue() < MOST * all) {
            findings.add(
                    new Finding.InSet(
                            Severity.NOTE,
                            "languages",
                            "Answers are in several languages: " + list + ".",
                            "If all are meant, judge each by itself."));
            return findings;
        }
        List<Finding.Row> others = new ArrayList<>();
        rows.forEach((language, places) -> {
            if (language != most.get().getKey()) {
                places.stream()
                        .limit(Math.max(0, maxRows - others.size()))
                        .forEach(row ->
                                others.add(new Finding.Row(index.origin(row), language.told())));
            }
        });
        long count = all - most.get().getValue();
        findings.add(
                new Finding.InRows(
                        Severity.WARNING,
                        "stray_language",
                        String.format(
                                Locale.ROOT,
                                "%,d answers are in another language than nearly all: %s.",
                                count,
                                list),
                        "Translate or drop them, or add more, so that they are learned.",
                        count,
                        others));
        return findings;
    }
}
