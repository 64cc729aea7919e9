package dev.attune.hub;

import java.util.List;

/// What a repository holds at a commit.
///
/// @param commit the commit's hash
/// @param paths of its files, sorted
public record RepositoryFiles(String commit, List<String> paths) {
    /// Copies the list.
    public RepositoryFiles {
        paths = List.copyOf(paths);
    }
}
