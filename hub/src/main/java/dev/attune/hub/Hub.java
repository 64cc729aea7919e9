package dev.attune.hub;

import dev.attune.base.AttuneException;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.List;
import java.util.Optional;

/// The hub and its cache: what is in the cache is given without a network, the rest is fetched.
///
/// Holds nothing open between calls; any number of threads and processes may use one cache.
public final class Hub {
    private final HubSettings settings;
    private final HubCache cache;

    public Hub(HubSettings settings) {
        this.settings = settings;
        this.cache = new HubCache(settings.cache(), settings.links());
    }

    /// The snapshot that the cache has for a reference, whoever downloaded it, and however much of
    /// the repository it holds. Asks no network.
    ///
    /// @throws AttuneException if the cache cannot be read
    public Optional<Snapshot> cached(HubReference reference) {
        return cache.snapshot(reference);
    }

    /// What the cache holds of models or data sets, by name.
    ///
    /// @throws AttuneException if the cache cannot be read
    public List<CachedSnapshot> snapshots(RepositoryKind kind) {
        return cache.snapshots(kind);
    }

    /// The files that a repository has at a commit, by asking the hub; offline those that the cache
    /// has, which may be fewer.
    ///
    /// @throws AttuneException if it does not succeed
    public RepositoryFiles files(HubReference reference, PullListener listener) {
        HubErrors errors = new HubErrors(settings, reference);
        if (settings.offline()) {
            Snapshot here = cached(reference).orElseThrow(errors::offline);
            return new RepositoryFiles(here.commit(), here.files());
        }
        return asking(
                reference,
                http -> {
                    var listed = new RepositoryListing(http, settings, reference, listener).fetch();
                    return new RepositoryFiles(
                            listed.commit(), listed.files().keySet().stream().sorted().toList());
                });
    }

    /// Fetches the chosen files of a repository that are not in the cache, continuing what an
    /// earlier call left, and gives the folder they are in. Nothing of the snapshot is seen before
    /// all of it is here and checked.
    ///
    /// Offline, and for a whole commit that the cache has all weights of, nothing is asked of the
    /// network.
    ///
    /// @throws AttuneException if it does not succeed; what has arrived stays for the next call
    public Snapshot pull(HubReference reference, FileChoice choice, PullListener listener) {
        HubErrors errors = new HubErrors(settings, reference);
        Optional<Snapshot> here = cached(reference);
        if (settings.offline()) {
            return here.orElseThrow(errors::offline);
        }
        if (reference.isCommit()
                && choice.isUsual()
                && here.filter(Weights::areWhole).isPresent()) {
            return here.get();
        }
        return asking(reference, http -> new Pull(http, settings, reference, listener).run(choice));
    }

    /// What is asked of the network.
    private interface Question<T> {
        T ask(HubHttp http) throws IOException, InterruptedException;
    }

    private <T> T asking(HubReference reference, Question<T> question) {
        HubErrors errors = new HubErrors(settings, reference);
        try (HubHttp http = new HubHttp(settings)) {
            return question.ask(http);
        } catch (HubFailure e) {
            throw errors.of(e, cached(reference).isPresent());
        } catch (Stopped _) {
            throw errors.stopped();
        } catch (InterruptedException | ClosedByInterruptException e) {
            Thread.currentThread().interrupt();
            throw errors.stopped().causedBy(e);
        } catch (IOException e) {
            throw errors.ofDisk(e, settings.cache());
        }
    }
}
