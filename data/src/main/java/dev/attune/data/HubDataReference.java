package dev.attune.data;

import dev.attune.base.AttuneException;
import dev.attune.hub.HubReference;
import dev.attune.hub.RepositoryKind;

import java.util.Optional;
import java.util.regex.Pattern;

/// Rows of a data set of the hub: `hf:owner/name[/path][@revision][:[config:]split]`.
///
/// A single name behind the colon is that of a split, or of a config if the data set's card has one
/// of that name.
///
/// @param repository the data set at a revision
/// @param path a file or folder in it; empty for all of it
/// @param config the config of the card that is named, if one is
/// @param split the part that is named, if one is
record HubDataReference(
        HubReference repository, String path, Optional<String> config, Optional<String> split) {
    private static final String DATASETS = "datasets/";
    private static final Pattern SPLIT = Pattern.compile("[A-Za-z0-9_.-]{1,96}");

    /// Reads one.
    ///
    /// @throws AttuneException of kind USER if it is none
    static HubDataReference parse(String text) {
        if (!HubReference.is(text)) {
            throw refused(text, "it does not begin with hf:");
        }
        String rest = text.substring(HubReference.PREFIX.length());
        int colon = rest.indexOf(':');
        Optional<String> part =
                colon < 0 ? Optional.empty() : Optional.of(rest.substring(colon + 1));
        Optional<String> config =
                part.filter(both -> both.indexOf(':') >= 0)
                        .map(both -> both.substring(0, both.indexOf(':')));
        Optional<String> split = part.map(both -> both.substring(both.indexOf(':') + 1));
        config.filter(name -> !SPLIT.matcher(name).matches())
                .ifPresent(name -> {
                    throw refused(text, Quoted.of(name) + " is no name of a config");
                });
        split.filter(name -> !SPLIT.matcher(name).matches())
                .ifPresent(name -> {
                    throw refused(text, Quoted.of(name) + " is no name of a split");
                });
        String named = colon < 0 ? rest : rest.substring(0, colon);
        int at = named.indexOf('@');
        String revision = at < 0 ? "main" : named.substring(at + 1);
        String place = at < 0 ? named : named.substring(0, at);
        boolean told = place.startsWith(DATASETS);
        String[] parts = (told ? place.substring(DATASETS.length()) : place).split("/", 3);
        if (parts.length < 2) {
            throw refused(text, "it has no owner and name");
        }
        return new HubDataReference(
                new HubReference(RepositoryKind.DATASET, parts[0], parts[1], revision),
                parts.length < 3 ? "" : parts[2].replaceAll("/+$", ""),
                config,
                split);
    }

    /// The same at a commit, with a config if there are any, and a split.
    HubDataReference at(String commit, Optional<String> ofCard, String named) {
        return new HubDataReference(repository.at(commit), path, ofCard, Optional.of(named));
    }

    /// The same with a part that is named elsewhere: a split, or a config, a colon and a split.
    HubDataReference withPart(String part) {
        int colon = part.indexOf(':');
        return colon < 0
                ? new HubDataReference(repository, path, config, Optional.of(part))
                : new HubDataReference(
                        repository,
                        path,
                        Optional.of(part.substring(0, colon)),
                        Optional.of(part.substring(colon + 1)));
    }

    /// The same with the one name that it has taken for a config.
    HubDataReference withConfig(String name) {
        return new HubDataReference(repository, path, Optional.of(name), Optional.empty());
    }

    /// Whether a file of the data set is meant.
    boolean covers(String file) {
        return path.isEmpty() || file.equals(path) || file.startsWith(path + "/");
    }

    /// As [#parse] reads it.
    @Override
    public String toString() {
        return HubReference.PREFIX
                + repository.id()
                + (path.isEmpty() ? "" : "/" + path)
                + (repository.revision().equals("main") ? "" : "@" + repository.revision())
                + config.map(name -> ":" + name).orElse("")
                + split.map(name -> ":" + name).orElse("");
    }

    private static AttuneException refused(String text, String why) {
        return AttuneException.user(
                        "%s is no data set of the hub: %s.".formatted(Quoted.of(text), why))
                .fix(
                        "Write hf:owner/name[/path][@revision][:[config:]split], as in"
                                + " hf:owner/name:train.");
    }
}
