package dev.attune.data;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The files that a source on this machine stands for: one file, or those of a folder, of which one
/// part only is taken where their names tell several apart.
final class LocalRows {
    private LocalRows() {}

    static List<Path> files(RowSource source) {
        Path path = path(source.path());
        if (!Files.exists(path)) {
            throw missing(source.path());
        }
        List<Path> files = DataFiles.of(List.of(path));
        if (!Files.isDirectory(path)) {
            if (source.split().isPresent()) {
                throw AttuneException.user(
                                "The split %s is asked of a file; it is a part of a folder or of a"
                                                .formatted(Quoted.of(source.split().get()))
                                        + " data set of the hub.")
                        .at(path)
                        .fix("Leave split out, or name the folder.");
            }
            return files;
        }
        Map<String, Path> named = new TreeMap<>();
        files.forEach(file -> named.put(path.relativize(file).toString().replace('\\', '/'), file));
        return chosen(named.keySet(), source.split(), source.path()).stream()
                .map(name -> file(named, name))
                .toList();
    }

    private static Path file(Map<String, Path> named, String name) {
        return Optional.ofNullable(named.get(name)).orElseThrow();
    }

    /// The files of the part that is wanted; where none is named, of the only one.
    ///
    /// @throws AttuneException of kind USER if there is no such part, or several and none is named
    private static List<String> chosen(
            Collection<String> names, Optional<String> split, String where) {
        Map<String, List<String>> parts = SplitNames.of(names);
        if (split.isPresent()) {
            return SplitChoice.named(parts, split.get(), where);
        }
        if (parts.size() > 1) {
            throw AttuneException.user(
                            "The names of the folder's files tell several parts apart: %s."
                                    .formatted(SplitChoice.told(parts)))
                    .at(where)
                    .fix(
                            "Name one of them, split: %s, so that no row of another is learned;"
                                            .formatted(parts.keySet().iterator().next())
                                    + " or list the files.");
        }
        return List.copyOf(names);
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw AttuneException.user(Quoted.of(text) + " is no path: " + e.getReason() + ".")
                    .fix("Give a file, a folder, or hf:owner/name.")
                    .causedBy(e);
        }
    }

    private static AttuneException missing(String path) {
        String name = String.valueOf(Path.of(path).getFileName());
        Path folder = Optional.ofNullable(Path.of(path).getParent()).orElse(Path.of(""));
        List<String> there = SplitChoice.childrenOf(folder);
        return AttuneException.user("There is no such file.")
                .at(path)
                .fix(
                        Nearest.to(name, there)
                                .map(near -> "Did you mean " + folder.resolve(near) + "?")
                                .orElse(
                                        "Check the path of the data set; one of the hub is written"
                                                + " hf:owner/name."));
    }
}
