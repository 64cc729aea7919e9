package dev.attune.data;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Chooses among the parts of a data set.
final class SplitChoice {
    private static final int MOST_SHOWN = 50;

    private SplitChoice() {}

    /// The files of the part that a person calls `name`.
    ///
    /// @throws AttuneException of kind USER if there is none, telling those there are
    static List<String> named(Map<String, List<String>> parts, String name, Object where) {
        List<String> files = parts.get(SplitNames.of(name, parts.keySet()));
        if (files != null) {
            return files;
        }
        throw AttuneException.user(
                        "There is no split %s; there is %s."
                                .formatted(Quoted.of(name), told(parts)))
                .at(where)
                .fix(
                        Nearest.to(name, parts.keySet())
                                .map(near -> "Did you mean " + near + "?")
                                .orElse("Give a split that is there."));
    }

    /// The parts as a person reads them: `train (3 files), test (1 file)`.
    static String told(Map<String, List<String>> parts) {
        return parts.entrySet().stream()
                .limit(MOST_SHOWN)
                .map(part ->
                        "%s (%d %s)"
                                .formatted(
                                        Quoted.plain(part.getKey()),
                                        part.getValue().size(),
                                        part.getValue().size() == 1 ? "file" : "files"))
                .collect(Collectors.joining(", "));
    }

    /// Some names of what lies in a folder, to guess what was meant.
    static List<String> childrenOf(Path folder) {
        Path there = folder.toString().isEmpty() ? Path.of(".") : folder;
        try (Stream<Path> children = Files.list(there)) {
            return children.limit(MOST_SHOWN)
                    .map(child -> String.valueOf(child.getFileName()))
                    .toList();
        } catch (IOException _) {
            return List.of();
        }
    }
}
