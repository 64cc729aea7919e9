package dev.attune.data;

import dev.attune.data.Finding.Severity;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Whether answers keep the form that most of them have: JSON with the same keys, the same kind of
/// last line.
final class FormatCheck implements RowCheck {
    private static final double MOST = 0.8;
    private static final int MAX_KINDS = 100_000;
    private static final int MAX_FORMS = 12;

    private final int maxRows;
    private final LongList forms = new LongList();
    private final LongList closings = new LongList();
    private final LongList rows = new LongList();
    private final Map<Long, String> names = new HashMap<>();

    FormatCheck(int maxRows) {
        this.maxRows = maxRows;
    }

    @Override
    public void see(CheckedRow checked) {
        RowText text = checked.text();
        int row = checked.row();
        if (!text.hasAnswer()) {
            return;
        }
        rows.add(row);
        forms.add(named(form(text.answer())));
        closings.add(named(closing(text.answer())));
    }

    @Override
    public List<Finding> findings(RowIndex index) {
        List<Finding> findings = new ArrayList<>();
        told(
                index,
                forms,
                findings,
                "answer_format",
                "%,d answers are not of the form of most others (%s, %.0f %% of all).");
        told(
                index,
                closings,
                findings,
                "closing",
                "%,d answers do not close as most others do (%s, %.0f %% of all).");
        return findings;
    }

    /// How many answers are of each form, the most frequent first: JSON with which keys, a list,
    /// text with some last line, or plain text.
    Map<String, Long> forms() {
        Map<Long, Long> counts = new HashMap<>();
        for (int i = 0; i < forms.size() && counts.size() < MAX_KINDS; i++) {
            long form = forms.at(i) != 0 ? forms.at(i) : closings.at(i);
            counts.merge(names.containsKey(form) ? form : 0L, 1L, Long::sum);
        }
        Map<String, Long> told = new LinkedHashMap<>();
        counts.entrySet().stream()
                .sorted(
                        Map.Entry.<Long, Long>comparingByValue()
                                .reversed()
                                .thenComparing(Map.Entry.comparingByKey()))
                .limit(MAX_FORMS)
                .forEach(e -> told.put(names.getOrDefault(e.getKey(), "plain text"), e.getValue()));
        return told;
    }

    private void told(
            RowIndex index, LongList kinds, List<Finding> findings, String code, String message) {
        Map<Long, Integer> counts = new HashMap<>();
        for (int i = 0; i < kinds.size() && counts.size() < MAX_KINDS; i++) {
            counts.merge(kinds.at(i), 1, Integer::sum);
        }
        Map.Entry<Long, Integer> most =
                counts.entrySet().stream().max(Map.Entry.comparingByValue()).orElse(null);
        if (most == null || kinds.size() < 10 || most.getKey() == 0) {
            return;
        }
        double share = (double) most.getValue() / kinds.size();
        if (share < MOST || share == 1.0) {
            return;
        }
        List<Finding.Row> others = new ArrayList<>();
        for (int i = 0; i < kinds.size() && others.size() < maxRows; i++) {
            if (kinds.at(i) != most.getKey()) {
                others.add(
                        new Finding.Row(
                                index.origin((int) rows.at(i)),
                                names.getOrDefault(kinds.at(i), "another form")));
            }
        }
        long count = kinds.size() - (long) most.getValue();
        findings.add(
                new Finding.InRows(
                        Severity.WARNING,
                        code,
                        String.format(
                                Locale.ROOT,
                                message,
                                count,
                                names.getOrDefault(most.getKey(), "?"),
                                100 * share),
                        "Mend these rows: a model learns the form from every one of them.",
                        count,
                        others));
    }

    /// A number for a name; 0 for the name of what has no form.
    private long named(String name) {
        if (name.isEmpty()) {
            return 0;
        }
        long key = Hash64.of(name);
        if (names.size() < 1000) {
            names.putIfAbsent(key, name);
        }
        return key;
    }

    /// JSON with which keys, a list, or nothing in particular.
    private static String form(String answer) {
        String text = answer.strip();
        boolean json = text.startsWith("{") || text.startsWith("[");
        return json ? json(text) : "";
    }

    private static String json(String text) {
        try {
            JsonNode value = RowJson.parse(text);
            return value.isObject()
                    ? "JSON with " + Quoted.keys(value.propertyNames().stream().sorted().toList())
                    : "a JSON list";
        } catch (RowJson.BadJson e) {
            return "broken JSON";
        }
    }

    /// What the last line of several is: JSON with which keys, or a short phrase.
    private static String closing(String answer) {
        String text = answer.strip();
        int line = text.lastIndexOf('\n');
        if (line < 0) {
            return "";
        }
        String last = text.substring(line + 1).strip();
        if (last.startsWith("{") && last.endsWith("}")) {
            return "a line of " + json(last);
        }
        return last.length() <= 60 ? "\"" + Quoted.plain(last) + "\"" : "";
    }
}
