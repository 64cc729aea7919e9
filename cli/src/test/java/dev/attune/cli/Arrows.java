package dev.attune.cli;

import static java.util.stream.Collectors.toMap;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Who may import whom: the table of ARCHITECTURE.md, with the modules that are still to come.
final class Arrows {
    private static final String TABLE =
            """
            base      :
            testkit   : base
            format    : base
            tensor    : base
            hub       : base
            text      : base format
            model     : base format tensor
            data      : base format text hub
            generate  : base tensor model
            export    : base format text tensor model
            train     : base format text tensor model data generate
            eval      : base format text data generate
            advise    : base format data
            serve     : base format text model data generate export eval advise
            hosted    : base format text tensor model data generate export train eval advise
            cluster   : base format text tensor model data generate export train eval advise
            cli       : base format hub text tensor model data generate export train eval advise serve hosted cluster starter
            starter   : base format hub text tensor model data generate export train eval advise
            bench     : base format hub text tensor model data generate export train eval advise cluster testkit
            """;

    /// The modules each module may import, itself left out.
    static final Map<String, Set<String>> ALLOWED =
            TABLE.lines()
                    .map(line -> line.split(":", -1))
                    .collect(
                            toMap(
                                    row -> row[0].strip(),
                                    row -> words(row[1]),
                                    (a, b) -> a,
                                    TreeMap::new));

    private Arrows() {}

    /// The modules that `module` must not import.
    static Set<String> forbidden(String module) {
        var forbidden = new TreeSet<>(ALLOWED.keySet());
        forbidden.removeAll(ALLOWED.getOrDefault(module, Set.of()));
        forbidden.remove(module);
        return forbidden;
    }

    private static Set<String> words(String text) {
        var words = new TreeSet<>(Set.of(text.strip().split(" +")));
        words.remove("");
        return words;
    }
}
