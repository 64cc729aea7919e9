package dev.attune.data;

import dev.attune.base.AttuneException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/// The data files that paths stand for: a file for itself, a folder for the data files below it, in
/// the order of their names.
public final class DataFiles {
    private static final Set<String> ENDINGS =
            Set.of(".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet", ".arrow", ".feather");

    /// What Hugging Face's tools write beside the rows.
    private static final Set<String> ABOUT =
            Set.of("dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json");

    private DataFiles() {}

    /// The files of `paths`, in their order.
    ///
    /// @throws AttuneException of kind USER if a folder holds no data file
    public static List<Path> of(List<Path> paths) {
        List<Path> files = new ArrayList<>();
        for (Path path : paths) {
            if (Files.isDirectory(path)) {
                files.addAll(in(path));
            } else {
                files.add(path);
            }
        }
        return files;
    }

    private static List<Path> in(Path folder) {
        List<Path> files;
        try (Stream<Path> tree = Files.walk(folder)) {
            files =
                    tree.filter(file -> isVisible(folder.relativize(file)))
                            .filter(DataFiles::isNamedAsData)
                            .filter(Files::isRegularFile)
                            .sorted()
                            .toList();
        } catch (IOException e) {
            throw AttuneException.environment(
                            "The folder cannot be read: " + IoFault.reason(e) + ".")
                    .at(folder)
                    .fix("Check its rights.")
                    .causedBy(e);
        }
        if (files.isEmpty()) {
            throw AttuneException.user("The folder holds no data file.")
                    .at(folder)
                    .fix(
                            "Data files end with .jsonl, .json, .csv, .tsv, .parquet, .arrow or"
                                    + " .feather; those of text may be packed as .gz or .zst.");
        }
        return files;
    }

    private static boolean isVisible(Path relative) {
        for (Path part : relative) {
            if (part.toString().startsWith(".")) {
                return false;
            }
        }
        return true;
    }

    private static boolean isNamedAsData(Path file) {
        return isNamedAsData(String.valueOf(file.getFileName()));
    }

    /// Whether a file of this name is taken for rows.
    static boolean isNamedAsData(String name) {
        String plain = name.toLowerCase(Locale.ROOT).replaceAll("\\.(gz|zst)$", "");
        return ENDINGS.stream().anyMatch(plain::endsWith) && !ABOUT.contains(plain);
    }
}
