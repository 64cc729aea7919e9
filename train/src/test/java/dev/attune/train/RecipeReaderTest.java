package dev.attune.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.base.AttuneException;
import dev.attune.data.RowSource;
import dev.attune.data.TooLong;
import dev.attune.tensor.Dtype;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class RecipeReaderTest {
    private static final Path FOLDER = Path.of("/home/me").toAbsolutePath();
    private static final Path FILE = Path.of("recipes/r.yaml");
    private static final String LEAST = "model_name_or_path: starter\ndata: train.jsonl\n";

    @Test
    void fillsEveryOtherKeyWithItsDefault() {
        Recipe recipe = read(LEAST);

        assertThat(recipe.objective().tuning()).isEqualTo(Recipe.Tuning.LORA);
        assertThat(recipe.lora().config().r()).isEqualTo(16);
        assertThat(recipe.lora().where().targetModules().isAllLinear()).isTrue();
        assertThat(recipe.schedule().learningRate()).isEqualTo(2e-4);
        assertThat(recipe.model().dtype()).isEqualTo(Dtype.FLOAT32);
        assertThat(recipe.data().tooLong()).isEqualTo(TooLong.FAIL);
        assertThat(recipe.intervals().saveTotalLimit()).contains(2);
    }

    @Test
    void defaultsFollowTheKeysTheyDependOn() {
        assertThat(read(LEAST + "tuning: full\n").schedule().learningRate()).isEqualTo(2e-5);
        assertThat(read(LEAST + "r: 4\n").lora().size().loraAlpha()).isEqualTo(8);
        assertThat(read(LEAST + "warmup_steps: 5\n").schedule().warmupRatio()).isZero();
    }

    @Test
    void beginsRelativePathsAtTheRecipeAndThoseOfOverridesAtTheWorkingFolder() {
        Recipe recipe = read(LEAST, "eval_data=[held.jsonl, ../other.jsonl]");

        assertThat(recipe.data().data())
                .containsExactly(RowSource.of(FOLDER.resolve("recipes/train.jsonl")));
        assertThat(recipe.data().evalData())
                .containsExactly(
                        RowSource.of(FOLDER.resolve("held.jsonl")),
                        RowSource.of(FOLDER.resolveSibling("other.jsonl")));
        assertThat(recipe.outputDir()).isEqualTo(FOLDER.resolve("recipes/run"));
    }

    @Test
    void takesEveryNameThatAnOptimizerHas() {
        for (OptimizerKind kind : OptimizerKind.values()) {
            for (String alias : kind.aliases()) {
                assertThat(read(LEAST + "optim: " + alias + "\n").optimizer().optim())
                        .as(alias)
                        .isEqualTo(kind.recipeName());
            }
        }
    }

    @Test
    void keepsNamesOfModelsThatAreNoFolders() {
        assertThat(read(LEAST).model().modelNameOrPath()).isEqualTo("starter");
        assertThat(read(LEAST, "model=hf:a/b@main").model().modelNameOrPath())
                .isEqualTo("hf:a/b@main");
        assertThat(read(LEAST, "model=models/a").model().modelNameOrPath())
                .isEqualTo(FOLDER.resolve("models/a").toString());
    }

    @Test
    void letsOverridesWin() {
        Recipe recipe =
                read(
                        LEAST + "learning_rate: 1e-3\nr: 4\n",
                        "learning_rate=5e-5",
                        "target_modules=[q_proj,v_proj]",
                        "lora_r=8");

        assertThat(recipe.schedule().learningRate()).isEqualTo(5e-5);
        assertThat(recipe.lora().where().targetModules())
                .isEqualTo(RecipeModules.names("q_proj", "v_proj"));
        assertThat(recipe.lora().size().r()).isEqualTo(8);
    }

    @Test
    void readsWithoutAFile() {
        var reading = RecipeReader.of(List.of("model=starter", "data=[a.jsonl]"), FOLDER);

        assertThat(reading.recipe().data().data())
                .containsExactly(RowSource.of(FOLDER.resolve("a.jsonl")));
        assertThat(reading.notes()).containsExactly("model is model_name_or_path here.");
    }

    @Test
    void readsMapsListsAndPatterns() {
        Recipe recipe =
                read(
                        LEAST
                                + """
                                target_modules: [q_proj]
                                layers_to_transform: [0, 2]
                                rank_pattern: {"layers\\\\.[01]\\\\..*": 4, v_proj: 2}
                                alpha_pattern:
                                  v_proj: 3.5
                                exclude_modules: .*\\.7\\..*
                                lr_scheduler_kwargs: {num_cycles: 2, decay_type: linear, x: true}
                                """);

        assertThat(recipe.lora().config().rankPattern())
                .containsExactly(Map.entry("layers\\.[01]\\..*", 4), Map.entry("v_proj", 2));
        assertThat(recipe.lora().config().alphaPattern()).containsEntry("v_proj", 3.5);
        assertThat(recipe.lora().config().targets().excludePattern()).contains(".*\\.7\\..*");
        assertThat(recipe.lora().config().targets().layersToTransform()).containsExactly(0, 2);
        assertThat(recipe.schedule().lrSchedulerKwargs())
                .isEqualTo(Map.of("num_cycles", 2.0, "decay_type", "linear", "x", true));
    }

    @Test
    void understandsAxolotl() {
        var reading =
                reading(
                        """
                        base_model: hf:a/b
                        adapter: lora
                        datasets:
                          - path: chats.jsonl
                            type: chat_template
                        lora_r: 32
                        lora_target_linear: true
                        sequence_len: 2048
                        sample_packing: true
                        micro_batch_size: 2
                        num_epochs: 1.5
                        optimizer: adamw_torch_fused
                        bf16: true
                        fp16: false
                        load_in_4bit: false
                        flash_attention: true
                        val_set_size: 0.05
                        train_on_inputs: false
                        """);

        assertThat(reading.recipe().model().dtype()).isEqualTo(Dtype.BFLOAT16);
        assertThat(reading.recipe().batches().numTrainEpochs()).isEqualTo(1.5);
        assertThat(reading.recipe().data().data())
                .containsExactly(RowSource.of(FOLDER.resolve("recipes/chats.jsonl")));
        assertThat(reading.notes())
                .contains(
                        "base_model is model_name_or_path here.",
                        "lora_r is r here.",
                        "bf16 is dtype: bfloat16 here.",
                        "optimizer adamw_torch_fused is adamw_torch here.",
                        "load_in_4bit is off, as it always is here.",
                        "datasets.type changes nothing: the shape of each row is recognised.",
                        "flash_attention changes nothing: attention goes by blocks and needs no"
                                + " switch.");
    }

    @Test
    void understandsGroupsOfMlxTorchtuneAndOpenAi() {
        Recipe recipe =
                read(
                        """
                        model: starter
                        data: a.jsonl
                        lora_parameters: {rank: 4, dropout: 0.1, keys: [q_proj]}
                        optimizer: {_component_: torch.optim.AdamW, lr: 3e-4, weight_decay: 0.1}
                        method: {type: supervised, supervised: {hyperparameters: {n_epochs: 2}}}
                        mask_prompt: true
                        """);

        assertThat(recipe.lora().size().r()).isEqualTo(4);
        assertThat(recipe.lora().loraDropout()).isEqualTo(0.1);
        assertThat(recipe.schedule().learningRate()).isEqualTo(3e-4);
        assertThat(recipe.optimizer().weightDecay()).isEqualTo(0.1);
        assertThat(recipe.batches().numTrainEpochs()).isEqualTo(2);
        assertThat(recipe.data().trainOn().prompt()).isFalse();
    }

    @Test
    void readsTheCommaListAndTheAllOfLlamaFactory() {
        assertThat(read(LEAST + "lora_target: q_proj,v_proj\n").lora().where().targetModules())
                .isEqualTo(RecipeModules.names("q_proj", "v_proj"));
        assertThat(read(LEAST + "lora_target: all\n").lora().where().targetModules())
                .isEqualTo(RecipeModules.ALL_LINEAR);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    learning_rat: 1        | Unknown key learning_rat. | Did you mean learning_rate?
                    lora_rnk: 1            | Unknown key lora_rnk. | Did you mean lora_rank?
                    xyzzy: 1               | Unknown key xyzzy. | docs/formats/recipe.md lists the keys.
                    learning_rate: "2e-4"  | learning_rate is the text "2e-4", expected a number above 0 and at most 10. | Remove the quotes.
                    learning_rate: 2e-4#x  | learning_rate is 2e-4#x, expected a number above 0 and at most 10. | A comment needs a space before its #.
                    max_length: 1_000      | max_length is 1_000, expected a whole number from 2. | Write the number without separators.
                    max_length: 10.5       | max_length is 10.5, expected a whole number from 2. |
                    max_length: 99999999999999999999 | max_length is 99999999999999999999, expected a whole number from 2. |
                    packing: yes           | packing is yes, expected true or false. | Write true or false, in small letters.
                    packing: "true"        | packing is the text "true", expected true or false. | Write true or false, in small letters.
                    r: 0                   | r is 0, expected a rank from 1. |
                    lr: -1                 | lr is -1, expected a number above 0 and at most 10. |
                    learning_rate:         | learning_rate is nothing, expected a number above 0 and at most 10. |
                    r: [1, 2]              | r is [1, 2], expected a rank from 1. |
                    rank_pattern: {q: x}   | rank_pattern.q is x, expected a rank from 1. |
                    fp16: true             | fp16 is float16: its range is too small for gradients without loss scaling. | Choose one of float32, bfloat16.
                    dtype: bfloat          | dtype is bfloat, expected one of float32, bfloat16. | Did you mean bfloat16?
                    method: dpo            | method is dpo: not there yet. | Choose sft.
                    rl: grpo               | rl is grpo: not there yet. | Choose sft.
                    adapter: qlora         | adapter is qlora: weights of 4 or 8 bits are not there yet; dtype bfloat16 halves the memory. | Choose one of lora, full.
                    optim: adamw_8bit      | optim is adamw_8bit: state of 8 or 4 bits is not supported; adafactor needs little memory. | Choose one of adamw_torch, sgd, adafactor, lion_32bit, rmsprop, adagrad.
                    deepspeed: z3.json     | deepspeed is not supported: Attune trains on one machine without DeepSpeed. | Remove it.
                    load_in_4bit: true     | load_in_4bit is not supported: weights of 4 or 8 bits are not there yet. | Remove it; dtype: bfloat16 halves the memory.
                    learning_rate_multiplier: 2 | learning_rate_multiplier is not supported: it multiplies a rate that only the service knows. | Set learning_rate: 2e-4 for lora is usual.
                    target_modules: (q     | (q is no regular expression: Unclosed group. | Correct it, or give the ends of the layers' names in a list.
                    target_modules: []     | target_modules is [], expected names of layers, a pattern, or all-linear. |
                    layers_to_transform: [1] | layers_to_transform has no effect with target_modules: all-linear. | Give target_modules as a list of names, or the layers in the pattern.
                    early_stopping_patience: 2 | early_stopping_patience needs held-out rows, and there are none. | Set eval_split: 0.1, or eval_data.
                    data: [b.jsonl]        | data stands twice, first in line 2. | Keep one of them.
                    base_model: hf:a/b     | model_name_or_path is starter as model_name_or_path and "hf:a/b" as base_model. | Keep one of them.
                    """)
    void refuses(String line, String what, String fix) {
        assertThatThrownBy(() -> read(LEAST + line))
                .isInstanceOfSatisfying(
                        AttuneException.class,
                        e -> {
                            assertThat(e.what()).isEqualTo(what);
                            assertThat(e.fix().orElse(null)).as("fix").isEqualTo(fix);
                            assertThat(e.where().orElse("")).as("place").endsWith("r.yaml:3");
                        });
    }

    @Test
    void tellsTheOverrideThatIsWrong() {
        assertThatThrownBy(() -> read(LEAST, "r=x"))
                .hasMessage("r is x, expected a rank from 1.\n  at   override r=x");
        assertThatThrownBy(() -> read(LEAST, "r"))
                .hasMessageContaining("r is no setting, expected key=value.");
        assertThatThrownBy(() -> read(LEAST, "r=[1"))
                .hasMessageContaining("This is no YAML: ")
                .hasMessageContaining("at   override r=[1");
    }

    @Test
    void tellsEverythingWrongTogether() {
        assertThatThrownBy(() -> read("r: 0\nlora_alpa: 3\nwarmup_steps: 5\nwarmup_ratio: 0.1\n"))
                .hasMessageContaining("Cannot read " + FILE + ": 5 problems.")
                .hasMessageContaining("r is 0")
                .hasMessageContaining("Did you mean lora_alpha?")
                .hasMessageContaining("model_name_or_path is missing")
                .hasMessageContaining("data is missing")
                .hasMessageContaining(
                        "warmup_steps and warmup_ratio both say how long the warm-up is.\n"
                                + "    at   "
                                + FILE
                                + ":4 and "
                                + FILE
                                + ":3");
    }

    @Test
    void acceptsAKeyTwiceWithTheSameValue() {
        assertThat(read(LEAST + "r: 4\nlora_r: 4\n").lora().size().r()).isEqualTo(4);
        assertThatThrownBy(() -> read(LEAST + "r: 4\nlora_r: 8\n"))
                .hasMessageContaining("r is 4 as r and 8 as lora_r.")
                .hasMessageContaining(FILE + ":3 and " + FILE + ":4");
    }

    @Test
    void notesAdapterKeysThatFullTuningDoesNotUse() {
        assertThat(reading(LEAST + "tuning: full\nr: 4\n").notes())
                .contains("Of no effect with tuning full: r.");
        assertThat(reading(LEAST + "tuning: full\nr: 16\n").notes()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    ''                    | The recipe is empty.
                    '# only a comment'    | The recipe is empty.
                    '[a, b]'              | The recipe is a list, expected keys.
                    'learning rate'       | The recipe is learning rate, expected keys.
                    'r: &a 4'             | A YAML anchor or alias stands here.
                    'r: *a'               | A YAML anchor or alias stands here.
                    'r: !!int 4'          | A YAML tag stands here
                    'r: [[[[[[[[[[1]]]]]]]]]]' | nested deeper than 8
                    'r: "a'               | This is no YAML
                    'r: {a: 1'            | This is no YAML
                    """)
    void refusesTextThatIsNoRecipe(String text, String what) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(AttuneException.class)
                .hasMessageContaining(what)
                .hasMessageContaining("r.yaml");
    }

    @Test
    void refusesLayerPatternsThatAreNone() {
        assertThatThrownBy(() -> read(LEAST + "rank_pattern: {(q: 4}\n"))
                .hasMessageContaining("rank_pattern (q is no regular expression: Unclosed group.")
                .hasMessageContaining("r.yaml");
    }

    @Test
    void refusesMoreValuesThanARecipeHas() {
        assertThatThrownBy(() -> read("seed: [" + "1,".repeat(3000) + "1]"))
                .hasMessageContaining("The recipe has more than 2000 values");
    }

    @Test
    void refusesASecondDocument() {
        assertThatThrownBy(() -> read(LEAST + "---\nr: 4\n"))
                .hasMessageContaining("A second YAML document begins here.");
    }

    @Test
    void refusesBytesThatAreNoText() {
        assertThatThrownBy(() ->
                        RecipeReader.parse(new byte[] {'r', (byte) 0xFF}, FILE, List.of(), FOLDER))
                .hasMessageContaining("The recipe is not UTF-8 text.");
        assertThatThrownBy(() -> RecipeReader.parse(new byte[300_000], FILE, List.of(), FOLDER))
                .hasMessageContaining("The recipe has 300000 bytes, expected at most 262144.");
    }

    @Test
    void readsPastAByteOrderMark() {
        assertThat(read("\uFEFF" + LEAST).model().modelNameOrPath()).isEqualTo("starter");
    }

    @Test
    void refusesAFileThatIsNotThere() {
        assertThatThrownBy(() -> RecipeReader.read(Path.of("nowhere.yaml"), List.of(), FOLDER))
                .hasMessageContaining("There is no recipe nowhere.yaml.");
    }

    @Test
    void aRecipeCannotBeMadeOfWrongValues() {
        Recipe recipe = read(LEAST);
        var stopping = new Recipe.Stopping(Optional.of(0), 0, true);

        assertThatThrownBy(() ->
                        new Recipe(
                                recipe.model(),
                                recipe.data(),
                                recipe.objective(),
                                recipe.lora(),
                                recipe.optimizer(),
                                recipe.schedule(),
                                recipe.batches(),
                                recipe.intervals(),
                                stopping,
                                recipe.seed(),
                                recipe.outputDir()))
                .hasMessageContaining("3 problems")
                .hasMessageContaining(
                        "early_stopping_patience is 0, expected a whole number from 1.");
    }

    private static Recipe read(String yaml, String... overrides) {
        return reading(yaml, overrides).recipe();
    }

    private static RecipeReader.Reading reading(String yaml, String... overrides) {
        return RecipeReader.parse(
                yaml.getBytes(StandardCharsets.UTF_8), FILE, List.of(overrides), FOLDER);
    }
}
