package dev.attune.testkit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The files of one repository of [PlayedHub], and what the hub tells of them.
final class PlayedRepository {
    private final Map<String, byte[]> files;

    PlayedRepository(Map<String, byte[]> files) {
        this.files = new TreeMap<>(files);
    }

    Optional<byte[]> file(String path) {
        return Optional.ofNullable(files.get(path));
    }

    /// Whether the hub keeps a file elsewhere and names it by SHA-256.
    static boolean isLarge(String path) {
        return path.endsWith(".safetensors") || path.endsWith(".bin");
    }

    /// The checksum that the hub tells of a file.
    static String etag(String path, byte[] content) {
        MessageDigest digest = digest(isLarge(path) ? "SHA-256" : "SHA-1");
        if (!isLarge(path)) {
            digest.update(("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII));
        }
        return HexFormat.of().formatHex(digest.digest(content));
    }

    byte[] listing(String commit, boolean blobs) {
        String siblings =
                files.entrySet().stream()
                        .map(file -> sibling(file.getKey(), file.getValue(), blobs))
                        .collect(Collectors.joining(","));
        return ("{\"sha\":\"" + commit + "\",\"siblings\":[" + siblings + "]}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String sibling(String path, byte[] content, boolean blobs) {
        String name = "{\"rfilename\":" + quoted(path);
        String etag = etag(path, content);
        if (!blobs) {
            return name + "}";
        }
        return isLarge(path)
                ? name
                        + ",\"blobId\":\"%s\",\"size\":%d,\"lfs\":{\"sha256\":\"%s\",\"size\":%d,\"pointerSize\":134}}"
                                .formatted("0".repeat(40), content.length, etag, content.length)
                : name + ",\"blobId\":\"%s\",\"size\":%d}".formatted(etag, content.length);
    }

    private static String quoted(String text) {
        return text.chars()
                .mapToObj(c ->
                        c < ' ' || c == '"' || c == '\\' ? "\\u%04x".formatted(c) : "" + (char) c)
                .collect(Collectors.joining("", "\"", "\""));
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
