package dev.attune.cli;

import dev.attune.base.AttuneException;
import dev.attune.data.ColumnMapping;
import dev.attune.data.DataFiles;
import dev.attune.data.RowSource;
import dev.attune.hub.HubReference;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The data that a command of `attune data` works on.
final class DataSource {
    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description =
                    "JSON, JSON lines, CSV, TSV, Parquet or Arrow, packed by gzip or zstd or not; a"
                            + " folder of such files; or a data set of the hub,"
                            + " hf:owner/name[/path][@revision][:[config:]split].")
    private List<String> paths = List.of();

    @Option(
            names = "--column",
            paramLabel = "NEW=OLD",
            description = "Take the column OLD as NEW, such as prompt=question; repeatable.")
    private List<String> columns = List.of();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    /// The files, those of folders in the order of their names; those of the hub are fetched.
    List<Path> files() {
        return files(paths, spec);
    }

    /// The files that arguments stand for.
    static List<Path> files(List<String> arguments, CommandSpec spec) {
        List<Path> files = new ArrayList<>();
        for (String argument : arguments) {
            files.addAll(
                    HubReference.is(argument)
                            ? HubSources.of(spec).files(RowSource.of(argument))
                            : DataFiles.of(List.of(path(argument))));
        }
        return files;
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw AttuneException.user(text + " is no path: " + e.getReason() + ".")
                    .fix("Give a file, a folder, or hf:owner/name.")
                    .causedBy(e);
        }
    }

    /// How columns are renamed.
    ColumnMapping mapping() {
        return ColumnMapping.parse(columns);
    }
}
