package dev.attune.data;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// Which files of a data set of the hub are read.
///
/// @param config which of the card's configs they are of; empty where there is no card that says
/// @param split the part that they are
/// @param others the parts that are not read, as a person reads them, where none was asked for
record HubFiles(
        Optional<String> config, String split, List<String> paths, Optional<String> others) {
    private static final int MOST_COMPARED = 500;

    /// Copies the list.
    HubFiles {
        paths = List.copyOf(paths);
    }

    /// Whether there are any files that a reference means.
    static boolean hold(List<String> all, HubDataReference reference) {
        return all.stream().anyMatch(file -> isMeant(file, reference));
    }

    /// Chooses among all files of a data set.
    ///
    /// @param card what the data set says about its parts; it counts where no path is named
    /// @throws AttuneException of kind USER if none is left, or it cannot be told which
    static HubFiles of(HubDataReference asked, List<String> all, Optional<DataCard> card) {
        List<String> files = all.stream().filter(file -> isMeant(file, asked)).toList();
        if (files.isEmpty()) {
            throw none(asked, all);
        }
        if (card.isEmpty() || !asked.path().isEmpty()) {
            if (asked.config().isPresent()) {
                throw noConfigs(asked);
            }
            HubFiles chosen = of(asked, Optional.empty(), SplitNames.of(files));
            requireOneFolder(asked, chosen.paths());
            return chosen;
        }
        HubDataReference reference = resolved(asked, card.get());
        DataCard.Config config = card.get().config(reference.config(), asked);
        Map<String, List<String>> parts = new LinkedHashMap<>(config.parts(files));
        parts.values().removeIf(List::isEmpty);
        if (parts.isEmpty()) {
            throw AttuneException.user(
                            "The card's config %s names no file that is there."
                                    .formatted(Quoted.of(config.name())))
                    .at(asked)
                    .fix("Name a file or folder: hf:%s/PATH.".formatted(asked.repository().id()));
        }
        return of(reference, Optional.of(config.name()), parts);
    }

    /// A single name is that of a split, or else of a config.
    private static HubDataReference resolved(HubDataReference asked, DataCard card) {
        Optional<String> name = asked.split();
        return asked.config().isEmpty()
                        && name.isPresent()
                        && card.named(name.get()).isPresent()
                        && !SplitNames.isWord(name.get())
                ? asked.withConfig(name.get())
                : asked;
    }

    private static HubFiles of(
            HubDataReference reference, Optional<String> config, Map<String, List<String>> all) {
        Map<String, List<String>> parts = new LinkedHashMap<>(all);
        String split =
                reference
                        .split()
                        .map(name -> SplitNames.of(name, parts.keySet()))
                        .orElseGet(() -> usual(reference, parts));
        List<String> chosen = SplitChoice.named(parts, split, reference);
        parts.remove(split);
        boolean isTold = parts.isEmpty() || reference.split().isPresent();
        return new HubFiles(
                config,
                split,
                chosen,
                isTold ? Optional.empty() : Optional.of(SplitChoice.told(parts)));
    }

    private static AttuneException noConfigs(HubDataReference reference) {
        return AttuneException.user(
                        "The config %s is asked of a data set whose card names none."
                                .formatted(Quoted.of(reference.config().orElse(""))))
                .at(reference)
                .fix(
                        "Name a folder instead, as hf:%s/FOLDER; or leave the config out."
                                .formatted(reference.repository().id()));
    }

    private static boolean isMeant(String file, HubDataReference reference) {
        return reference.covers(file)
                && DataFiles.isNamedAsData(file.substring(file.lastIndexOf('/') + 1));
    }

    private static String usual(HubDataReference reference, Map<String, List<String>> parts) {
        if (parts.containsKey(SplitNames.TRAIN)) {
            return SplitNames.TRAIN;
        }
        String first = parts.keySet().iterator().next();
        if (parts.size() == 1) {
            return first;
        }
        throw AttuneException.user(
                        "The data set has several splits, none of which is train: %s."
                                .formatted(SplitChoice.told(parts)))
                .at(reference)
                .fix("Name one: %s:%s.".formatted(reference, first));
    }

    /// Files of one split in several folders are most often several data sets in one: subsets,
    /// languages, versions.
    private static void requireOneFolder(HubDataReference reference, List<String> files) {
        TreeSet<String> folders = new TreeSet<>();
        files.forEach(file -> folders.add(folder(file)));
        if (folders.size() > 1) {
            throw AttuneException.user(
                            "The data set has rows in %d folders: %s."
                                    .formatted(folders.size(), Quoted.keys(folders)))
                    .at(reference)
                    .fix(
                            "Name one, as hf:%s/%s; each is a source of its own."
                                    .formatted(reference.repository().id(), folders.last()));
        }
    }

    private static String folder(String file) {
        return file.indexOf('/') < 0 ? "." : file.substring(0, file.lastIndexOf('/'));
    }

    private static AttuneException none(HubDataReference reference, List<String> all) {
        String what =
                reference.path().isEmpty()
                        ? "The data set has no file of rows among its %d files."
                                .formatted(all.size())
                        : "The data set has no rows at %s.".formatted(Quoted.of(reference.path()));
        return AttuneException.user(what)
                .at(reference)
                .fix(
                        Nearest.to(reference.path(), all.stream().limit(MOST_COMPARED).toList())
                                .map(near -> "Did you mean " + Quoted.plain(near) + "?")
                                .orElse(
                                        "Files of rows end with .parquet, .jsonl, .json, .csv, .tsv"
                                                + " or .arrow; others cannot be read."));
    }
}
