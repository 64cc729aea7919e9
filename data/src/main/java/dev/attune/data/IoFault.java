package dev.attune.data;

import dev.attune.base.AttuneException;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;

/// Turns what the file system says of a write into an error that says who must act.
final class IoFault {
    private IoFault() {}

    /// Writing `file` failed: RESOURCES where the disk or the quota is full, else ENVIRONMENT.
    static AttuneException writing(Path file, IOException cause) {
        String reason = reason(cause).toLowerCase(Locale.ROOT);
        AttuneException fault;
        if (reason.contains("no space left")
                || reason.contains("not enough space")
                || reason.contains("quota")
                || reason.contains("file too large")) {
            fault =
                    AttuneException.resources("The disk is full: " + reason(cause) + ".")
                            .fix("Free some space, or write to another disk.");
        } else if (cause instanceof AccessDeniedException
                || reason.contains("read-only file system")) {
            fault =
                    AttuneException.environment("The folder cannot be written to.")
                            .fix("Choose another folder, or ask for the right to write to it.");
        } else {
            fault =
                    AttuneException.environment(
                                    "The file cannot be written: " + reason(cause) + ".")
                            .fix("Check the disk or network mount that it is on.");
        }
        return fault.at(file).causedBy(cause);
    }

    static String reason(IOException cause) {
        if (cause instanceof FileSystemException named && named.getReason() != null) {
            return Objects.requireNonNull(named.getReason());
        }
        String message = cause.getMessage();
        return message == null || cause instanceof AccessDeniedException
                ? cause.getClass().getSimpleName()
                : message;
    }
}
