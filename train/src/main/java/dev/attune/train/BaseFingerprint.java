package dev.attune.train;

import dev.attune.format.IoFault;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The content of a base model's files, as SHA-256.
final class BaseFingerprint {
    private static final int BUFFER_BYTES = 1 << 20;
    private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

    private BaseFingerprint() {}

    /// The hash of the configuration and of each file of weights, by name. A file of the hub's
    /// cache whose own name is its hash is not read again.
    static Map<String, String> of(Path model) {
        try (Stream<Path> files = Files.list(model)) {
            List<Path> counted = files.filter(BaseFingerprint::counts).sorted().toList();
            Map<String, String> hashes = new LinkedHashMap<>();
            for (Path file : counted) {
                hashes.put(String.valueOf(file.getFileName()), sha256(file));
            }
            return hashes;
        } catch (IOException e) {
            throw IoFault.reading(model, e);
        }
    }

    private static boolean counts(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.equals("config.json") || name.endsWith(".safetensors");
    }

    private static String sha256(Path file) throws IOException {
        String stored = String.valueOf(file.toRealPath().getFileName());
        return SHA_256.matcher(stored).matches() ? stored : hash(file);
    }

    /// The hash of any file.
    static String hash(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
