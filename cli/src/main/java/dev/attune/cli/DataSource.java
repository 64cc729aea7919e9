package dev.attune.cli;

import dev.attune.data.ColumnMapping;
import dev.attune.data.DataFiles;

import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.util.List;

/// The data that a command of `attune data` works on.
final class DataSource {
    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description =
                    "JSON, JSON lines, CSV, TSV or Parquet, packed by gzip or zstd or not; or a"
                            + " folder of such files.")
    private List<Path> paths = List.of();

    @Option(
            names = "--column",
            paramLabel = "NEW=OLD",
            description = "Take the column OLD as NEW, such as prompt=question; repeatable.")
    private List<String> columns = List.of();

    /// The files, those of folders in the order of their names.
    List<Path> files() {
        return DataFiles.of(paths);
    }

    /// How columns are renamed.
    ColumnMapping mapping() {
        return ColumnMapping.parse(columns);
    }
}
