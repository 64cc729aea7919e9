package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

class SplitNamesTest {
    @TempDir private Path folder;

    @Test
    void filesAreTrainedOnWhereNoNameTellsThemApart() {
        assertThat(SplitNames.of(List.of("a.jsonl", "b/c.jsonl")))
                .containsOnlyKeys("train")
                .containsValue(List.of("a.jsonl", "b/c.jsonl"));
    }

    @Test
    void aWordInTheNameOfFileOrFolderTellsTheSplit() {
        assertThat(
                        SplitNames.of(
                                        List.of(
                                                "my-train-file.jsonl",
                                                "dev.csv",
                                                "testing/a.parquet",
                                                "eval_questions.json"))
                                .keySet())
                .containsExactly("train", "validation", "test");
        assertThat(SplitNames.of(List.of("trainee.jsonl", "contest.jsonl")))
                .containsOnlyKeys("train");
    }

    @Test
    void theNameOfAShardIsTheSplitsWhole() {
        assertThat(
                        SplitNames.of(
                                List.of(
                                        "data/train_sft-00000-of-00002.parquet",
                                        "data/train_sft-00001-of-00002.parquet",
                                        "data/test_gen-00000-of-00001.parquet")))
                .containsOnlyKeys("train_sft", "test_gen");
        assertThat(SplitNames.of(List.of("part-00000-of-00001.jsonl"))).containsOnlyKeys("train");
    }

    @Test
    void aFolderOfSeveralSplitsIsReadByTheOneThatIsNamed() throws IOException {
        for (String name : List.of("train.jsonl", "test.jsonl", "dataset_info.json")) {
            Files.writeString(folder.resolve(name), "{\"text\":\"" + name + "\"}\n");
        }
        RowSource all = RowSource.of(folder);
        assertThatThrownBy(() -> RowPlaces.local().files(all))
                .hasMessageContaining("tell several parts apart: train (1 file), test (1 file).")
                .hasMessageContaining("Name one of them, split: train");
        assertThat(RowPlaces.local().files(all.withSplit(Optional.of("test"))))
                .containsExactly(folder.resolve("test.jsonl"));
        assertThatThrownBy(() -> RowPlaces.local().files(all.withSplit(Optional.of("dev"))))
                .hasMessageContaining("There is no split \"dev\"; there is train");
    }

    @Test
    void aMissingFileIsToldWithTheNearestThatIsThere() throws IOException {
        Files.writeString(folder.resolve("train.jsonl"), "{}\n");
        RowSource missing = RowSource.of(folder.resolve("trian.jsonl"));
        assertThatThrownBy(() -> RowPlaces.local().files(missing))
                .hasMessageContaining("There is no such file.")
                .hasMessageContaining("Did you mean " + folder.resolve("train.jsonl") + "?");
    }

    @Test
    void aReferenceToTheHubIsReadAndWrittenAlike() {
        for (String text :
                List.of(
                        "hf:owner/name",
                        "hf:owner/name:train",
                        "hf:owner/name/data/a.jsonl@refs/convert/parquet:test_sft")) {
            assertThat(HubDataReference.parse(text)).hasToString(text);
        }
        assertThatThrownBy(() -> HubDataReference.parse("hf:name"))
                .hasMessageContaining("it has no owner and name");
        assertThatThrownBy(() -> HubDataReference.parse("hf:owner/name:a b"))
                .hasMessageContaining("\"a b\" is no name of a split");
        assertThatThrownBy(() -> HubDataReference.parse("hf:owner/..:train"))
                .hasMessageContaining("is no repository of the hub");
    }
}
