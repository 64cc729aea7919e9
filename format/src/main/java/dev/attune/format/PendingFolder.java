package dev.attune.format;

import dev.attune.base.AttuneException;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A folder that is being written under a temporary name beside its target, and appears under its
/// own name complete or not at all.
///
/// Whoever creates it closes it: before [#publish], that deletes what was written. Not thread-safe.
public final class PendingFolder implements AutoCloseable {
    private static final Pattern TEMPORARY =
            Pattern.compile("\\..+\\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\\.old)?");

    private final Path target;
    private final Path temporary;
    private boolean published;

    private PendingFolder(Path target, Path temporary) {
        this.target = target;
        this.temporary = temporary;
    }

    /// Begins a folder that will take about `bytes`. Missing parents are made.
    ///
    /// @param overwrite whether a model or adapter that stands there may be replaced
    /// @param freeBytes how much room the disk of a folder has, 0 if it does not say
    /// @throws AttuneException of kind USER if something stands there, RESOURCES if the disk has
    ///   too little room, ENVIRONMENT if it cannot be written to
    public static PendingFolder create(
            Path target, boolean overwrite, long bytes, ToLongFunction<Path> freeBytes) {
        Path full = target.toAbsolutePath().normalize();
        Path parent = full.getParent();
        if (parent == null) {
            throw AttuneException.user("The folder to write is the root of the disk.")
                    .at(target)
                    .fix("Name a new folder.");
        }
        requireFree(full, overwrite);
        try {
            requireRoom(existing(parent), bytes, freeBytes);
            Files.createDirectories(parent);
            Path temporary = parent.resolve("." + full.getFileName() + "." + UUID.randomUUID());
            return new PendingFolder(full, Files.createDirectory(temporary));
        } catch (IOException e) {
            throw IoFault.writing(target, e);
        }
    }

    /// As [#create(Path, boolean, long, ToLongFunction)], asking the disk itself for its room.
    public static PendingFolder create(Path target, boolean overwrite, long bytes) {
        return create(target, overwrite, bytes, PendingFolder::usableSpace);
    }

    /// Deletes what crashed programs left of pending files and folders in `folder`, and nothing
    /// else: names of theirs are a dot, the target's name, a dot and a random UUID.
    public static void sweep(Path folder) {
        List<Path> left;
        try (Stream<Path> all = Files.list(folder)) {
            left = all.filter(path -> TEMPORARY.matcher(name(path)).matches()).toList();
            for (Path path : left) {
                delete(path);
            }
        } catch (IOException e) {
            throw IoFault.writing(folder, e);
        }
    }

    /// Deletes a folder so that nobody ever sees a part of it: it loses its name first.
    public static void remove(Path folder) {
        Path gone = folder.resolveSibling("." + folder.getFileName() + "." + UUID.randomUUID());
        try {
            Files.move(folder, gone, StandardCopyOption.ATOMIC_MOVE);
            delete(gone);
        } catch (IOException e) {
            throw IoFault.writing(folder, e);
        }
    }

    /// Where the files go for now.
    public Path path() {
        return temporary;
    }

    /// Writes a file of the folder, safe on the disk.
    public void write(String name, byte[] bytes) {
        Path file = temporary.resolve(name);
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw IoFault.writing(file, e);
        }
        try (PendingFile pending = PendingFile.create(file, bytes.length)) {
            pending.write(0, MemorySegment.ofArray(bytes));
            pending.seal();
            pending.publish();
        }
    }

    /// The names of all files so far, sorted.
    public List<String> files() {
        List<String> names = new ArrayList<>();
        try (Stream<Path> all = Files.walk(temporary)) {
            all.filter(Files::isRegularFile)
                    .forEach(file -> names.add(temporary.relativize(file).toString()));
        } catch (IOException e) {
            throw IoFault.writing(temporary, e);
        }
        names.sort(Comparator.naturalOrder());
        return names;
    }

    /// What all files take.
    public long bytes() {
        return files().stream().mapToLong(name -> temporary.resolve(name).toFile().length()).sum();
    }

    /// Gives the folder its name, in place of what had it.
    public void publish() {
        Path old = temporary.resolveSibling(temporary.getFileName() + ".old");
        try {
            boolean replaced = Files.exists(target);
            if (replaced) {
                Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
            }
            try {
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                if (replaced) {
                    Files.move(old, target, StandardCopyOption.ATOMIC_MOVE);
                }
                throw e;
            }
            published = true;
            forceNames(target.resolveSibling("."));
            if (replaced) {
                delete(old);
            }
        } catch (IOException e) {
            throw IoFault.writing(target, e);
        }
    }

    /// Deletes what was written, unless it was published. Closing again does nothing.
    @Override
    public void close() {
        if (published || !Files.exists(temporary)) {
            return;
        }
        try {
            delete(temporary);
        } catch (IOException e) {
            throw IoFault.writing(temporary, e);
        }
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    /// The room that the disk of a folder has, 0 if it does not say.
    public static long usableSpace(Path folder) {
        try {
            return Files.getFileStore(folder).getUsableSpace();
        } catch (IOException e) {
            throw IoFault.writing(folder, e);
        }
    }

    private static void requireFree(Path target, boolean overwrite) {
        if (!Files.exists(target)) {
            return;
        }
        if (!Files.isDirectory(target)) {
            throw AttuneException.user("The folder to write is a file.")
                    .at(target)
                    .fix("Name another folder, or move the file away.");
        }
        try (Stream<Path> inside = Files.list(target)) {
            if (inside.findAny().isEmpty()) {
                return;
            }
        } catch (IOException e) {
            throw IoFault.writing(target, e);
        }
        if (!overwrite) {
            throw AttuneException.user("The folder to write is not empty.")
                    .at(target)
                    .fix("Name another folder, or ask for the old one to be overwritten.");
        }
        if (!holdsModel(target)) {
            throw AttuneException.user("The folder to overwrite holds no model or adapter.")
                    .at(target)
                    .fix("Name another folder; this one may hold something else.");
        }
    }

    private static boolean holdsModel(Path folder) {
        if (Files.exists(folder.resolve("config.json"))
                || Files.exists(folder.resolve("adapter_config.json"))) {
            return true;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> file.toString().endsWith(".gguf"));
        } catch (IOException e) {
            throw IoFault.reading(folder, e);
        }
    }

    /// The nearest folder above that is there.
    private static Path existing(Path folder) {
        Path at = folder;
        while (at.getParent() != null && !Files.exists(at)) {
            at = at.getParent();
        }
        if (!Files.isDirectory(at)) {
            throw AttuneException.user("The folder to write would be inside a file.")
                    .at(at)
                    .fix("Name another folder.");
        }
        return at;
    }

    private static void requireRoom(Path parent, long bytes, ToLongFunction<Path> freeBytes) {
        long free = freeBytes.applyAsLong(parent);
        if (free > 0 && free < bytes) {
            throw AttuneException.resources(
                            "Writing needs %d bytes, but the disk has only %d free."
                                    .formatted(bytes, free))
                    .at(parent)
                    .fix("Free some space, or write to another disk.");
        }
    }

    /// Makes the new name itself durable; only POSIX systems can and need to.
    private static void forceNames(Path folder) throws IOException {
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
                names.force(true);
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(folder)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.delete(path);
        }
    }
}
