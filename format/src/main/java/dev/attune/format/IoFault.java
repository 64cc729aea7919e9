package dev.attune.format;

import dev.attune.base.AttuneException;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.Locale;
import java.util.Objects;

/// Turns what the file system says into an error that says who must act.
public final class IoFault {
    private IoFault() {}

    /// Refuses what exists and is no plain file: reading a pipe, say, might never end.
    static void requireFile(Path file) {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw AttuneException.user("This is a folder or a device; expected a file.")
                    .at(file)
                    .fix("Name the file itself, such as model.safetensors in the folder.");
        }
    }

    /// Reading `file` failed.
    public static AttuneException reading(Path file, IOException cause) {
        AttuneException fault =
                switch (cause) {
                    case NoSuchFileException _ when Files.isSymbolicLink(file) ->
                            AttuneException.user("The link leads to a file that is not there.")
                                    .fix("Download the model again: its cache has lost a file.");
                    case NoSuchFileException _ ->
                            AttuneException.user("There is no such file.")
                                    .fix("Check the path; a model's weights end in .safetensors.");
                    case AccessDeniedException _ ->
                            AttuneException.environment("There is no right to read the file.")
                                    .fix("Ask its owner for read access, or copy it.");
                    default ->
                            AttuneException.environment(
                                            "The file cannot be read: " + reason(cause) + ".")
                                    .fix("Check the disk or network mount that it is on.");
                };
        return fault.at(file).causedBy(cause);
    }

    /// Writing `file` failed: RESOURCES where the disk or the quota is full, else ENVIRONMENT.
    public static AttuneException writing(Path file, IOException cause) {
        String reason = reason(cause).toLowerCase(Locale.ROOT);
        AttuneException fault;
        if (reason.contains("no space left")
                || reason.contains("not enough space")
                || reason.contains("quota")) {
            fault =
                    AttuneException.resources("The disk is full: " + reason(cause) + ".")
                            .fix("Free some space, or write to another disk.");
        } else if (reason.contains("file too large")) {
            fault =
                    AttuneException.resources("The file system cannot hold so large a file.")
                            .fix("Write smaller shards, or to a disk with another file system.");
        } else if (cause instanceof AccessDeniedException
                || reason.contains("read-only file system")) {
            fault = readOnly();
        } else {
            fault =
                    AttuneException.environment(
                                    "The file cannot be written: " + reason(cause) + ".")
                            .fix("Check the disk or network mount that it is on.");
        }
        return fault.at(file).causedBy(cause);
    }

    /// `folder` belongs to a file system that takes no writes at all.
    static AttuneException writing(Path file, ReadOnlyFileSystemException cause) {
        return readOnly().at(file).causedBy(cause);
    }

    private static AttuneException readOnly() {
        return AttuneException.environment("The folder cannot be written to.")
                .fix("Choose another output folder, or ask for the right to write to this one.");
    }

    private static String reason(IOException cause) {
        if (cause instanceof FileSystemException named && named.getReason() != null) {
            return Objects.requireNonNull(named.getReason());
        }
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
