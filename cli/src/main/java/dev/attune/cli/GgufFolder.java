package dev.attune.cli;

import dev.attune.base.AttuneException;
import dev.attune.export.ExportProgress;
import dev.attune.export.GgufImport;
import dev.attune.export.GgufLoraImport;
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
import java.util.function.Consumer;

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
        return unpacked(
                file, spec, "", folder -> GgufImport.unpack(file, folder, ExportProgress.none()));
    }

    /// The folder of an adapter's file.
    ///
    /// @param base the folder of its model
    static Path ofAdapter(Path file, Path base, CommandSpec spec) {
        // The same adapter has other names on a base of another family.
        String of = base.toAbsolutePath().normalize().toString();
        return unpacked(file, spec, of, folder -> GgufLoraImport.unpack(file, base, folder));
    }

    private static Path unpacked(Path file, CommandSpec spec, String with, Consumer<Path> unpack) {
        Path cache = HubEnvironment.of(spec).ownCache().resolve("gguf");
        String name = String.valueOf(file.getFileName());
        String stem = name.substring(0, name.length() - ENDING.length());
        Path folder = cache.resolve(stem + "-" + key(file, with));
        if (Files.isDirectory(folder)) {
            return folder;
        }
        var err = spec.commandLine().getErr();
        err.println("Unpacking " + file + " into " + folder + " ...");
        err.flush();
        unpack.accept(folder);
        return folder;
    }

    private static String key(Path file, String with) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(file.toRealPath().toString().getBytes(StandardCharsets.UTF_8));
            digest.update(with.getBytes(StandardCharsets.UTF_8));
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
