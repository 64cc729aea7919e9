package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What a data set's card says about its parts, of the hub and in a folder.
class DataCardTest {
    private static final String SEVERAL =
            """
            ---
            license: mit
            configs:
            - config_name: en
              data_files:
              - split: train
                path: en/part-*.jsonl
              - split: test
                path: [en/held.jsonl, "en/more/**"]
            - config_name: de
              data_dir: de
              data_files: "*.jsonl"
            ---
            # A data set
            configs: none
            """;
    private static final List<String> FILES =
            List.of(
                    "README.md",
                    "de/a.jsonl",
                    "de/deeper/b.jsonl",
                    "en/held.jsonl",
                    "en/more/x/y.jsonl",
                    "en/part-1.jsonl",
                    "en/part-2.jsonl");

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hf:o/n:en | en | train | [en/part-1.jsonl, en/part-2.jsonl]",
                "hf:o/n:en:test | en | test | [en/held.jsonl, en/more/x/y.jsonl]",
                "hf:o/n:de | de | train | [de/a.jsonl]",
                "hf:o/n@main:de:train | de | train | [de/a.jsonl]",
            })
    void takesTheFilesOfTheConfigAndSplit(
            String reference, String config, String split, String files) {
        HubFiles found = files(reference, SEVERAL);

        assertThat(found.config()).contains(config);
        assertThat(found.split()).isEqualTo(split);
        assertThat(found.paths()).hasToString(files);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hf:o/n | The data set has 2 configs, and none was chosen: en, de. | Name one:"
                        + " hf:o/n:en.",
                "hf:o/n:train | The data set has 2 configs, and none was chosen: en, de. | Name"
                        + " one:",
                "hf:o/n:fr:train | There is no config \"fr\"; there is en, de. | Give a config",
                "hf:o/n:en:dev | There is no split \"validation\"; there is train (2 files), test"
                        + " (2 files). | Give a split",
            })
    void saysWhichConfigsAndSplitsThereAre(String reference, String what, String fix) {
        assertThatThrownBy(() -> files(reference, SEVERAL))
                .hasMessageContaining(what)
                .hasMessageContaining(fix);
    }

    @Test
    void takesTheDefaultConfigAndItsTrainSplit() {
        String card = SEVERAL.replace("  data_dir: de", "  default: true\n  data_dir: de");

        assertThat(files("hf:o/n", card).paths()).containsExactly("de/a.jsonl");
        assertThat(files("hf:o/n:train", card).paths()).containsExactly("de/a.jsonl");
    }

    @Test
    void aPathThatIsNamedCountsMoreThanTheCard() {
        assertThat(files("hf:o/n/en/held.jsonl", SEVERAL).paths()).containsExactly("en/held.jsonl");
        assertThat(files("hf:o/n/en/held.jsonl", SEVERAL).config()).isEmpty();
    }

    @Test
    void aPartMayBeNamedBesideTheReference() {
        HubDataReference reference = HubDataReference.parse("hf:o/n").withPart("en:test");

        assertThat(reference).hasToString("hf:o/n:en:test");
        assertThat(HubDataReference.parse("hf:o/n@main:en").withPart("dev"))
                .hasToString("hf:o/n:dev");
    }

    @Test
    void aConfigIsRefusedWhereTheCardNamesNone() {
        assertThatThrownBy(() -> files("hf:o/n:en:train", "# no front matter\n"))
                .hasMessageContaining(
                        "The config \"en\" is asked of a data set whose card names none.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "configs: [7] | The data set's card cannot be understood: `configs` holds a"
                        + " number.",
                "configs: [] | The data set's card cannot be understood: `configs` holds no"
                        + " config.",
                "configs: [{config_name: a, data_files: [{path: x}]}] | The data set's card cannot"
                        + " be understood: `data_files` of `a` names no split or no path.",
                "configs: [ | The data set's card cannot be read:",
            })
    void saysWhatIsWrongWithACard(String front, String what) {
        assertThatThrownBy(() -> DataCard.of("---\n" + front + "\n---\n", "hf:o/n"))
                .hasMessageContaining(what);
    }

    @Test
    void aCardWithoutConfigsSaysNothing() {
        assertThat(DataCard.of("---\nlicense: mit\n---\nconfigs:\n", "x")).isEmpty();
        assertThat(DataCard.of("configs:\n- config_name: a\n", "x")).isEmpty();
        assertThat(DataCard.of("", "x")).isEmpty();
    }

    @Test
    void aFolderWithACardIsReadAsItSays() throws IOException {
        for (String file : FILES) {
            Path path = folder.resolve(file);
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.equals("README.md") ? SEVERAL : "{\"text\":\"t\"}\n");
        }
        assertThatThrownBy(() -> local("en"))
                .hasMessageContaining("tell several parts apart: train (2 files), test (2 files).")
                .hasMessageContaining("Name one of them, split: en:train");
        assertThat(local("en:train"))
                .containsExactly(
                        folder.resolve("en/part-1.jsonl"), folder.resolve("en/part-2.jsonl"));
        assertThat(local("de:train")).containsExactly(folder.resolve("de/a.jsonl"));
        assertThatThrownBy(() -> RowPlaces.local().files(RowSource.of(folder)))
                .hasMessageContaining("The data set has 2 configs, and none was chosen: en, de.");
        assertThatThrownBy(() -> local("fr:train"))
                .hasMessageContaining("There is no config \"fr\"; there is en, de.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "data/*.jsonl | data/a.jsonl | true",
                "data/*.jsonl | data/b/a.jsonl | false",
                "**/*.jsonl | a.jsonl | true",
                "**/*.jsonl | x/y/a.jsonl | true",
                "data/** | data/x/y.csv | true",
                "t?st[0-9].csv | test7.csv | true",
                "t[!a].csv | tb.csv | true",
                "a+b.csv | a+b.csv | true",
                "[z-a].csv | [z-a].csv | true",
            })
    void matchesNamesAsDataSetsDo(String pattern, String file, boolean matches) {
        assertThat(FilePattern.of(pattern).matches(file)).isEqualTo(matches);
    }

    private List<Path> local(String split) {
        return RowPlaces.local().files(RowSource.of(folder).withSplit(Optional.of(split)));
    }

    private static HubFiles files(String reference, String card) {
        return HubFiles.of(HubDataReference.parse(reference), FILES, DataCard.of(card, reference));
    }
}
