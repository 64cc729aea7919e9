package dev.attune.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.PlayedHub;
import dev.attune.testkit.PlayedHub.Fault;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Downloads that go well in the end, and what they leave in the cache.
class PullTest {
    private static final HubReference MODEL = HubReference.parse("hf:owner/name");
    private static final byte[] CONFIG = HubTests.bytes(700, 1);
    private static final byte[] WEIGHTS = HubTests.bytes(3_000_000, 2);

    @TempDir private Path cache;
    private final PlayedHub played = PlayedHub.start();
    private final HubTests.Watch watch = new HubTests.Watch();

    PullTest() {
        played.put(
                "owner/name",
                Map.of(
                        "config.json",
                        CONFIG,
                        "model.safetensors",
                        WEIGHTS,
                        "tokenizer.json",
                        HubTests.bytes(9000, 3),
                        "pytorch_model.bin",
                        HubTests.bytes(50, 4),
                        "onnx/model.onnx",
                        HubTests.bytes(50, 5),
                        "README.md",
                        new byte[0]));
    }

    @AfterEach
    void close() {
        played.close();
    }

    @Test
    void laysOutTheCacheAsPythonToolsDo() throws IOException {
        Snapshot snapshot = pull();
        Path repository = cache.resolve("models--owner--name");
        assertThat(snapshot.path()).isEqualTo(repository.resolve("snapshots/" + PlayedHub.COMMIT));
        assertThat(snapshot.commit()).isEqualTo(PlayedHub.COMMIT);
        assertThat(snapshot.files())
                .containsExactly("README.md", "config.json", "model.safetensors", "tokenizer.json");
        assertThat(snapshot.bytesDownloaded()).isEqualTo(700 + 3_000_000 + 9000);
        assertThat(repository.resolve("refs/main")).hasContent(PlayedHub.COMMIT);
        Path weights = snapshot.path().resolve("model.safetensors");
        assertThat(weights).hasBinaryContent(WEIGHTS);
        Path link = Files.readSymbolicLink(weights);
        assertThat(link.toString()).matches("\\.\\./\\.\\./blobs/[0-9a-f]{64}");
        assertThat(Files.readSymbolicLink(snapshot.path().resolve("config.json")).toString())
                .matches("\\.\\./\\.\\./blobs/[0-9a-f]{40}");
        assertThat(HubTests.names(repository.resolve("blobs")))
                .hasSize(4)
                .noneMatch(n -> n.contains("."));
        assertThat(HubTests.names(cache.resolve(".locks/models--owner--name")))
                .contains(link.getFileName() + ".lock");
    }

    @Test
    void fetchesNothingTwice() {
        pull();
        played.forgetRequests();
        assertThat(pull().bytesDownloaded()).isZero();
        assertThat(played.requests()).hasSize(1);
    }

    @Test
    void asksNoNetworkForACommitThatIsHere() {
        pull();
        played.forgetRequests();
        Snapshot snapshot = hub().pull(MODEL.at(PlayedHub.COMMIT), FileChoice.usual(), watch);
        assertThat(snapshot.files()).contains("model.safetensors");
        assertThat(played.requests()).isEmpty();
    }

    @Test
    void usesWhatPythonDownloadedWithoutANetwork() throws IOException {
        Path repository = cache.resolve("models--owner--name");
        Path snapshot =
                Files.createDirectories(repository.resolve("snapshots/" + PlayedHub.COMMIT));
        Files.createDirectories(repository.resolve("refs"));
        Files.writeString(repository.resolve("refs/main"), PlayedHub.COMMIT);
        Files.write(snapshot.resolve("config.json"), CONFIG);
        Hub offline = new Hub(HubTests.offline(cache, played));
        assertThat(offline.cached(MODEL).orElseThrow().path()).isEqualTo(snapshot);
        assertThat(offline.pull(MODEL, FileChoice.usual(), watch).files())
                .containsExactly("config.json");
        assertThat(played.requests()).isEmpty();
    }

