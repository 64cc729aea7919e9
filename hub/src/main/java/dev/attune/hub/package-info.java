/// The Hugging Face hub: files of models and data sets, fetched into the cache that Python tools
/// share.
///
/// ```
/// hf:owner/name@revision
///      │ HubReference
///      ▼
///     Hub ── RepositoryListing ──▶ commit, paths, sizes, checksums     (HubHttp: redirects, token)
///      │        FileChoice: which of them
///      ▼
///     BlobDownload ──▶ blobs/<etag>.attune.incomplete ──▶ checksum ──▶ blobs/<etag>
///      │                                                                   ▲
///      ▼                                                                   │ relative link
///     HubCache ──▶ snapshots/<commit>/<path> ──────────────────────────────┘
///             └──▶ refs/<revision>: the commit
/// ```
///
/// ```
/// var hub = new Hub(HubSettings.of(cacheFolder));
/// Snapshot snapshot = hub.pull(HubReference.parse("hf:owner/name"), FileChoice.model(), listener);
/// ```
///
/// Invariants:
/// - What stands under `snapshots/` and under an etag in `blobs/` is whole and has its checksum.
/// - The token goes to the endpoint only, never to where the endpoint redirects, and is in no
///   message.
/// - A path, an etag or a commit from the network is checked before it becomes part of a file name.
/// - Endpoint, token, cache folder, clock and waiting are values; nothing here reads the
///   environment.
@NullMarked
package dev.attune.hub;

import org.jspecify.annotations.NullMarked;
