package dev.attune.hub;

import java.nio.file.Path;
import java.util.List;

/// A repository's files at one commit, in the cache.
///
/// @param path the folder they are in
/// @param commit the commit's hash
/// @param files the paths of the files within it, sorted
/// @param bytesDownloaded what came over the network to make it so
public record Snapshot(Path path, String commit, List<String> files, long bytesDownloaded) {
    /// Copies the list.
    public Snapshot {
        files = List.copyOf(files);
    }
}
