package dev.attune.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.data.ColumnMapping;
import dev.attune.data.RowSource;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class RecipeSourcesTest {
    private static final Path FOLDER = Path.of("/home/me").toAbsolutePath();

    @Test
    void aSourceSaysItsPathSplitColumnsAndWeight() {
        var reading =
                read(
                        """
                        data:
                          - chats.jsonl
                          - path: hf:owner/name
                            split: train
                            columns: {prompt: question, completion: answer.text}
                            weight: 0.5
                        """);

        assertThat(reading.recipe().data().data())
                .containsExactly(
                        RowSource.of(FOLDER.resolve("chats.jsonl")),
                        new RowSource(
                                "hf:owner/name",
                                Optional.of("train"),
                                mapping("prompt", "question", "completion", "answer.text"),
                                0.5));
        assertThat(reading.notes()).isEmpty();
    }

    @Test
    void columnsOfTheRecipeServeSourcesWithoutTheirOwn() {
        var data =
                read("""
                data:
                  - a.jsonl
                  - {path: b.jsonl, columns: {text: body}}
                eval_data: c.jsonl
                columns: {prompt: q, completion: a}
                """)
                        .recipe()
                        .data();

        assertThat(data.sources())
                .extracting(RowSource::columns)
                .containsExactly(
                        mapping("prompt", "q", "completion", "a"), mapping("text", "body"));
        assertThat(data.evalSources().getFirst().columns())
                .isEqualTo(mapping("prompt", "q", "completion", "a"));
    }

    @Test
    void aSettingAddsOneColumnToThoseOfTheFile() {
        var reading =
                read(
                        "data: a.jsonl\ncolumns: {prompt: q, completion: a}\n",
                        "columns.prompt=query");

        assertThat(reading.recipe().data().columns())
                .isEqualTo(mapping("prompt", "query", "completion", "a"));
    }

    @Test
    void trlAndMlxNameTheColumnByAKeyOfItsOwn() {
        var trl = read("data: a.jsonl\ndataset_text_field: body\n");
        assertThat(trl.recipe().data().columns()).isEqualTo(mapping("text", "body"));
        assertThat(trl.notes()).containsExactly("dataset_text_field is columns.text here.");

        var mlx = read("data: a.jsonl\nprompt_feature: q\ncompletion_feature: a\n");
        assertThat(mlx.recipe().data().columns())
                .isEqualTo(mapping("prompt", "q", "completion", "a"));
    }

    @Test
    void axolotlsFieldsAreColumns() {
        var reading =
                read(
                        """
                        datasets:
                          - path: json
                            data_files: qa.jsonl
                            type:
                              field_instruction: question
                              field_output: reply
                        """);

        assertThat(reading.recipe().data().data())
                .containsExactly(
                        new RowSource(
                                FOLDER.resolve("qa.jsonl").toString(),
                                Optional.empty(),
                                mapping("instruction", "question", "output", "reply"),
                                1));
        assertThat(reading.notes())
                .contains(
                        "datasets.type.field_instruction is columns.instruction here.",
                        "datasets.type.field_output is columns.output here.");
    }

    @Test
    void llamaFactorysColumnsAreThoseOfAnAlpacaRow() {
        var reading =
                read(
                        """
                        dataset:
                          - hf_hub_url: owner/name
                            columns: {prompt: question, query: context, response: reply}
                        """);

        assertThat(reading.recipe().data().data())
                .containsExactly(
                        new RowSource(
                                "hf:owner/name",
                                Optional.empty(),
                                mapping(
                                        "instruction",
                                        "question",
                                        "input",
                                        "context",
                                        "output",
                                        "reply"),
                                1));
        assertThat(reading.notes()).contains("dataset.columns.response is output here.");
    }

    @Test
    void whatASourceCannotHaveIsRefusedWithWhatItCan() {
        assertThatThrownBy(() -> read("data: [{path: a.jsonl, wieght: 2}]\n"))
                .hasMessageContaining("Unknown key data.wieght.")
                .hasMessageContaining("Did you mean weight?");
        assertThatThrownBy(() -> read("data: [{path: a.jsonl, weight: 0}]\n"))
                .hasMessageContaining("data.weight is 0, expected a number above 0, at most 1000.");
        assertThatThrownBy(() -> read("data: [{weight: 2}]\n"))
                .hasMessageContaining("data has a source without a path.");
        assertThatThrownBy(() -> read("data: a.jsonl\neval_data: [{path: b.jsonl, weight: 2}]\n"))
                .hasMessageContaining("held-out rows are judged once each");
        assertThatThrownBy(() -> read("data: a.jsonl\ncolumns: prompt\n"))
                .hasMessageContaining("columns is prompt, expected columns by their new names.");
    }

    private static ColumnMapping mapping(String... pairs) {
        Map<String, String> from = new java.util.LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            from.put(pairs[i], pairs[i + 1]);
        }
        return new ColumnMapping(from);
    }

    private static RecipeReader.Reading read(String yaml, String... overrides) {
        return RecipeReader.parse(
                ("model_name_or_path: starter\n" + yaml).getBytes(StandardCharsets.UTF_8),
                Path.of("r.yaml"),
                List.of(overrides),
                FOLDER);
    }
}
