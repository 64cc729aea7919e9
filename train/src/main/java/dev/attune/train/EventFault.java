package dev.attune.train;

import dev.attune.base.AttuneException;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;

/// Turns what went wrong with a record of a run into an error that says who must act.
final class EventFault {
    private EventFault() {}

    static AttuneException writing(Path file, IOException cause) {
        String reason = reason(cause);
        String lower = reason.toLowerCase(Locale.ROOT);
        boolean full =
                lower.contains("no space left")
                        || lower.contains("not enough space")
                        || lower.contains("quota");
        AttuneException fault =
                full
                        ? AttuneException.resources("The disk is full: " + reason + ".")
                                .fix("Free some space, then resume the run.")
                        : AttuneException.environment("The file cannot be written: " + reason + ".")
                                .fix("Check the folder's rights and the disk that it is on.");
        return fault.at(file).causedBy(cause);
    }

    static AttuneException reading(Path file, IOException cause) {
        AttuneException fault =
                cause instanceof NoSuchFileException
                        ? AttuneException.user("There is no record of a run here.")
                                .fix("Name the events.jsonl in the folder of a run.")
                        : AttuneException.environment(
                                        "The file cannot be read: " + reason(cause) + ".")
                                .fix("Check its rights and the disk that it is on.");
        return fault.at(file).causedBy(cause);
    }

    /// A line that was written whole and is no event.
    static AttuneException damaged(Path file, long line, String what) {
        return AttuneException.user("This line is no event of a run: " + what + ".")
                .at(file + ":" + line)
                .fix("Remove the line if it was edited by hand; else restore the file.");
    }

    private static String reason(IOException cause) {
        if (cause instanceof FileSystemException named && named.getReason() != null) {
            return Objects.requireNonNull(named.getReason());
        }
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
