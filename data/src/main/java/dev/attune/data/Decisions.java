package dev.attune.data;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;
import dev.attune.base.Problems;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// What a person decided about single rows: JSON lines, or any other file of rows.
///
/// ```
/// {"at": "train.jsonl:7", "do": "drop", "why": "an internal note"}
/// {"at": "train.jsonl:9", "do": "keep"}
/// ```
///
/// @param rows by the place of the row, `file:line`, the file as it was named or its name alone
public record Decisions(Map<String, Decision> rows) {
    /// Nothing is decided.
    public static final Decisions NONE = new Decisions(Map.of());

    private static final List<String> KEYS = List.of("at", "do", "why");

    /// Copies the map.
    public Decisions {
        rows = Map.copyOf(rows);
    }

    /// What becomes of a row.
    public enum Verb {
        /// It is left out.
        DROP,
        /// It stays, and its answer is the right one: rows that ask the same and answer otherwise
        /// are left out.
        KEEP
    }

    /// A decision.
    ///
    /// @param why what the ledger is to say; empty if nothing was written
    /// @param from where it was written
    public record Decision(Verb verb, String why, Origin from) {}

    /// Reads a file.
    ///
    /// @throws AttuneException of kind USER with every decision that cannot be understood
    public static Decisions read(Path file) {
        Map<String, Decision> rows = new TreeMap<>();
        Problems problems = new Problems("Cannot read the decisions of " + file.getFileName());
        try (RowReader reader = RowReader.open(file)) {
            for (var row = reader.next(); row.isPresent(); row = reader.next()) {
                switch (row.get()) {
                    case ReadRow.Faulty(Origin _, AttuneException fault) -> problems.add(fault);
                    case ReadRow.Columns(Origin origin, ObjectNode columns) ->
                            fault(columns, origin, rows)
                                    .ifPresent(fault -> problems.add(fault.at(origin)));
                }
            }
        }
        problems.throwIfAny();
        return new Decisions(rows);
    }

    /// What is decided about the row at `origin`.
    Optional<Decision> of(Origin origin) {
        return key(origin).map(key -> Optional.ofNullable(rows.get(key)).orElseThrow());
    }

    /// Under which name something is decided about the row at `origin`: its place, or that with the
    /// file's name alone.
    Optional<String> key(Origin origin) {
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        String named = origin.file().getFileName() + ":" + origin.line();
        return Stream.of(origin.toString(), named).filter(rows::containsKey).findFirst();
    }

    private static Optional<AttuneException> fault(
            ObjectNode row, Origin from, Map<String, Decision> into) {
        for (String key : row.propertyNames()) {
            if (!KEYS.contains(key)) {
                String nearest =
                        Nearest.to(key, KEYS).map(" Did you mean `%s`?"::formatted).orElse("");
                return fault(
                        "A decision has the unknown key `" + Quoted.plain(key) + "`.",
                        "Its keys are at, do and why." + nearest);
            }
        }
        JsonNode at = row.path("at");
        if (!at.isString() || !at.stringValue().matches(".+:\\d+")) {
            return fault(
                    "The decision names no row: `at` is " + RowFields.kind(at) + ".",
                    "Write {\"at\": \"train.jsonl:7\"}, as attune data check prints places.");
        }
        String verb = row.path("do").stringValue(row.has("do") ? "" : "drop");
        if (!verb.equals("drop") && !verb.equals("keep")) {
            return fault(
                    "`do` is neither drop nor keep.",
                    "Write drop to leave the row out, keep if its answer is the right one.");
        }
        Decision decision =
                new Decision(
                        verb.equals("keep") ? Verb.KEEP : Verb.DROP,
                        row.path("why").stringValue(""),
                        from);
        if (into.putIfAbsent(at.stringValue(), decision) != null) {
            return fault(
                    "About %s something was decided above."
                            .formatted(Quoted.plain(at.stringValue())),
                    "Leave one of the two decisions.");
        }
        return Optional.empty();
    }

    private static Optional<AttuneException> fault(String what, String fix) {
        return Optional.of(AttuneException.user(what).fix(fix));
    }
}
