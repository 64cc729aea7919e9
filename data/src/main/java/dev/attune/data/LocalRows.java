package dev.attune.data;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
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
        Path card = path.resolve(DataCard.FILE);
        Optional<DataCard> says =
                Files.isRegularFile(card)
                        ? DataCard.of(text(card), source.path())
                        : Optional.empty();
        List<String> chosen =
                says.isPresent()
                        ? ofCard(says.get(), named.keySet(), source)
                        : chosen(named.keySet(), source.split(), source.path());
        return chosen.stream().map(name -> file(named, name)).toList();
    }

    /// The files of a card's config and split: `train`, `config:train`, or `config` alone.
    private static List<String> ofCard(DataCard card, Collection<String> names, RowSource source) {
        String part = source.split().orElse("");
        int colon = part.indexOf(':');
        boolean single = colon < 0 && card.named(part).isPresent() && !SplitNames.isWord(part);
        Optional<String> config =
                single
                        ? Optional.of(part)
                        : colon < 0 ? Optional.empty() : Optional.of(part.substring(0, colon));
        Optional<String> split =
                single || part.isEmpty()
                        ? Optional.empty()
                        : Optional.of(part.substring(colon + 1));
        Map<String, List<String>> parts =
                new LinkedHashMap<>(card.config(config, source.path()).parts(names));
        parts.values().removeIf(List::isEmpty);
        if (parts.isEmpty()) {
            throw AttuneException.user("The folder's card names no file that is there.")
                    .at(Path.of(source.path()).resolve(DataCard.FILE))
                    .fix("Mend its configs, or name the file itself.");
        }
        String prefix = config.map(name -> name + ":").orElse("");
        return chosen(parts, split, source.path(), prefix);
    }

    /// The text of a card.
    static String text(Path card) {
        try {
            return Files.readString(card);
        } catch (IOException e) {
            throw AttuneException.user("The data set's card cannot be read as UTF-8.")
                    .at(card)
                    .fix("Save it as UTF-8, or take it out of the folder.")
                    .causedBy(e);
        }
    }

    private static Path file(Map<String, Path> named, String name) {
        return Optional.ofNullable(named.get(name)).orElseThrow();
    }

    /// The files of the part that is wanted; where none is named, of the only one.
    ///
    /// @throws AttuneException of kind USER if there is no such part, or several and none is named
    private static List<String> chosen(
            Collection<String> names, Optional<String> split, String where) {
        return chosen(SplitNames.of(names), split, where, "");
    }

    private static List<String> chosen(
            Map<String, List<String>> parts, Optional<String> split, String where, String prefix) {
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
                                            .formatted(prefix + parts.keySet().iterator().next())
                                    + " or list the files.");
        }
        return parts.values().stream().flatMap(List::stream).toList();
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
