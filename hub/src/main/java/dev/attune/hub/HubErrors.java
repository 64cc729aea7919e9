package dev.attune.hub;

import dev.attune.base.AttuneException;

import java.io.IOException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.Locale;

/// Says in words what kept a download from going well, and what to do.
final class HubErrors {
    private final HubSettings settings;
    private final HubReference reference;

    HubErrors(HubSettings settings, HubReference reference) {
        this.settings = settings;
        this.reference = reference;
    }

    /// The error that a failure on the way to or from the hub is.
    AttuneException of(HubFailure failure, boolean cached) {
        AttuneException error =
                switch (failure.kind()) {
                    case UNKNOWN_HOST ->
                            environment("The host name " + host() + " of the hub is not known.")
                                    .fix(offline("Check the network and HF_ENDPOINT", cached));
                    case UNREACHABLE ->
                            environment("The hub cannot be reached: " + failure.getMessage() + ".")
                                    .fix(
                                            offline(
                                                    "Check the network, a proxy and HF_ENDPOINT",
                                                    cached));
                    case UNTRUSTED ->
                            environment("The hub cannot be trusted: " + failure.getMessage() + ".")
                                    .fix(
                                            "Check the clock and HF_ENDPOINT. Where a proxy has its"
                                                    + " own certificate, give Java its trust store:"
                                                    + " ATTUNE_JAVA_OPTS="
                                                    + "-Djavax.net.ssl.trustStore=FILE.");
                    case CUT ->
                            environment("The connection broke: " + failure.getMessage() + ".")
                                    .fix("Run the command again; it continues where it stopped.");
                    case ODD_ANSWER ->
                            environment(
                                            "This does not answer as a hub does: "
                                                    + failure.getMessage()
                                                    + ".")
                                    .fix("Check HF_ENDPOINT, and that no login page is between.");
                    case STATUS -> status(failure);
                };
        return error.causedBy(failure);
    }

    private AttuneException status(HubFailure failure) {
        return switch (failure.status()) {
            case 401, 403 -> refused(failure);
            case 404 -> missing(failure);
            case 429 ->
                    environment("The hub answers no more for now: too many requests (429).")
                            .fix(
                                    (failure.retryAfter().isEmpty()
                                                    ? "Wait some minutes"
                                                    : "Wait as asked ("
                                                            + failure.retryAfter()
                                                            + ")")
                                            + " and run the command again; it continues where it"
                                            + " stopped. With HF_TOKEN set the limit is higher.");
            default ->
                    environment("The hub has a fault: " + failure.getMessage() + ".")
                            .fix(
                                    failure.status() >= 500
                                            ? "Run the command again later; it continues where it"
                                                    + " stopped."
                                            : "Check the reference and HF_ENDPOINT.");
        };
    }

    private AttuneException refused(HubFailure failure) {
        boolean token = settings.token().isPresent();
        if (failure.errorCode().equals("GatedRepo") || (token && failure.status() == 403)) {
            String login = token ? "that HF_TOKEN is of that account" : "set HF_TOKEN to its token";
            return AttuneException.user(
                            "Access to "
                                    + reference.repository()
                                    + " is granted on request ("
                                    + failure.status()
                                    + ").")
                    .at(page())
                    .fix(
                            token
                                    ? "Accept the licence on that page, and check " + login + "."
                                    : "Accept the licence on that page with your account, and "
                                            + login
                                            + ".");
        }
        if (token) {
            return AttuneException.user(
                            "The hub does not accept the token for "
                                    + reference.repository()
                                    + " ("
                                    + failure.status()
                                    + ").")
                    .at(page())
                    .fix("Check HF_TOKEN, or unset it for a public repository.");
        }
        return AttuneException.user(
                        reference.repository()
                                + " does not exist, is private, or its licence must be accepted"
                                + " first ("
                                + failure.status()
                                + ").")
                .at(page())
                .fix(
                        "Check the name on that page; accept the licence there if it asks, and set"
                                + " HF_TOKEN to your account's token.");
    }

    private AttuneException missing(HubFailure failure) {
        return switch (failure.errorCode()) {
            case "RevisionNotFound" -> noRevision();
            case "EntryNotFound" ->
                    AttuneException.user(
                                    "The hub lists a file that it does not have: "
                                            + failure.getMessage()
                                            + ".")
                            .fix("Run the command again; leave the file out by --exclude.");
            default -> noRepository();
        };
    }

    AttuneException noRepository() {
        return AttuneException.user("The hub has no repository " + reference.id() + ".")
                .at(page())
                .fix("Check owner and name; a private repository needs HF_TOKEN.");
    }

    AttuneException noRevision() {
        return AttuneException.user(
                        "The repository "
                                + reference.id()
                                + " has no revision '"
                                + reference.revision()
                                + "'.")
                .at(page())
                .fix("Give a branch, a tag or a whole commit hash that the page shows.");
    }

    /// The error of a disk that is smaller than what comes.
    AttuneException noRoom(long needed, long free, Path cache) {
        return AttuneException.resources(
                        String.format(
                                Locale.ROOT,
                                "Not enough room on the disk: %,d bytes are needed, %,d are free.",
                                needed,
                                free))
                .at(cache)
                .fix("Make room, or name a folder on another disk by --cache or HF_HUB_CACHE.");
    }

    /// The error of a cache that cannot be written.
    AttuneException ofDisk(IOException e, Path cache) {
        boolean full = String.valueOf(e.getMessage()).contains("No space left");
        if (full) {
            return AttuneException.resources("The disk is full.")
                    .at(cache)
                    .fix("Make room and run the command again; it continues where it stopped.")
                    .causedBy(e);
        }
        String what = e instanceof AccessDeniedException ? "access denied: " : "";
        return AttuneException.environment(
                        "The cache of the hub cannot be written: " + what + e.getMessage())
                .at(cache)
                .fix("Let the folder be written, or name another by --cache or HF_HUB_CACHE.")
                .causedBy(e);
    }

    /// The error of a snapshot that only the network could bring.
    AttuneException offline() {
        return AttuneException.user(
                        reference + " is not in the cache, and HF_HUB_OFFLINE forbids to fetch it.")
                .at(settings.cache())
                .fix("Unset HF_HUB_OFFLINE, or copy the snapshot into the cache.");
    }

    /// What stands for an interrupted download.
    AttuneException stopped() {
        return AttuneException.user("The download of " + reference + " was stopped.")
                .fix("Run the command again; it continues where it stopped.");
    }

    private static AttuneException environment(String what) {
        return AttuneException.environment(what);
    }

    private static String offline(String first, boolean cached) {
        return cached ? first + "; HF_HUB_OFFLINE=1 uses what is in the cache." : first + ".";
    }

    private String host() {
        return settings.endpoint().getHost();
    }

    private URI page() {
        return URI.create(
                settings.endpoint() + "/" + reference.kind().urlPrefix() + reference.id());
    }
}
