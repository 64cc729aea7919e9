package dev.attune.cli;

import dev.attune.base.AttuneException;
import dev.attune.export.ExportProgress;
import dev.attune.export.GgufImport;
import dev.attune.format.IoFault;

import picocli.CommandLine.Model.CommandSpec;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The model of a GGUF file as a folder in Attune's cache, unpacked once.
final class GgufFolder {
    private static final String ENDING = ".gguf";

    private GgufFolder() {}

    /// Whether a path is that of a GGUF file.
    static boolean is(Path path) {
        return path.toString().endsWith(ENDING) && Files.isRegularFile(path);
    }

    /// The folder of the file's model; a file of that name that has changed gets another one.
    ///
    /// @param spec the command's, which leads to the environment
    /// @throws AttuneException if the file holds no model that Attune knows
    static Path of(Path file, CommandSpec spec) {
        Path cache = HubEnvironment.of(spec).ownCache().resolve("gguf");
        String name = String.valueOf(file.getFileName());
        String stem = name.substring(0, name.length() - ENDING.length());
        Path folder = cache.resolve(stem + "-" + key(file));
        if (Files.isDirectory(folder)) {
            return folder;
        }
        var err = spec.commandLine().getErr();
        err.println("Unpacking " + file + " into " + folder + " ...");
        err.flush();
        GgufImport.unpack(file, folder, ExportProgress.none());
        return folder;
    }

    private static String key(Path file) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(file.toRealPath().toString().getBytes(StandardCharsets.UTF_8));
            long modified = Files.getLastModifiedTime(file).toMillis();
            digest.update(
                    ByteBuffer.allocate(16).putLong(Files.size(file)).putLong(modified).flip());
            return HexFormat.of().formatHex(digest.digest(), 0, 6);
        } catch (IOException e) {
            throw IoFault.reading(file, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
