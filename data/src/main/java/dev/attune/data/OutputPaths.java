package dev.attune.data;

import dev.attune.base.AttuneException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Where results go, beside the data that they are made from and never over it.
final class OutputPaths {
    private static final long MEGABYTE = 1_000_000;
    private static final Pattern LINES = Pattern.compile("(?i).*\\.(?:jsonl|ndjson)");

    private OutputPaths() {}

    /// The ledger of a file that is written.
    static Path ledger(Path out) {
        return out.resolveSibling(out.getFileName() + ".ledger.jsonl");
    }

    /// Refuses to write over what is read.
    static void requireApart(List<Path> files, Path out) {
        for (Path file : files) {
            boolean same;
            try {
                same = Files.exists(out) && Files.exists(file) && Files.isSameFile(file, out);
            } catch (IOException e) {
                throw IoFault.writing(out, e);
            }
            if (same) {
                throw AttuneException.user(
                                "The result would be written over the data it is made from.")
                        .at(out)
                        .fix("Name another file with -o: data that was read is never changed.");
            }
        }
    }

    /// Refuses to begin what cannot end: rows that are written again take about as many bytes as
    /// they have. Half of them is asked for, since white space and escapes may go; nothing where
    /// files or the result are packed. A disk that says nothing of its room is believed.
    static void requireRoom(List<Path> files, Path out) {
        String name = String.valueOf(out.getFileName());
        if (name.endsWith(".gz") || name.endsWith(".zst")) {
            return;
        }
        long bytes =
                files.stream()
                        .filter(file -> LINES.matcher(file.toString()).matches())
                        .mapToLong(file -> file.toFile().length())
                        .sum();
        Path folder = out.toAbsolutePath();
        while (folder.getParent() != null && !Files.isDirectory(folder)) {
            folder = folder.getParent();
        }
        long free = folder.toFile().getUsableSpace();
        if (free > 0 && free < bytes / 2) {
            throw AttuneException.resources(
                            "The result may take %,d MB, as the data does, but the disk has %,d MB free."
                                    .formatted(bytes / MEGABYTE, free / MEGABYTE))
                    .at(out)
                    .fix("Free some space, write to another disk, or let the name end with .zst.");
        }
    }

    /// Refuses data without a row.
    static void requireRows(List<Path> files, long rows) {
        if (rows == 0) {
            throw AttuneException.user("The data has no rows.")
                    .at(files.getFirst())
                    .fix("Check that the export that wrote it has ended well.");
        }
    }

    /// The names of files, shortened.
    static String names(List<Path> files) {
        return files.stream()
                .map(file -> String.valueOf(file.getFileName()))
                .limit(5)
                .collect(Collectors.joining(", "));
    }
}
