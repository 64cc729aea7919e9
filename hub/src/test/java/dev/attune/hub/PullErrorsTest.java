package dev.attune.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.base.AttuneException;
import dev.attune.base.ErrorKind;
import dev.attune.testkit.PlayedHub;
import dev.attune.testkit.PlayedHub.Fault;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Downloads that cannot go well: each says why and what to do, and leaves no snapshot.
class PullErrorsTest {
    private static final HubReference MODEL = HubReference.parse("hf:owner/name");

    @TempDir private Path cache;
    private final PlayedHub played = PlayedHub.start();
    private final HubTests.Watch watch = new HubTests.Watch();

    PullErrorsTest() {
        played.put(
                "owner/name",
                Map.of(
                        "config.json", HubTests.bytes(700, 1),
                        "model.safetensors", HubTests.bytes(5000, 2)));
    }

    @AfterEach
    void close() {
        played.close();
        assertThat(cache.resolve("models--owner--name/snapshots")).doesNotExist();
        assertThat(watch.notices).noneMatch(text -> text.contains("secret"));
    }

    @Test
    void tellsWhereTheLicenceIsAccepted() {
        var gated = new Fault.Status(401, Map.of("X-Error-Code", "GatedRepo"));
        played.fail("/config.json", gated, gated);
        assertThat(failure(Optional.empty(), MODEL).getMessage())
                .isEqualTo(
                        "Access to hf:owner/name is granted on request (401).\n  at   "
                                + played.endpoint()
                                + "/owner/name\n  fix  Accept the licence on that page with your"
                                + " account, and set HF_TOKEN to its token.");
        assertThat(failure(Optional.of("hf_secret"), MODEL).getMessage())
                .contains("granted on request")
                .contains("check that HF_TOKEN is of that account")
                .doesNotContain("secret");
    }

    @Test
    void tellsRefusalsWithAndWithoutATokenApart() {
        var refused = new Fault.Status(401, Map.of());
        played.fail("/revision/main", refused, refused);
        assertThat(failure(Optional.empty(), MODEL))
                .hasMessageContaining(
                        "hf:owner/name does not exist, is private, or its licence must be accepted"
                                + " first (401).")
                .hasMessageContaining("set HF_TOKEN");
        assertThat(failure(Optional.of("hf_secret"), MODEL))
                .hasMessageContaining("The hub does not accept the token for hf:owner/name (401).")
                .hasMessageContaining("Check HF_TOKEN");
    }

    @Test
    void tellsRepositoryRevisionAndFileApart() {
        assertThat(failure(HubReference.parse("hf:owner/none")))
                .hasMessageContaining("The hub has no repository owner/none.");
        assertThat(failure(MODEL.at("v9")))
                .hasMessageContaining("The repository owner/name has no revision 'v9'.");
        played.fail("/config.json", new Fault.Status(404, Map.of("X-Error-Code", "EntryNotFound")));
        assertThat(failure(MODEL))
                .hasMessageContaining("The hub lists a file that it does not have: http")
                .hasMessageContaining("/config.json answers 404");
    }

    @Test
    void asksWhetherTheRepositoryIsThereWhereTheHubSaysNot() {
        var bare = new Fault.Status(404, Map.of());
        played.fail("/revision/v9", bare);
        assertThat(failure(MODEL.at("v9"))).hasMessageContaining("has no revision 'v9'");
        played.fail("/revision/main", bare);
        assertThat(failure(HubReference.parse("hf:owner/none")))
                .hasMessageContaining("no repository owner/none");
    }

