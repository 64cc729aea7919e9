package dev.attune.starter;

import dev.attune.base.AttuneException;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/// The list of the embedded files: a hash, a size and a name in each line, as a jar cannot be
/// listed and as copies of it are to be checked.
///
/// @param text the list as it is written
/// @param files what it says
record EmbeddedFiles(String text, List<Entry> files) {
    static final String LIST = "files.txt";

    /// @param sha256 of its bytes, in hexadecimal
    /// @param bytes its size
    /// @param name its path below the folder, with `/`
    record Entry(String sha256, long bytes, String name) {
        /// Whether a file is this one.
        boolean is(Path file) {
            try {
                return Files.isRegularFile(file)
                        && Files.size(file) == bytes
                        && hashOf(Files.readAllBytes(file)).equals(sha256);
            } catch (IOException e) {
                return false;
            }
        }
    }

    /// The list among the resources.
    static EmbeddedFiles ofResources() {
        return read(new String(resource(LIST), StandardCharsets.UTF_8));
    }

    /// Reads a list.
    static EmbeddedFiles read(String text) {
        List<Entry> files = new ArrayList<>();
        for (String line : text.lines().toList()) {
            String[] cells = line.split(" ", 3);
            files.add(new Entry(cells[0], Long.parseLong(cells[1]), cells[2]));
        }
        return new EmbeddedFiles(text, List.copyOf(files));
    }

    /// Lists what lies in a folder.
    static EmbeddedFiles of(Path folder) {
        StringBuilder text = new StringBuilder();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
                String name = folder.relativize(file).toString().replace('\\', '/');
                if (!name.equals(LIST)) {
                    byte[] bytes = Files.readAllBytes(file);
                    text.append("%s %d %s\n".formatted(hashOf(bytes), bytes.length, name));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return read(text.toString());
    }

    /// What tells this list from others.
    String hash() {
        return hashOf(text.getBytes(StandardCharsets.UTF_8));
    }

    /// The bytes of an embedded file.
    ///
    /// @throws AttuneException of kind INTERNAL if the program was built without it
    static byte[] resource(String name) {
        try (InputStream in = EmbeddedFiles.class.getResourceAsStream("embedded/" + name)) {
            if (in == null) {
                throw AttuneException.internal(
                                "The program was built without embedded/" + name + ".")
                        .fix("Build it again from a complete checkout.");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw AttuneException.environment(
                            "An embedded file cannot be read: " + e.getMessage() + ".")
                    .at(name)
                    .fix("Check the installation of Attune, or build it again.")
                    .causedBy(e);
        }
    }

    private static String hashOf(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
