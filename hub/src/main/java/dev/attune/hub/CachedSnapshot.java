package dev.attune.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// A snapshot that the cache holds, whoever downloaded it.
///
/// @param id the repository, `owner/name`; just `name` for the oldest of the hub
/// @param commit the commit's hash
/// @param revisions the branches and tags that stand for it in the cache
/// @param path its folder
/// @param bytes what its files take
public record CachedSnapshot(
        String id, String commit, List<String> revisions, Path path, long bytes) {
    /// Copies the list.
    public CachedSnapshot {
        revisions = List.copyOf(revisions);
    }

    /// Those of a cache, by name and commit; none if there is no such folder.
    static List<CachedSnapshot> in(Path cache, RepositoryKind kind) {
        String prefix = kind.plural() + "--";
        List<CachedSnapshot> found = new ArrayList<>();
        for (Path repository : children(cache)) {
            String name = repository.getFileName().toString();
            if (!name.startsWith(prefix)) {
                continue;
            }
            String id = name.substring(prefix.length()).replace("--", "/");
            for (Path snapshot : children(repository.resolve("snapshots"))) {
                String commit = snapshot.getFileName().toString();
                if (HubReference.isCommit(commit)) {
                    List<String> revisions = revisions(repository.resolve("refs"), commit);
                    found.add(new CachedSnapshot(id, commit, revisions, snapshot, bytes(snapshot)));
                }
            }
        }
        return found;
    }

    private static List<Path> children(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(Files::isDirectory).sorted().toList();
        } catch (IOException e) {
            throw HubCache.unreadable(folder, e);
        }
    }

    private static List<String> revisions(Path refs, String commit) {
        List<String> names = new ArrayList<>();
        for (Path ref : files(refs)) {
            try {
                if (Files.size(ref) < 1000 && Files.readString(ref).strip().equals(commit)) {
                    names.add(refs.relativize(ref).toString().replace('\\', '/'));
                }
            } catch (IOException e) {
                throw HubCache.unreadable(ref, e);
            }
        }
        return names;
    }

    private static long bytes(Path snapshot) {
        long bytes = 0;
        for (Path file : files(snapshot)) {
            try {
                bytes += Files.size(file);
            } catch (IOException e) {
                throw HubCache.unreadable(file, e);
            }
        }
        return bytes;
    }

    private static List<Path> files(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> tree = Files.walk(folder)) {
            return tree.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw HubCache.unreadable(folder, e);
        }
    }
}
