package dev.attune.hub;

import dev.attune.base.AttuneException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/// A file of a repository, with what proves that it came whole.
///
/// @param path its path in the repository, checked
/// @param size its bytes
/// @param etag its checksum and the name of its blob: the SHA-256 of a large file, in 64 hex
///   digits, or git's SHA-1 of a small one, in 40
record HubFile(String path, long size, String etag) {
    private static final Pattern CHECKSUM = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
    private static final int BUFFER_BYTES = 1 << 18;

    /// @throws AttuneException if the hub told no checksum that Attune can compute
    HubFile {
        if (!isTold(size, etag)) {
            throw AttuneException.environment(
                            "The hub tells no size and checksum of "
                                    + RepositoryPath.shown(path)
                                    + ", so it cannot be checked.")
                    .fix("If HF_ENDPOINT names a mirror, try without it.");
        }
    }

    /// Whether a size and an etag say enough.
    static boolean isTold(long size, String etag) {
        return size >= 0 && CHECKSUM.matcher(etag).matches();
    }

    /// The checksum of a file's content in the way of this one's etag.
    String checksum(Path content) throws IOException {
        MessageDigest digest = digest(etag.length() == 64 ? "SHA-256" : "SHA-1");
        if (etag.length() == 40) {
            String head = "blob " + Files.size(content) + "\0";
            digest.update(head.getBytes(StandardCharsets.US_ASCII));
        }
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = Files.newInputStream(content)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw AttuneException.internal("This Java has no " + algorithm + ".").causedBy(e);
        }
    }
}
