package dev.attune.data;

import java.nio.file.Path;
import java.util.List;

/// Finds the files that a source stands for.
@FunctionalInterface
public interface RowPlaces {
    /// The files, in a fixed order; at least one.
    ///
    /// @throws dev.attune.base.AttuneException if there is none
    List<Path> files(RowSource source);

    /// Files and folders of this machine; the hub is not asked.
    static RowPlaces local() {
        return LocalRows::files;
    }
}
