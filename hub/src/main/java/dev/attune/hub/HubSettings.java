package dev.attune.hub;

import dev.attune.base.AttuneException;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/// Where the hub is, who asks, and where files are kept.
///
/// @param endpoint the hub's address, without a slash at its end
/// @param token the user's, if there is one
/// @param cache the folder that holds `models--owner--name` and the like
/// @param offline whether only the cache may be used
/// @param links how a snapshot points to its blobs
/// @param waiting how long is waited
public record HubSettings(
        URI endpoint,
        Optional<HubToken> token,
        Path cache,
        boolean offline,
        Links links,
        Waiting waiting) {
    /// The public hub.
    public static final URI PUBLIC = URI.create("https://huggingface.co");

    /// How a snapshot points to its blobs.
    public enum Links {
        /// Relative symbolic links where the file system has them, else as [#HARD].
        SYMBOLIC,
        /// Hard links where the file system has them, else copies.
        HARD
    }

    /// Checks the endpoint.
    ///
    /// @throws AttuneException if the endpoint is no address of a web server
    public HubSettings {
        String text = endpoint.toString();
        if (text.endsWith("/")) {
            endpoint = URI.create(text.replaceAll("/+$", ""));
        }
        boolean web = "https".equals(endpoint.getScheme()) || "http".equals(endpoint.getScheme());
        boolean plain = endpoint.getRawQuery() == null && endpoint.getRawUserInfo() == null;
        if (!web || endpoint.getHost() == null || !plain) {
            throw AttuneException.user("The hub's endpoint is no address of a web server.")
                    .fix("Give one such as https://huggingface.co, without user, ? and #.");
        }
    }

    /// The public hub, without a token, with a cache in this folder.
    public static HubSettings of(Path cache) {
        return new HubSettings(
                PUBLIC, Optional.empty(), cache, false, Links.SYMBOLIC, Waiting.usual());
    }
}
