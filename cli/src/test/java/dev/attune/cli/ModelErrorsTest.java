package dev.attune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.LeakCheck;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Mistakes in what is asked of `attune model`: a message, exit code 2, nothing on standard output.
@ExtendWith(LeakCheck.class)
class ModelErrorsTest {
    @TempDir private Path temp;

    @ParameterizedTest
    @ValueSource(strings = {"show", "probe"})
    void refusesAFolderThatIsNotThere(String command) {
        assertThat(refused(command, temp.resolve("nope").toString()))
                .startsWith("attune: The model " + temp.resolve("nope") + " does not exist.")
                .contains("fix  Give the folder that holds config.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"show", "probe"})
    void refusesAFile(String command) throws IOException {
        Path file = Files.createFile(temp.resolve("model.safetensors"));
        assertThat(refused(command, file.toString())).contains(file + " is no folder.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"show", "probe"})
    void refusesAnEmptyFolderAndAnEmptyName(String command) {
        assertThat(refused(command, temp.toString())).contains("The folder has no config.json.");
        assertThat(refused(command, "")).contains("The name of the model is empty.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"show", "probe"})
    void refusesWhatTheCacheHasNot(String command) {
        assertThat(refused(command, "hf:attune-tests/is-in-no-cache@v1"))
                .contains("The cache has no hf:attune-tests/is-in-no-cache@v1.")
                .contains("fix  attune model pull hf:attune-tests/is-in-no-cache@v1");
        assertThat(refused(command, "hf:owner")).contains("'hf:owner' is no repository");
    }

    @ParameterizedTest
    @ValueSource(strings = {"show", "probe"})
    void refusesAnUnknownArchitectureWithTheNearest(String command) throws IOException {
        Files.writeString(
                temp.resolve("config.json"), "{\"architectures\": [\"LamaForCausalLM\"]}");
        assertThat(refused(command, temp.toString()))
                .contains("Unknown architecture LamaForCausalLM (nearest: LlamaForCausalLM).")
                .contains("fix  Known are LlamaForCausalLM, MistralForCausalLM");
    }

    @Test
    void refusesIdsOutsideTheVocabulary() {
        assertThat(refusedIds("5,256"))
                .contains("holds the id 256 at 1; the vocabulary has 0 to 255.")
                .contains("fix  Use the tokenizer that belongs to the model.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "5,-7", "5,x", "5,1.5", "99999999999"})
    void refusesWhatIsNoId(String ids) {
        String wrong = ids.substring(ids.indexOf(',') + 1);
        assertThat(refusedIds(ids))
                .contains(
                        "'--ids'", "'" + wrong + "' is no token id; ids are whole numbers from 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "5,", "5,,7", ","})
    void refusesAnEmptyPlaceAmongTheIds(String ids) {
        assertThat(refusedIds(ids))
                .contains("expected ids such as 5,7,9, in quotes if there are spaces")
                .contains("but found '" + ids + "'");
    }

    @Test
    void refusesANegativeNumberOfNewTokens() {
        assertThat(refusedIds("5", "--max-new-tokens", "-1"))
                .startsWith("attune: --max-new-tokens is -1, expected 0 or more.\n");
    }

    @Test
    void refusesAnUnknownTypeWithTheKnownOnes() {
        assertThat(refusedIds("5", "--dtype", "int8")).contains("[float32, bfloat16]", "'int8'");
    }

    @Test
    void refusesAnAdapterThatIsNotThere() throws IOException {
        String nope = temp.resolve("nope").toString();
        assertThat(refusedIds("5", "--adapter", nope))
                .contains("The adapter " + nope + " does not exist.");
        Path file = Files.createFile(temp.resolve("adapter_config.json"));
        assertThat(refusedIds("5", "--adapter", file.toString()))
                .contains("The adapter " + file + " is no folder.");
        Path empty = Files.createDirectory(temp.resolve("empty"));
        assertThat(refusedIds("5", "--adapter", empty.toString()))
                .contains("The folder has no adapter_config.json.");
    }

    @Test
    void refusesTheAdapterOfAnotherBase() {
        String other = SharedData.path("reference/adapter-gpt2").toString();
        assertThat(refusedIds("5", "--adapter", other))
                .contains("The adapter changes transformer.h.0.attn.c_attn")
                .contains("fix  The adapter was trained on another base model.");
    }

    @Test
    void asksForWhatIsMissing() {
        assertThat(refusedOnce(List.of()))
                .startsWith(
                        "attune: Which of pull, list, show, tokenize, render and probe?\n"
                                + "  fix  attune model --help");
        assertThat(refusedOnce(List.of("probe"))).contains("Missing required", "MODEL", "--help");
        assertThat(refusedOnce(List.of("probe", "folder"))).contains("Missing required", "--ids");
        assertThat(refusedOnce(List.of("show"))).contains("Missing required", "MODEL");
        assertThat(refusedOnce(List.of("prob"))).contains("'prob'", "model probe");
    }

    private static String refusedIds(String ids, String... options) {
        var args = new ArrayList<>(List.of("probe", llama(), "--ids", ids));
        args.addAll(List.of(options));
        return refused(args);
    }

    /// The error for a model, which `probe` is given an id for.
    private static String refused(String command, String model) {
        var args = new ArrayList<>(List.of(command, model));
        if (command.equals("probe")) {
            args.addAll(List.of("--ids", "5"));
        }
        return refused(args);
    }

    /// Refused alike with `--json` and without.
    private static String refused(List<String> args) {
        String plain = refusedOnce(args);
        var withJson = new ArrayList<>(args);
        withJson.add("--json");
        assertThat(refusedOnce(withJson)).isEqualTo(plain);
        return plain;
    }

    private static String refusedOnce(List<String> args) {
        var words = new ArrayList<>(List.of("model"));
        words.addAll(args);
        Ran ran = Ran.of(words.toArray(String[]::new));
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).doesNotContain("\tat ").doesNotContain("Exception");
        return ran.err();
    }

    private static String llama() {
        return SharedData.path("reference/llama").toString();
    }
}
