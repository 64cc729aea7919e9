package dev.attune.data;

import dev.attune.data.Finding.Severity;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Answers, and beginnings of answers, that stand in many rows: a model learns them by heart. Also
/// how many answers refuse.
final class BoilerplateCheck implements RowCheck {
    private static final int OPENING_WORDS = 6;
    private static final int MAX_OPENINGS = 200_000;
    private static final List<String> REFUSALS =
            List.of(
                    "sorry",
                    "i cant",
                    "i cannot",
                    "im not able",
                    "i am not able",
                    "im unable",
                    "i am unable",
                    "i dont know",
                    "i do not know",
                    "as an ai",
                    "i wont",
                    "leider",
                    "unfortunately");

    private final Map<String, Long> openings = new HashMap<>();
    private long rows;
    private long seen;
    private long refusals;

    @Override
    public void see(CheckedRow checked) {
        rows++;
        List<String> words = checked.answer().all();
        if (words.size() <= OPENING_WORDS) {
            return;
        }
        seen++;
        String opening = String.join(" ", words.subList(0, OPENING_WORDS));
        if (openings.size() < MAX_OPENINGS) {
            openings.merge(opening, 1L, Long::sum);
        } else {
            openings.computeIfPresent(opening, (_, n) -> n + 1);
        }
        String start = String.join(" ", words.subList(0, Math.min(words.size(), 25)));
        refusals += REFUSALS.stream().anyMatch(start::contains) ? 1 : 0;
    }

    @Override
    public List<Finding> findings(RowIndex index) {
        List<Finding> findings = new ArrayList<>();
        // Of labels and other short answers nothing of the kind can be said.
        if (seen < 20 || seen * 2 < rows) {
            return findings;
        }
        Map<Long, List<String>> often = new TreeMap<>(java.util.Comparator.reverseOrder());
        openings.forEach((opening, count) -> {
            if (count * 10 >= seen && count >= 5) {
                often.computeIfAbsent(count, _ -> new ArrayList<>()).add(opening);
            }
        });
        if (!often.isEmpty()) {
            var first = often.entrySet().iterator().next();
            findings.add(
                    new Finding.InSet(
                            Severity.NOTE,
                            "boilerplate",
                            String.format(
                                    Locale.ROOT,
                                    "%,d of %,d longer answers begin with the same words: \"%s\".",
                                    first.getKey(),
                                    seen,
                                    first.getValue().stream().sorted().findFirst().orElse("")),
                            "If that is not wanted in every answer, vary or cut it."));
        }
        if (refusals == 0 && seen >= 50) {
            findings.add(
                    new Finding.InSet(
                            Severity.NOTE,
                            "no_refusals",
                            "No answer refuses, doubts or says that it does not know.",
                            "Add rows that ask what should not or cannot be answered, with the"
                                    + " answer you want."));
        }
        return findings;
    }

    /// How many of the longer answers refuse or doubt.
    long refusals() {
        return refusals;
    }
}
