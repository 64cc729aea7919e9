package dev.attune.data;

import dev.attune.base.AttuneException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/// Where results go, beside the data that they are made from and never over it.
final class OutputPaths {
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
