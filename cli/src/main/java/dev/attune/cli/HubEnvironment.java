package dev.attune.cli;

import dev.attune.base.AttuneException;
import dev.attune.hub.Hub;
import dev.attune.hub.HubSettings;
import dev.attune.hub.HubToken;
import dev.attune.hub.Waiting;

import picocli.CommandLine.Model.CommandSpec;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the environment says about the hub, in the variables of Python's tools.
///
/// @param variables the environment of the process
record HubEnvironment(Map<String, String> variables) {
    private static final Set<String> YES = Set.of("1", "on", "yes", "true");

    HubEnvironment {
        variables = Map.copyOf(variables);
    }

    /// That of the command line that a command belongs to.
    static HubEnvironment of(CommandSpec spec) {
        return new HubEnvironment(
                spec.root().userObject() instanceof Attune root
                        ? root.environment()
                        : System.getenv());
    }

    /// The hub with its cache in the usual folder, or in the one that is given.
    ///
    /// @throws AttuneException if a variable makes no sense
    Hub hub(Optional<Path> cache) {
        return new Hub(
                new HubSettings(
                        endpoint(),
                        token(),
                        cache.orElseGet(this::cache),
                        is("HF_HUB_OFFLINE") || is("TRANSFORMERS_OFFLINE"),
                        is("HF_HUB_DISABLE_SYMLINKS")
                                ? HubSettings.Links.HARD
                                : HubSettings.Links.SYMBOLIC,
                        Waiting.usual()));
    }

    private URI endpoint() {
        Optional<String> text = set("HF_ENDPOINT");
        try {
            return text.map(String::strip).map(URI::create).orElse(HubSettings.PUBLIC);
        } catch (IllegalArgumentException e) {
            throw AttuneException.user("HF_ENDPOINT is no address of a web server.")
                    .fix("Set it to one such as https://huggingface.co, or unset it.")
                    .causedBy(e);
        }
    }

    /// The folder of the cache: HF_HUB_CACHE, else `hub` below HF_HOME.
    Path cache() {
        return set("HF_HUB_CACHE")
                .or(() -> set("HUGGINGFACE_HUB_CACHE"))
                .map(text -> path("HF_HUB_CACHE", text))
                .orElseGet(() -> home().resolve("hub"));
    }

    private Path home() {
        return set("HF_HOME")
                .map(text -> path("HF_HOME", text))
                .or(() ->
                        set("XDG_CACHE_HOME")
                                .map(t -> path("XDG_CACHE_HOME", t).resolve("huggingface")))
                .orElseGet(() -> path("HF_HOME", "~/.cache/huggingface"));
    }

    private Optional<HubToken> token() {
        if (set("HF_TOKEN").isPresent()) {
            return set("HF_TOKEN").map(text -> HubToken.of(text, "HF_TOKEN"));
        }
        Path file =
                set("HF_TOKEN_PATH")
                        .map(text -> path("HF_TOKEN_PATH", text))
                        .orElseGet(() -> home().resolve("token"));
        try {
            String text = Files.isRegularFile(file) ? Files.readString(file).strip() : "";
            return text.isEmpty()
                    ? Optional.empty()
                    : Optional.of(HubToken.of(text, file.toString()));
        } catch (IOException e) {
            throw AttuneException.environment("The token of the hub cannot be read.")
                    .at(file)
                    .fix("Let the file be read, or set HF_TOKEN.")
                    .causedBy(e);
        }
    }

    /// The folder for what Attune can make again: ATTUNE_CACHE, else `attune` below XDG_CACHE_HOME.
    Path ownCache() {
        return set("ATTUNE_CACHE")
                .map(text -> path("ATTUNE_CACHE", text))
                .or(() ->
                        set("XDG_CACHE_HOME")
                                .map(text -> path("XDG_CACHE_HOME", text).resolve("attune")))
                .orElseGet(() -> path("ATTUNE_CACHE", "~/.cache/attune"));
    }

    private Path path(String name, String text) {
        boolean home = text.equals("~") || text.startsWith("~/");
        try {
            return Path.of(home ? System.getProperty("user.home") + text.substring(1) : text);
        } catch (InvalidPathException e) {
            throw AttuneException.user(name + " is no path: " + e.getReason() + ".")
                    .fix("Set it to a folder, or unset it.")
                    .causedBy(e);
        }
    }

    private boolean is(String name) {
        return YES.contains(variables.getOrDefault(name, "").toLowerCase(Locale.ROOT));
    }

    private Optional<String> set(String name) {
        return Optional.ofNullable(variables.get(name)).filter(text -> !text.isBlank());
    }
}
