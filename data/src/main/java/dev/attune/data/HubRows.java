package dev.attune.data;

import dev.attune.base.AttuneException;
import dev.attune.hub.FileChoice;
import dev.attune.hub.Hub;
import dev.attune.hub.HubReference;
import dev.attune.hub.PullListener;
import dev.attune.hub.RepositoryFiles;
import dev.attune.hub.Snapshot;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds the files of sources, and fetches those of the hub: `hf:owner/name`, with `/path` for a
/// file or folder, `@revision`, and `:split` or `:config:split`.
///
/// Without a split, `train` is taken, or the only one; which files are of which split the `configs`
/// of the data set's card say ([DataCard]), or else their names ([SplitNames]). Files come into the
/// cache that Python's tools share.
///
/// @param cacheFirst whether what the cache has of a commit is taken without asking the hub
public record HubRows(Hub hub, PullListener listener, boolean cacheFirst) implements RowPlaces {
    /// Asks the hub each time.
    public HubRows(Hub hub, PullListener listener) {
        this(hub, listener, false);
    }

    /// Takes what the cache has, for who can tell whether that is all.
    public HubRows fromCacheFirst() {
        return new HubRows(hub, listener, true);
    }

    @Override
    public List<Path> files(RowSource source) {
        return HubReference.is(source.path()) ? fetched(source) : RowPlaces.local().files(source);
    }

    /// The files of a source of the hub, fetched if need be.
    ///
    /// @throws AttuneException if the hub has no such rows, or cannot be asked
    public List<Path> fetched(RowSource source) {
        HubDataReference reference = reference(source);
        if (cacheFirst && reference.repository().isCommit()) {
            Optional<Snapshot> here = hub.cached(reference.repository());
            if (here.isPresent() && HubFiles.hold(here.get().files(), reference)) {
                Optional<DataCard> card = card(reference, here.get());
                return paths(here.get(), HubFiles.of(reference, here.get().files(), card).paths());
            }
        }
        Fetched fetched = fetch(reference);
        return paths(fetched.snapshot, fetched.files.paths());
    }

    private record Fetched(HubFiles files, Snapshot snapshot) {}

    private Fetched fetch(HubDataReference reference) {
        RepositoryFiles listed = hub.files(reference.repository(), listener);
        boolean hasCard = reference.path().isEmpty() && listed.paths().contains(DataCard.FILE);
        List<String> read = new ArrayList<>();
        Optional<DataCard> card = Optional.empty();
        if (hasCard) {
            read.add(DataCard.FILE);
            FileChoice first = FileChoice.exactly(read);
            // At the commit of the listing: the branch may move on meanwhile.
            HubReference listing = reference.repository().at(listed.commit());
            card = card(reference, hub.pull(listing, first, listener));
        }
        HubFiles chosen = HubFiles.of(reference, listed.paths(), card);
        read.addAll(chosen.paths());
        chosen.others()
                .ifPresent(others ->
                        listener.notice(
                                "%s: split %s is read; there is also %s"
                                        .formatted(reference, chosen.split(), others)));
        // Asked for by its branch, so that the cache learns what that stands for.
        Snapshot snapshot = hub.pull(reference.repository(), FileChoice.exactly(read), listener);
        return new Fetched(chosen, snapshot);
    }

    /// What the card in a snapshot says, where it is of use.
    private static Optional<DataCard> card(HubDataReference reference, Snapshot snapshot) {
        Path file = snapshot.path().resolve(DataCard.FILE);
        if (!reference.path().isEmpty() || !Files.isRegularFile(file)) {
            return Optional.empty();
        }
        return DataCard.of(LocalRows.text(file), reference);
    }

    /// Fetches a source, and gives the same at the commit that its branch stands for now, with the
    /// split that is taken. A source that is not of the hub stays as it is.
    public RowSource atCommit(RowSource source) {
        if (!HubReference.is(source.path())) {
            return source;
        }
        HubDataReference reference = reference(source);
        Fetched fetched = fetch(reference);
        String commit = fetched.snapshot.commit();
        return source.at(
                        reference
                                .at(commit, fetched.files.config(), fetched.files.split())
                                .toString())
                .withSplit(Optional.empty());
    }

    private static HubDataReference reference(RowSource source) {
        HubDataReference reference = HubDataReference.parse(source.path());
        if (source.split().isEmpty()) {
            return reference;
        }
        Optional<String> named = reference.split();
        if (named.isPresent() && !named.equals(source.split())) {
            if (reference.config().isEmpty() && !SplitNames.isWord(named.get())) {
                return reference.withPart(named.get() + ":" + source.split().get());
            }
            throw AttuneException.user(
                            "The source names two splits: %s and %s."
                                    .formatted(reference.split().get(), source.split().get()))
                    .at(source.path())
                    .fix("Keep one of them.");
        }
        return reference.withPart(source.split().get());
    }

    private static List<Path> paths(Snapshot snapshot, List<String> files) {
        List<Path> paths = files.stream().map(snapshot.path()::resolve).toList();
        for (Path path : paths) {
            if (!Files.isRegularFile(path)) {
                throw AttuneException.environment(
                                "The cache has a part of the data set only, and the hub may not be"
                                        + " asked.")
                        .at(path)
                        .fix("Unset HF_HUB_OFFLINE once, so that the rest is fetched.");
            }
        }
        return paths;
    }
}
