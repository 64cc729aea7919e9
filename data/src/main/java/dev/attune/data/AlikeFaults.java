package dev.attune.data;

import dev.attune.base.AttuneException;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Faults of rows that say the same, but for numbers and details. Not thread-safe.
final class AlikeFaults {
    /// More of the very same sentence are told as one.
    private static final int MOST_SAME = 3;

    /// More that differ in details are told as one.
    private static final int MOST_ALIKE = 20;

    private static final Pattern NUMBER = Pattern.compile("\\d+");

    private final List<AttuneException> first = new ArrayList<>();
    private boolean same = true;
    private long count;

    /// What faults that are alike have in common: the sentence up to its details, without numbers.
    static String key(AttuneException fault) {
        String what = fault.what();
        int details = what.indexOf(": ");
        String head = details < 0 ? what : what.substring(0, details);
        return NUMBER.matcher(fault.kind() + head + fault.fix().orElse("")).replaceAll("#");
    }

    void add(AttuneException fault) {
        count++;
        same = same && (first.isEmpty() || first.getFirst().what().equals(fault.what()));
        if (first.size() < MOST_ALIKE) {
            first.add(fault);
        }
    }

    /// Each of them where they are few; else the first, with the first places and how many more.
    List<AttuneException> told() {
        return count > (same ? MOST_SAME : MOST_ALIKE) ? List.of(asOne()) : List.copyOf(first);
    }

    private AttuneException asOne() {
        AttuneException shown = first.getFirst();
        String places =
                first.stream()
                        .limit(MOST_SAME)
                        .flatMap(fault -> fault.where().stream())
                        .collect(Collectors.joining(", "));
        AttuneException one =
                of(shown)
                        .at(
                                "%s and %,d more rows%s"
                                        .formatted(
                                                places,
                                                count - MOST_SAME,
                                                same ? "" : " where it is alike"));
        return shown.fix().map(one::fix).orElse(one).causedBy(shown);
    }

    private static AttuneException of(AttuneException shown) {
        return switch (shown.kind()) {
            case USER -> AttuneException.user(shown.what());
            case RESOURCES -> AttuneException.resources(shown.what());
            case ENVIRONMENT -> AttuneException.environment(shown.what());
            case INTERNAL -> AttuneException.internal(shown.what());
        };
    }
}