    @Test
    void givesUpAfterSixAttempts() {
        played.fail(
                "/revision/main",
                Collections.nCopies(6, new Fault.Status(429, Map.of())).toArray(Fault[]::new));
        AttuneException error = failure(MODEL);
        assertThat(error.kind()).isEqualTo(ErrorKind.ENVIRONMENT);
        assertThat(error)
                .hasMessageContaining("too many requests (429)")
                .hasMessageContaining("HF_TOKEN");
        assertThat(watch.waits).hasSize(5);
        played.fail(
                "/revision/main",
                Collections.nCopies(6, new Fault.Status(503, Map.of())).toArray(Fault[]::new));
        assertThat(failure(MODEL))
                .hasMessageContaining("The hub has a fault: ")
                .hasMessageContaining("answers 503")
                .hasMessageContaining("again later");
    }

    @Test
    void doesNotWaitForHours() {
        played.fail("/revision/main", new Fault.Status(429, Map.of("Retry-After", "7200")));
        assertThat(failure(MODEL)).hasMessageContaining("Wait as asked (7200)");
        assertThat(watch.waits).isEmpty();
    }

    @Test
    void givesUpOnAConnectionThatBreaksAlways() {
        played.fail(
                "store:/owner/name/resolve/" + PlayedHub.COMMIT + "/model.safetensors",
                Collections.nCopies(6, new Fault.Cut(100)).toArray(Fault[]::new));
        assertThat(failure(MODEL))
                .hasMessageContaining("The connection broke: http://127.0.0.1")
                .hasMessageContaining("it continues where it stopped")
                .message()
                .doesNotContain("Signature", "secret");
    }

    @Test
    void keepsNothingOfWhatComesTwiceWithTheWrongChecksum() throws IOException {
        played.fail(
                "store:/owner/name/resolve/" + PlayedHub.COMMIT + "/model.safetensors",
                new Fault.Damage(),
                new Fault.Damage());
        AttuneException error = failure(MODEL);
        assertThat(error.kind()).isEqualTo(ErrorKind.ENVIRONMENT);
        assertThat(error)
                .hasMessageContaining("model.safetensors came twice with the wrong checksum")
                .hasMessageContaining("Nothing of it was kept");
        assertThat(HubTests.names(cache.resolve("models--owner--name/blobs"))).hasSize(1);
    }

    @Test
    void refusesADiskThatIsTooSmallBeforeAnythingIsFetched() {
        played.fail(
                "/revision/main",
                new Fault.Text(
                        "{\"sha\":\"%s\",\"siblings\":[{\"rfilename\":\"model.safetensors\",\"size\":%d,\"lfs\":{\"sha256\":\"%s\",\"size\":%d}}]}"
                                .formatted(PlayedHub.COMMIT, 1L << 60, "a".repeat(64), 1L << 60)));
        AttuneException error = failure(MODEL);
        assertThat(error.kind()).isEqualTo(ErrorKind.RESOURCES);
        assertThat(error)
                .hasMessageContaining("1,152,921,504,606,846,976 bytes are needed")
                .hasMessageContaining("HF_HUB_CACHE");
        assertThat(played.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../x.safetensors",
                "/etc/x.safetensors",
                "a\\\\b.safetensors",
                "a\\u0000b",
                "C:/x",
                "a//b",
                "./a",
                ""
            })
    void refusesARepositoryWithHostilePaths(String path) {
        played.fail(
                "/revision/main",
                new Fault.Text(
                        "{\"sha\":\"%s\",\"siblings\":[{\"rfilename\":\"%s\"}]}"
                                .formatted(PlayedHub.COMMIT, path)));
        assertThat(failure(MODEL))
                .hasMessageContaining("lists 1 file by paths that are not written: '")
                .hasMessageContaining("Nothing was downloaded. Do not trust this repository.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>",
                "[]",
                "{\"sha\":\"../..\",\"siblings\":[]}",
                "{\"sha\":\"0123456789abcdef0123456789abcdef01234567\"}"
            })
    void refusesAnAnswerThatIsNoneOfAHub(String text) {
        played.fail("/revision/main", new Fault.Text(text));
        assertThat(failure(MODEL))
                .hasMessageContaining("This does not answer as a hub does: http")
                .hasMessageContaining("Check HF_ENDPOINT");
    }

