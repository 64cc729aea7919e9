package dev.attune.hub;

import dev.attune.base.AttuneException;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// The folder in which Python's tools keep what they download, and in which Attune does likewise.
///
/// ```
/// cache/
/// ├── .locks/models--owner--name/<etag>.lock     held while the blob is written
/// └── models--owner--name/
///     ├── blobs/<etag>                           a file's content, under its checksum
///     ├── blobs/<etag>.attune.incomplete         what has arrived of one
///     ├── snapshots/<commit>/<path>              a relative link to a blob
///     └── refs/<revision>                        the commit that a branch or tag stands for
/// ```
final class HubCache {
    private final Path root;
    private final HubSettings.Links links;

    HubCache(Path root, HubSettings.Links links) {
        this.root = root.toAbsolutePath().normalize();
        this.links = links;
    }

    Path repository(HubReference reference) {
        return root.resolve(reference.folderName());
    }

    Path blob(HubReference reference, HubFile file) {
        return repository(reference).resolve("blobs").resolve(file.etag());
    }

    /// Where what has arrived of a blob waits. The name is Attune's own: the locks of Java and of
    /// Python's tools do not see each other on Linux, and two programs must not write one file.
    Path incomplete(HubReference reference, HubFile file) {
        return blob(reference, file).resolveSibling(file.etag() + ".attune.incomplete");
    }

    Path lock(HubReference reference, HubFile file) {
        return root.resolve(".locks")
                .resolve(reference.folderName())
                .resolve(file.etag() + ".lock");
    }

    Path snapshotFolder(HubReference reference, String commit) {
        return repository(reference).resolve("snapshots").resolve(commit);
    }

    /// The commit that the cache has for a revision, whoever downloaded it.
    Optional<String> commit(HubReference reference) {
        if (reference.isCommit()) {
            return Optional.of(reference.revision());
        }
        Path ref = repository(reference).resolve("refs").resolve(reference.revision());
        try {
            return Files.isRegularFile(ref) && Files.size(ref) < 1000
                    ? Optional.of(Files.readString(ref).strip()).filter(HubReference::isCommit)
                    : Optional.empty();
        } catch (IOException e) {
            throw unreadable(ref, e);
        }
    }

    /// The snapshot that the cache has for a reference, as it is.
    Optional<Snapshot> snapshot(HubReference reference) {
        return commit(reference)
                .filter(commit -> Files.isDirectory(snapshotFolder(reference, commit)))
                .map(commit -> snapshot(snapshotFolder(reference, commit), commit));
    }

    private static Snapshot snapshot(Path folder, String commit) {
        try (Stream<Path> tree = Files.walk(folder)) {
            List<String> files =
                    tree.filter(Files::isRegularFile)
                            .map(file -> folder.relativize(file).toString().replace('\\', '/'))
                            .sorted()
                            .toList();
            return new Snapshot(folder, commit, files, 0);
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
    }

    /// Makes a file of a snapshot stand for its blob, which is whole.
    void link(HubReference reference, String commit, HubFile file) throws IOException {
        Path blob = blob(reference, file);
        Path pointer = snapshotFolder(reference, commit).resolve(file.path());
        if (Files.isRegularFile(pointer) && Files.size(pointer) == file.size()) {
            return;
        }
        Files.createDirectories(pointer.getParent());
        Files.deleteIfExists(pointer);
        try {
            place(blob, pointer);
        } catch (FileAlreadyExistsException e) {
            // Another process placed it in between, which is as good, unless it is something else.
            if (!Files.isRegularFile(pointer)) {
                throw e;
            }
        }
    }

    private void place(Path blob, Path pointer) throws IOException {
        if (links == HubSettings.Links.SYMBOLIC) {
            try {
                Files.createSymbolicLink(
                        pointer, Objects.requireNonNull(pointer.getParent()).relativize(blob));
                return;
            } catch (FileAlreadyExistsException e) {
                throw e;
            } catch (IOException | UnsupportedOperationException _) {
                // The file system or the user's rights have no symbolic links.
            }
        }
        try {
            Files.createLink(pointer, blob.toRealPath());
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (IOException | UnsupportedOperationException _) {
            Path copy =
                    Files.createTempFile(blob.getParent(), blob.getFileName() + ".", ".incomplete");
            Files.copy(blob, copy, StandardCopyOption.REPLACE_EXISTING);
            Files.move(copy, pointer, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /// Writes down which commit a branch or tag stands for.
    void writeRef(HubReference reference, String commit) throws IOException {
        if (reference.isCommit() || commit(reference).equals(Optional.of(commit))) {
            return;
        }
        Path ref = repository(reference).resolve("refs").resolve(reference.revision());
        Files.createDirectories(ref.getParent());
        Path temporary = Files.createTempFile(repository(reference), "ref", ".incomplete");
        Files.writeString(temporary, commit);
        Files.move(
                temporary,
                ref,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    /// The repositories of this kind that the cache holds, one entry for each snapshot.
    List<CachedSnapshot> snapshots(RepositoryKind kind) {
        return CachedSnapshot.in(root, kind);
    }

    static AttuneException unreadable(Path path, IOException e) {
        return AttuneException.environment("The cache of the hub cannot be read: " + e.getMessage())
                .at(path)
                .fix("Let the folder be read, or name another by --cache or HF_HUB_CACHE.")
                .causedBy(e);
    }
}
