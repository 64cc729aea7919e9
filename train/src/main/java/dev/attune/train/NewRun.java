package dev.attune.train;

import dev.attune.base.AttuneException;
import dev.attune.format.IoFault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The folder of a run that may still come to nothing: until it is kept, closing deletes what was
/// made of it.
final class NewRun implements AutoCloseable {
    private final Path folder;
    private final Optional<Path> made;
    private boolean kept;

    /// @param made the highest folder that was not there before
    private NewRun(Path folder, Optional<Path> made) {
        this.folder = folder;
        this.made = made;
    }

    /// Makes the folder, which must be absent or empty.
    ///
    /// @throws AttuneException of kind USER if something stands there, ENVIRONMENT if it cannot be
    ///   made
    static NewRun create(RunFolder run) {
        Path folder = run.path();
        requireFree(folder);
        try {
            Optional<Path> missing = firstMissing(folder);
            Files.createDirectories(folder);
            return new NewRun(folder, missing);
        } catch (IOException e) {
            throw IoFault.writing(folder, e);
        }
    }

    /// The run will stay.
    void keep() {
        kept = true;
    }

    @Override
    public void close() {
        if (kept) {
            return;
        }
        try (Stream<Path> walk = Files.walk(made.orElse(folder))) {
            List<Path> all = walk.sorted(Comparator.reverseOrder()).toList();
            for (Path path : all) {
                if (made.isPresent() || !path.equals(folder)) {
                    Files.delete(path);
                }
            }
        } catch (IOException e) {
            throw IoFault.writing(folder, e);
        }
    }

    /// The highest folder above, or this one, that is not there yet.
    private static Optional<Path> firstMissing(Path folder) {
        Optional<Path> missing = Optional.empty();
        Path at = folder;
        while (at != null && !Files.exists(at)) {
            missing = Optional.of(at);
            at = at.getParent();
        }
        return missing;
    }

    private static void requireFree(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        if (RunFolder.is(folder)) {
            throw AttuneException.user("There is a run in this folder already.")
                    .at(folder)
                    .fix("attune resume " + folder + " goes on with it; or choose another folder.");
        }
        if (!Files.isDirectory(folder)) {
            throw AttuneException.user("The folder of the run is a file.")
                    .at(folder)
                    .fix("Choose another folder.");
        }
        try (Stream<Path> inside = Files.list(folder)) {
            if (inside.findAny().isPresent()) {
                throw AttuneException.user("The folder of the run is not empty.")
                        .at(folder)
                        .fix("Choose a new folder, so that nothing in this one is lost.");
            }
        } catch (IOException e) {
            throw IoFault.reading(folder, e);
        }
    }
}