    @Test
    void refusesAnEtagThatIsNoChecksum() {
        played.listNamesOnly();
        played.fail("/config.json", new Fault.Redirect("http://127.0.0.1:1/"));
        assertThat(failure(MODEL))
                .hasMessageContaining("The hub tells no size and checksum of config.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///etc/passwd", "ftp://127.0.0.1/x", "http:", "://"})
    void followsNoRedirectAwayFromTheWeb(String location) {
        played.fail("/revision/main", new Fault.Redirect(location));
        assertThat(failure(MODEL)).hasMessageContaining("redirects to");
    }

    @Test
    void followsNoCircle() {
        var circle = new Fault.Redirect("/api/models/owner/name/revision/main");
        played.fail("/revision/main", Collections.nCopies(20, circle).toArray(Fault[]::new));
        assertThat(failure(MODEL)).hasMessageContaining("redirects more than 10 times");
    }

    @Test
    void refusesPickledWeightsAndSaysWhy() {
        played.put(
                "owner/name", Map.of("config.json", new byte[1], "pytorch_model.bin", new byte[1]));
        assertThat(failure(MODEL))
                .hasMessageContaining("weights as pickle files only")
                .hasMessageContaining("Attune reads safetensors only");
        played.put("owner/name", Map.of("a.gguf", new byte[1]));
        assertThat(failure(MODEL)).hasMessageContaining("has no safetensors files");
    }

    @Test
    void refusesAChoiceOfNothing() {
        var nothing = new FileChoice(List.of("*.none"), List.of());
        assertThat(HubTests.failure(() -> hub(Optional.empty()).pull(MODEL, nothing, watch)))
                .hasMessageContaining("None of the 2 files of the repository is chosen.")
                .hasMessageContaining("--include");
    }

    @Test
    void offlineSaysWhatIsMissing() {
        Hub offline = new Hub(HubTests.offline(cache, played));
        assertThat(HubTests.failure(() -> offline.pull(MODEL, FileChoice.usual(), watch)))
                .hasMessageContaining("hf:owner/name is not in the cache, and HF_HUB_OFFLINE")
                .hasMessageContaining("Unset HF_HUB_OFFLINE");
        assertThat(played.requests()).isEmpty();
    }

    @Test
    void saysThatNobodyAnswersOrTheNameIsUnknown() {
        played.close();
        assertThat(failure(MODEL))
                .hasMessageContaining("The hub cannot be reached: http://127.0.0.1")
                .hasMessageContaining("proxy");
        HubSettings plain = HubTests.settings(cache, played, watch);
        var unknown =
                new HubSettings(
                        URI.create("http://hub.invalid"),
                        Optional.empty(),
                        cache,
                        false,
                        plain.links(),
                        plain.waiting());
        assertThat(HubTests.failure(() -> new Hub(unknown).pull(MODEL, FileChoice.usual(), watch)))
                .hasMessageContaining("The host name hub.invalid of the hub is not known.");
    }

    @Test
    void saysThatTheCacheCannotBeWritten() throws IOException {
        Path file = Files.createFile(cache.resolve("file"));
        HubSettings settings = HubTests.settings(file, played, watch);
        assertThat(HubTests.failure(() -> new Hub(settings).pull(MODEL, FileChoice.usual(), watch)))
                .hasMessageContaining("The cache of the hub cannot be written")
                .hasMessageContaining("HF_HUB_CACHE");
    }

    private AttuneException failure(HubReference reference) {
        return failure(Optional.empty(), reference);
    }

    private AttuneException failure(Optional<String> token, HubReference reference) {
        return HubTests.failure(() -> hub(token).pull(reference, FileChoice.usual(), watch));
    }

    private Hub hub(Optional<String> token) {
        return new Hub(
                token.isPresent()
                        ? HubTests.settings(cache, played, token)
                        : HubTests.settings(cache, played, watch));
    }
}
