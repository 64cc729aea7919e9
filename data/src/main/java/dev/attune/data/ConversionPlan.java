package dev.attune.data;

import dev.attune.base.AttuneException;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a first pass finds out about a conversion: what would be lost, in which rows, and which
/// shapes would keep it.
///
/// Not thread-safe.
final class ConversionPlan {
    private static final int MOST_SHOWN = 20;

    private final TargetShape target;
    private final EndOfText end;
    private final Map<String, Noted> losses = new LinkedHashMap<>();
    private final Map<String, Noted> alterations = new LinkedHashMap<>();
    private final RowFaults faults = new RowFaults();
    private Optional<Set<TargetShape>> keeping = Optional.empty();
    private long rows;

    ConversionPlan(TargetShape target, EndOfText end) {
        this.target = target;
        this.end = end;
    }

    /// Sees a row and what would become of it.
    ///
    /// @param more what is lost beside: because of the file's format, say
    void see(Example example, ShapeWriter.Written row, List<ShapeChanges.Loss> more) {
        rows++;
        boolean isNew = row.losses().stream().anyMatch(loss -> !losses.containsKey(loss.what()));
        // What a row loses several times is one row.
        Set<String> seen = new HashSet<>();
        Stream.concat(row.losses().stream(), more.stream())
                .filter(loss -> seen.add(loss.what()))
                .forEach(loss -> note(losses, example, loss));
        if (isNew) {
            // Of the first row of each kind of loss only: all shapes are tried.
            Set<TargetShape> kept = new LinkedHashSet<>(ShapeWriter.keeping(example, end));
            keeping.ifPresent(kept::retainAll);
            keeping = Optional.of(kept);
        }
        for (String what : row.alterations()) {
            note(alterations, example, new ShapeChanges.Loss(what, ""));
        }
    }

    void seeFault(AttuneException fault) {
        faults.add(fault);
    }

    private static void note(Map<String, Noted> noted, Example example, ShapeChanges.Loss loss) {
        noted.merge(
                loss.what(),
                new Noted(1, example.origin(), loss.value()),
                (known, _) -> known.more());
    }

    Map<String, Noted> losses() {
        return losses;
    }

    Map<String, Noted> alterations() {
        return alterations;
    }

    RowFaults faults() {
        return faults;
    }

    /// Throws all that would be lost.
    ///
    /// @throws AttuneException of kind USER
    void requireNoLoss() {
        if (losses.isEmpty()) {
            return;
        }
        throw AttuneException.user(
                        "Written as %s, the rows would lose:%s".formatted(target.told(), list()))
                .fix(
                        kept()
                                + "--drop-lossy leaves such rows out, and the ledger says why;"
                                + " --allow-loss writes them all the same.");
    }

    /// Requires that something is written.
    ///
    /// @throws AttuneException of kind USER if not a row is
    void requireRows(long left) {
        if (left > 0) {
            return;
        }
        if (rows == 0) {
            faults.throwIfAny("Not a row can be understood");
        } else {
            throw AttuneException.user(
                            "Not one of the %,d rows can be written as %s:%s"
                                    .formatted(rows, target.told(), list()))
                    .fix(kept() + "Choose the shape for what the rows hold.");
        }
    }

    private String kept() {
        String names = told(keeping.orElse(Set.of()));
        return names.isEmpty() ? "" : "The first such rows lose nothing as " + names + ". ";
    }

    private String list() {
        String list =
                losses.entrySet().stream()
                        .limit(MOST_SHOWN)
                        .map(loss -> "\n  - " + loss.getKey() + ": " + loss.getValue().told())
                        .collect(Collectors.joining());
        int more = losses.size() - MOST_SHOWN;
        return list + (more > 0 ? "\n  - and %,d other things".formatted(more) : "");
    }

    /// The names of shapes, with commas and an or.
    static String told(Set<TargetShape> shapes) {
        List<String> names = shapes.stream().map(TargetShape::told).toList();
        return names.size() < 2
                ? String.join("", names)
                : String.join(", ", names.subList(0, names.size() - 1)) + " or " + names.getLast();
    }
}