    @Test
    void asksForSizeAndChecksumWhereTheListTellsNone() {
        played.listNamesOnly();
        assertThat(pull().path().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
        assertThat(played.requests()).filteredOn(r -> r.method().equals("HEAD")).hasSize(4);
    }

    @Test
    void givesTheTokenToTheEndpointOnly() {
        new Hub(HubTests.settings(cache, played, Optional.of("hf_secret")))
                .pull(MODEL, FileChoice.usual(), watch);
        assertThat(played.requests())
                .filteredOn(r -> r.server().equals("hub"))
                .isNotEmpty()
                .allMatch(r -> r.authorization().equals(Optional.of("Bearer hf_secret")));
        assertThat(played.requests())
                .filteredOn(r -> r.server().equals("store"))
                .isNotEmpty()
                .allMatch(r -> r.authorization().isEmpty());
    }

    @Test
    void continuesACutConnectionWhereItBroke() {
        played.fail(
                "store:/owner/name/resolve/" + PlayedHub.COMMIT + "/model.safetensors",
                new Fault.Cut(1_000_000),
                new Fault.Cut(500_000));
        assertThat(pull().path().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
        List<PlayedHub.Request> parts = stored();
        assertThat(parts).hasSize(3);
        assertThat(parts.getFirst().range()).isEmpty();
        assertThat(parts).element(2).matches(r -> r.range().orElse("").startsWith("bytes="));
        long asked = parts.stream().mapToLong(PlayedHub.Request::bytes).sum();
        assertThat(asked).isLessThan(WEIGHTS.length + 1_500_000L);
        assertThat(watch.notices).hasSize(2).allMatch(text -> !text.contains("secret"));
        assertThat(watch.waits).hasSize(2);
    }

    @Test
    void anInterruptLeavesWhatTheNextDownloadContinues() throws Exception {
        watch.stopAt = 1_000_000;
        assertThat(HubTests.failure(this::pull).getMessage())
                .startsWith(
                        "The download of hf:owner/name was stopped.\n  fix  Run the command again");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(cache.resolve("models--owner--name/snapshots")).doesNotExist();
        played.forgetRequests();
        watch.stopAt = Long.MAX_VALUE;
        Snapshot snapshot = pull();
        assertThat(snapshot.path().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
        assertThat(snapshot.bytesDownloaded()).isLessThan(2_010_000);
        assertThat(stored()).singleElement().matches(r -> r.bytes() <= 2_000_000);
    }

    @Test
    void aCancelledDownloadStopsWithoutAnInterrupt() {
        watch.cancelAt = 1_000_000;
        assertThat(HubTests.failure(this::pull).getMessage()).contains("was stopped");
        assertThat(Thread.interrupted()).isFalse();
        watch.cancelAt = Long.MAX_VALUE;
        assertThat(pull().bytesDownloaded()).isLessThan(2_100_000);
    }

    @Test
    void beginsAnewWhereTheServerSendsTheWhole() {
        played.fail("/tokenizer.json", new Fault.Cut(4000), new Fault.Whole());
        Snapshot snapshot = pull();
        assertThat(snapshot.path().resolve("tokenizer.json"))
                .hasBinaryContent(HubTests.bytes(9000, 3));
    }

    @Test
    void fetchesOnceMoreWhatHasTheWrongChecksum() {
        played.fail("/config.json", new Fault.Damage());
        assertThat(pull().path().resolve("config.json")).hasBinaryContent(CONFIG);
        assertThat(watch.notices)
                .containsExactly("config.json has the wrong checksum; fetched once more");
    }

    @Test
    void endsAConnectionThatFallsSilent() {
        played.fail("/config.json", new Fault.Stall(100));
        var settings = HubTests.impatient(cache, played);
        Snapshot snapshot = new Hub(settings).pull(MODEL, FileChoice.usual(), watch);
        assertThat(snapshot.path().resolve("config.json")).hasBinaryContent(CONFIG);
    }

    @Test
    void waitsAsLongAsTheHubAsks() {
        played.fail(
                "/revision/main",
                new Fault.Status(429, Map.of("Retry-After", "7")),
                new Fault.Status(503, Map.of("Retry-After", "Thu, 01 Jan 2026 00:00:30 GMT")),
                new Fault.Status(500, Map.of()));
        pull();
        assertThat(watch.waits.subList(0, 2))
                .extracting(w -> w.toSeconds())
                .containsExactly(7L, 30L);
        assertThat(watch.waits.get(2).toMillis()).isBetween(2000L, 4000L);
    }

    @Test
    void asksAnewForALinkThatRanOut() {
        played.fail(
                "store:/owner/name/resolve/" + PlayedHub.COMMIT + "/model.safetensors",
                new Fault.Status(403, Map.of()));
        assertThat(pull().path().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    }

    @Test
    void followsARenamedRepository() {
        played.put("old/name", Map.of());
        played.fail(
                "/api/models/old/name/revision/main",
                new Fault.Redirect("/api/models/owner/name/revision/main?blobs=true"));
        played.fail(
                "/old/name/resolve/" + PlayedHub.COMMIT + "/config.json",
                new Fault.Redirect("/owner/name/resolve/" + PlayedHub.COMMIT + "/config.json"));
        Snapshot snapshot =
                hub().pull(
                                HubReference.parse("hf:old/name"),
                                new FileChoice(List.of("config.json"), List.of()),
                                watch);
        assertThat(snapshot.path().resolve("config.json")).hasBinaryContent(CONFIG);
    }

    @Test
    void twoDownloadsOfOneFileFetchItOnce() {
        var one = CompletableFuture.supplyAsync(this::pull);
        var other = CompletableFuture.supplyAsync(this::pull);
        long bytes = one.join().bytesDownloaded() + other.join().bytesDownloaded();
        assertThat(bytes).isEqualTo(700 + 3_000_000 + 9000);
        assertThat(one.join().path().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    }

    @Test
    void withoutSymbolicLinksThereAreFiles() {
        Snapshot snapshot =
                new Hub(HubTests.hardLinks(cache, played)).pull(MODEL, FileChoice.usual(), watch);
        Path config = snapshot.path().resolve("config.json");
        assertThat(config).hasBinaryContent(CONFIG);
        assertThat(Files.isSymbolicLink(config)).isFalse();
    }

    @Test
    void replacesABlobOfTheWrongSizeAndALinkToNothing() throws IOException {
        Snapshot snapshot = pull();
        Path blob = snapshot.path().resolve("config.json").toRealPath();
        Files.write(blob, new byte[3]);
        assertThat(pull().path().resolve("config.json")).hasBinaryContent(CONFIG);
        Files.delete(blob);
        assertThat(pull().path().resolve("config.json")).hasBinaryContent(CONFIG);
    }

    @Test
    void tellsHowMuchIsHere() {
        pull();
        assertThat(watch.last)
                .containsEntry("model.safetensors", 3_000_000L)
                .containsEntry("README.md", 0L);
    }

    @Test
    void listsWhatTheCacheHolds() {
        pull();
        assertThat(hub().snapshots(RepositoryKind.MODEL))
                .singleElement()
                .satisfies(found -> {
                    assertThat(found.id()).isEqualTo("owner/name");
                    assertThat(found.revisions()).containsExactly("main");
                    assertThat(found.bytes()).isEqualTo(3_009_700);
                });
        assertThat(hub().snapshots(RepositoryKind.DATASET)).isEmpty();
    }

    private List<PlayedHub.Request> stored() {
        return played.requests().stream().filter(r -> r.server().equals("store")).toList();
    }

    private Hub hub() {
        return new Hub(HubTests.settings(cache, played, watch));
    }

    private Snapshot pull() {
        return hub().pull(MODEL, FileChoice.usual(), watch);
    }
}
