package dev.attune.hub;

import dev.attune.base.AttuneException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One download of a repository's files: list, choose, make sure of room, fetch, and only then
/// link.
final class Pull {
    private final HubHttp http;
    private final HubSettings settings;
    private final HubCache cache;
    private final HubReference reference;
    private final PullListener listener;
    private final RepositoryListing listing;

    Pull(HubHttp http, HubSettings settings, HubReference reference, PullListener listener) {
        this.http = http;
        this.settings = settings;
        this.cache = new HubCache(settings.cache(), settings.links());
        this.reference = reference;
        this.listener = listener;
        this.listing = new RepositoryListing(http, settings, reference, listener);
    }

    /// @throws AttuneException if the hub has not what is asked for, or there is no room
    Snapshot run(FileChoice choice) throws IOException, InterruptedException {
        RepositoryListing.Listing listed = listed();
        List<String> chosen = choice.of(listed.files().keySet(), reference);
        List<HubFile> files = described(listed, chosen);
        requireRoom(files);
        long received = 0;
        for (HubFile file : files) {
            received += download(file, listed.commit()).run();
        }
        for (HubFile file : files) {
            cache.link(reference, listed.commit(), file);
        }
        cache.writeRef(reference, listed.commit());
        Path folder = cache.snapshotFolder(reference, listed.commit());
        return new Snapshot(folder, listed.commit(), chosen, received);
    }

    private RepositoryListing.Listing listed() throws IOException, InterruptedException {
        try {
            return listing.fetch();
        } catch (HubFailure e) {
            boolean untold = e.status() == 404 && e.errorCode().isEmpty();
            if (untold && listing.repositoryExists()) {
                throw new HubErrors(settings, reference).noRevision().causedBy(e);
            }
            throw e;
        }
    }

    private List<HubFile> described(RepositoryListing.Listing listed, List<String> chosen)
            throws IOException, InterruptedException {
        List<HubFile> files = new ArrayList<>();
        for (String path : chosen) {
            Stopped.ifAskedBy(listener);
            Optional<HubFile> told = listed.files().getOrDefault(path, Optional.empty());
            files.add(told.isPresent() ? told.get() : listing.head(path, listed.commit()));
        }
        return files;
    }

    private BlobDownload download(HubFile file, String commit) {
        var target =
                new BlobDownload.Target(
                        file,
                        listing.address(file.path(), commit),
                        cache.blob(reference, file),
                        cache.incomplete(reference, file),
                        cache.lock(reference, file));
        return new BlobDownload(http, settings.waiting(), listener, target);
    }

    /// Fails before anything is fetched if it would not fit.
    private void requireRoom(List<HubFile> files) throws IOException {
        Map<Path, Long> missing = new HashMap<>();
        for (HubFile file : files) {
            Path blob = cache.blob(reference, file);
            boolean here = Files.isRegularFile(blob) && Files.size(blob) == file.size();
            Path incomplete = cache.incomplete(reference, file);
            long kept = Files.exists(incomplete) ? Files.size(incomplete) : 0;
            if (!here) {
                missing.put(blob, Math.max(0, file.size() - kept));
            }
        }
        long needed = 0;
        for (long bytes : missing.values()) {
            needed = saturated(needed, bytes);
        }
        Path folder = cache.repository(reference);
        Files.createDirectories(folder);
        long free = Files.getFileStore(folder).getUsableSpace();
        if (needed > free) {
            throw new HubErrors(settings, reference).noRoom(needed, free, settings.cache());
        }
    }

    private static long saturated(long a, long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }
}
