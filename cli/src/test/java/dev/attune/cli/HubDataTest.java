package dev.attune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.PlayedHub;
import dev.attune.testkit.PlayedHub.Fault;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/// Data sets of a hub on this machine.
class HubDataTest {
    private static final String TRAIN = "data/train-00000-of-00001.jsonl";
    private static final String TEST = "data/test-00000-of-00001.jsonl";

    @TempDir private Path home;
    private final PlayedHub played = PlayedHub.start();
    private final Map<String, String> more = new HashMap<>();

    HubDataTest() {
        put("owner/name", TRAIN, rows("learn", 12), TEST, rows("judge", 3), "README.md", "# Data");
    }

    @AfterEach
    void close() {
        played.close();
    }

    @Test
    void commandsReadTheTrainSplitAndTellOfTheOthers() {
        Ran ran = ran("data", "stats", "hf:owner/name", "--json");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.json().path("rows").asLong()).isEqualTo(12);
        assertThat(ran.err())
                .contains("hf:owner/name: split train is read; there is also test (1 file)");
        assertThat(snapshot().resolve(TRAIN)).exists();
        assertThat(snapshot().resolve(TEST)).doesNotExist();
    }

    @Test
    void theReferenceNamesFolderRevisionAndSplit() {
        Ran ran = ran("data", "show", "hf:owner/name/data@main:test");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("What to judge 0?").doesNotContain("learn");
        assertThat(ran("data", "show", "hf:owner/name/" + TEST).out()).contains("judge 0?");
        assertThat(ran("data", "show", "hf:datasets/owner/name:test").out()).contains("judge 0?");
    }

    @Test
    void theCardSaysWhichFilesAreOfAConfigAndSplit() {
        put(
                "owner/several",
                "README.md",
                """
                ---
                configs:
                - config_name: en
                  data_files: [{split: train, path: "a/*.jsonl"}, {split: test, path: b.jsonl}]
                - config_name: de
                  data_files: c.jsonl
                ---
                """,
                "a/1.jsonl",
                rows("learn", 2),
                "b.jsonl",
                rows("judge", 3),
                "c.jsonl",
                rows("lernen", 4));
        assertThat(ran("data", "show", "hf:owner/several").err())
                .contains("The data set has 2 configs, and none was chosen: en, de.")
                .contains("Name one: hf:owner/several:en.");
        assertThat(ran("data", "show", "hf:owner/several:en:test").out()).contains("judge 0?");
        assertThat(ran("data", "show", "hf:owner/several:de").out()).contains("lernen 0?");
        String source =
                ran("data", "pull", "hf:owner/several:en", "--json")
                        .json()
                        .path("source")
                        .stringValue();
        assertThat(source).isEqualTo("hf:owner/several@" + PlayedHub.COMMIT + ":en:train");
        played.forgetRequests();
        assertThat(ran("data", "show", source).out()).contains("learn 0?");
    }

    @Test
    void pullPrintsTheFilesAndContinuesWhatWasCut() {
        played.fail(TRAIN, new Fault.Cut(100));
        Ran ran = ran("data", "pull", "hf:owner/name");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out()).isEqualTo(snapshot().resolve(TRAIN) + "\n");
        assertThat(snapshot().resolve(TRAIN)).hasContent(rows("learn", 12));
        assertThat(ran("data", "pull", "hf:owner/name:test", "--json").json().path("source"))
                .hasToString("\"hf:owner/name@" + PlayedHub.COMMIT + ":test\"");
    }

    @Test
    void withoutANetworkTheCacheServesWhatItHas() {
        ran("data", "pull", "hf:owner/name");
        more.put("HF_HUB_OFFLINE", "1");
        played.forgetRequests();
        assertThat(ran("data", "stats", "hf:owner/name", "--json").json().path("rows").asLong())
                .isEqualTo(12);
        assertThat(played.requests()).isEmpty();
        assertThat(ran("data", "stats", "hf:owner/name:test").err())
                .contains("There is no split \"test\"; there is train (1 file).");
    }

    @Test
    void whatIsNotThereIsRefusedWithWhatIs() {
        Ran split = ran("data", "stats", "hf:owner/name:tset");
        assertThat(split.exitCode()).isEqualTo(2);
        assertThat(split.err())
                .contains(
                        "There is no split \"tset\"; there is train (1 file), test (1 file).",
                        "Did you mean test?");
        assertThat(ran("data", "stats", "hf:owner/name/dat").err())
                .contains("The data set has no rows at \"dat\".");
        assertThat(ran("data", "stats", "hf:owner/absent").exitCode()).isEqualTo(2);
        put("owner/pictures", "images/a.png", "no rows");
        assertThat(ran("data", "stats", "hf:owner/pictures").err())
                .contains("The data set has no file of rows among its 1 files.");
    }

    @Test
    void severalDataSetsInOneAreNeverMixedUnasked() {
        put("owner/languages", "de/train.jsonl", rows("de", 1), "en/train.jsonl", rows("en", 2));
        assertThat(ran("data", "stats", "hf:owner/languages").err())
                .contains("The data set has rows in 2 folders: de, en.")
                .contains("Name one, as hf:owner/languages/en");
        assertThat(ran("data", "show", "hf:owner/languages/de").out()).contains("What to de 0?");
    }

    @Test
    void aRunKeepsTheCommitAndIsReplayedWithoutTheHub() throws IOException {
        Path model = SharedData.path("models/tinystories-656K");
        Path run = home.resolve("run");
        Ran ran =
                ran(
                        "train",
                        "--model",
                        model.toString(),
                        "--data",
                        "hf:owner/name",
                        "--column",
                        "completion=answer",
                        "-o",
                        run.toString(),
                        "eval_data=[hf:owner/name:test]",
                        "max_steps=2",
                        "warmup_ratio=0");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(Files.readString(run.resolve("recipe.yaml")))
                .contains("data: [\"hf:owner/name@" + PlayedHub.COMMIT + ":train\"]")
                .contains("eval_data: [\"hf:owner/name@" + PlayedHub.COMMIT + ":test\"]");
        played.close();
        Ran replayed = ran("verify", run.toString());
        assertThat(replayed.exitCode()).as(replayed.err()).isZero();
        assertThat(replayed.out()).contains("bit by bit the same");
    }

    private void put(String id, String... files) {
        Map<String, byte[]> contents = new TreeMap<>();
        for (int i = 0; i < files.length; i += 2) {
            contents.put(files[i], files[i + 1].getBytes(StandardCharsets.UTF_8));
        }
        played.put("datasets/" + id, contents);
    }

    private static String rows(String what, int count) {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < count; i++) {
            rows.append(
                    "{\"prompt\":\"What to %s %d?\",\"answer\":\"Number %d.\"}\n"
                            .formatted(what, i, i));
        }
        return rows.toString();
    }

    private Path snapshot() {
        return home.resolve("hub/datasets--owner--name/snapshots/" + PlayedHub.COMMIT);
    }

    private Ran ran(String... args) {
        Map<String, String> environment = new HashMap<>(more);
        environment.put("HF_HOME", home.toString());
        environment.put("HF_ENDPOINT", played.endpoint().toString());
        environment.put("HOME", home.toString());
        boolean data = args[0].equals("data") && !args[1].equals("pull");
        String[] all = java.util.Arrays.copyOf(args, args.length + (data ? 2 : 0));
        if (data) {
            all[args.length] = "--column";
            all[args.length + 1] = "completion=answer";
        }
        return Ran.of(environment, all);
    }
}
