package dev.attune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.PlayedHub;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// `attune model pull` and `list` with a hub on this machine.
class ModelPullTest {
    private static final String MODEL = "hf:owner/name";

    @TempDir private Path home;
    private final PlayedHub played = PlayedHub.start();

    ModelPullTest() {
        played.put(
                "owner/name",
                Map.of(
                        "config.json",
                        "{\"architectures\": [\"Nobody\"]}".getBytes(StandardCharsets.UTF_8),
                        "model.safetensors",
                        new byte[5000]));
    }

    @AfterEach
    void close() {
        played.close();
    }

    @Test
    void printsTheFolderAndNothingElse() {
        Ran ran = ran("pull", MODEL);
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        Path folder = home.resolve("hub/models--owner--name/snapshots/" + PlayedHub.COMMIT);
        assertThat(ran.out()).isEqualTo(folder + "\n");
        assertThat(folder.resolve("model.safetensors")).hasBinaryContent(new byte[5000]);
        assertThat(ran.err().lines())
                .containsExactly(
                        "config.json  0.0 MB",
                        "config.json  done",
                        "model.safetensors  0.0 MB",
                        "model.safetensors  done");
    }

    @Test
    void tellsProgramsWhatItDid() {
        var json = ran("pull", MODEL + "@main", "--json", "--exclude", "*.safetensors").json();
        assertThat(json.propertyNames())
                .containsExactly("path", "commit", "files", "bytes_downloaded");
        assertThat(json.path("commit").asString()).isEqualTo(PlayedHub.COMMIT);
        assertThat(json.path("files").size()).isEqualTo(1);
        assertThat(json.path("bytes_downloaded").asLong()).isEqualTo(29);
    }

    @Test
    void keepsFilesWhereItIsTold() {
        Path other = home.resolve("other");
        assertThat(ran("pull", MODEL, "--cache", other.toString()).out())
                .startsWith(other.toString());
        assertThat(home.resolve("hub")).doesNotExist();
    }

    @Test
    void commandsFindWhatWasPulled() {
        ran("pull", MODEL);
        assertThat(ran("show", MODEL).err())
                .contains("Unknown architecture Nobody", "snapshots/" + PlayedHub.COMMIT);
        assertThat(ran("show", "hf:owner/other").err())
                .contains("The cache has no hf:owner/other.", home.resolve("hub").toString())
                .contains("fix  attune model pull hf:owner/other");
    }

    @Test
    void listsWhatTheCacheHolds() {
        assertThat(ran("list").out()).startsWith("The cache holds no model");
        ran("pull", MODEL);
        assertThat(ran("list").out()).contains("hf:owner/name", "not supported");
        var json = ran("list", "--json").json();
        assertThat(json.path(0).path("name").asString()).isEqualTo(MODEL);
        assertThat(json.path(0).path("supported").asBoolean()).isFalse();
    }

    @Test
    void refusalsAreMessagesAndExitCodes() throws IOException {
        Ran none = ran("pull", "hf:owner/none");
        assertThat(none.exitCode()).isEqualTo(2);
        assertThat(none.out()).isEmpty();
        assertThat(none.err()).contains("attune: The hub has no repository owner/none.");
        assertThat(ran("pull", MODEL, "--revision", "v9").err()).contains("no revision 'v9'");
        assertThat(ran("pull", "owner/name").err()).contains("does not begin with hf:");
        Ran offline = ran(Map.of("HF_HUB_OFFLINE", "1"), "pull", MODEL);
        assertThat(offline.exitCode()).isEqualTo(2);
        assertThat(offline.err()).contains("is not in the cache, and HF_HUB_OFFLINE");
        assertThat(ran(Map.of("HF_ENDPOINT", "not a place"), "pull", MODEL).err())
                .contains("HF_ENDPOINT is no address of a web server.");
        assertThat(ran(Map.of("HF_ENDPOINT", "ftp://x"), "pull", MODEL).err())
                .contains("The hub's endpoint is no address");
    }

    @Test
    void takesTheTokenFromTheVariableElseFromTheFile() throws IOException {
        Files.writeString(home.resolve("token"), "hf_file\n");
        ran("pull", MODEL);
        assertThat(played.requests().getFirst().authorization()).contains("Bearer hf_file");
        played.forgetRequests();
        ran(Map.of("HF_TOKEN", "hf_variable"), "pull", MODEL);
        assertThat(played.requests().getFirst().authorization()).contains("Bearer hf_variable");
    }

    @Test
    void drawsABarWithTheTimeLeftOnATerminal() {
        var err = new StringWriter();
        long[] now = {0};
        var progress = new PullProgress(new PrintWriter(err), true, () -> now[0]);
        progress.progress("a", 0, 4_000_000);
        now[0] = 1_000_000_000;
        progress.progress("a", 1_000_000, 4_000_000);
        progress.progress("a", 4_000_000, 4_000_000);
        assertThat(err.toString())
                .contains("\ra  [======                  ]  1.0 MB of 4.0 MB, 0:03 left")
                .endsWith("4.0 MB of 4.0 MB\u001b[K\n");
    }

    private Ran ran(String... args) {
        return ran(Map.of(), args);
    }

    private Ran ran(Map<String, String> more, String... args) {
        var environment = new HashMap<String, String>();
        environment.put("HF_HOME", home.toString());
        environment.put("HF_ENDPOINT", played.endpoint().toString());
        environment.putAll(more);
        String[] words = new String[args.length + 1];
        words[0] = "model";
        System.arraycopy(args, 0, words, 1, args.length);
        return Ran.of(environment, words);
    }
}
