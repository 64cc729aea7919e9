package dev.attune.hub;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Judges the path of a file as the hub lists it, before it becomes a path on this machine.
final class RepositoryPath {
    private static final int MAX_PART_BYTES = 255;
    private static final int MAX_BYTES = 1024;

    private RepositoryPath() {}

    /// What makes the path one that is not written, if anything does.
    static Optional<String> fault(String path) {
        if (path.isEmpty()) {
            return Optional.of("it is empty");
        }
        if (path.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            return Optional.of("it is longer than " + MAX_BYTES + " bytes");
        }
        if (path.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
            return Optional.of("it has a control character");
        }
        if (path.indexOf('\\') >= 0 || path.indexOf(':') >= 0) {
            return Optional.of("it has a backslash or a colon");
        }
        for (String part : path.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                return Optional.of("it is absolute, or has an empty part, . or ..");
            }
            if (part.getBytes(StandardCharsets.UTF_8).length > MAX_PART_BYTES) {
                return Optional.of("a part is longer than " + MAX_PART_BYTES + " bytes");
            }
        }
        return Optional.empty();
    }

    /// The path for a message: without control characters, and short.
    static String shown(String path) {
        String plain = path.replaceAll("\\p{Cntrl}", "?");
        return plain.length() <= 100 ? plain : plain.substring(0, 100) + "...";
    }
}
