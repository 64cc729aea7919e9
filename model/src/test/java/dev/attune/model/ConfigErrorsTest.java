package dev.attune.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.attune.base.AttuneException;
import dev.attune.base.ErrorKind;
import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What is said about a `config.json` that no decoder can be made from.
class ConfigErrorsTest {
    @TempDir private Path folder = Path.of("");
    private Path file = Path.of("");

    @BeforeEach
    void file() {
        file = folder.resolve("config.json");
    }

    @Test
    void aFolderThatDoesNotExist() {
        Path none = folder.resolve("none");
        assertError(load(none), "The model " + none + " does not exist.");
    }

    @Test
    void aFileInPlaceOfAFolder() throws IOException {
        Path other = Files.writeString(folder.resolve("model.gguf"), "GGUF");
        AttuneException e = load(other);
        assertError(e, "The model " + other + " is no folder.");
        assertThat(e.fix())
                .hasValue("Give the folder that holds config.json and model.safetensors.");
    }

    @Test
    void aFolderWithoutConfig() {
        AttuneException e = load(folder);
        assertError(e, "The folder has no config.json.");
        assertThat(e.where()).hasValue(folder.toString());
    }

    @Test
    void aConfigThatIsNoJsonIsShownWithItsLine() throws IOException {
        AttuneException e = loadText("{\n  \"model_type\": \"llama\",\n  oops\n}");
        assertThat(e.kind()).isEqualTo(ErrorKind.USER);
        assertThat(e.what()).startsWith("config.json is no JSON: ").contains("character ('o'");
        assertThat(e.where()).hasValue(file + ":3");
    }

    @Test
    void aKeyThatStandsTwiceIsShownWithItsLine() throws IOException {
        AttuneException e = loadText("{\"vocab_size\": 1,\n \"vocab_size\": 2}");
        assertThat(e.what()).startsWith("config.json is no JSON: ").contains("vocab_size");
        assertThat(e.where()).hasValue(file + ":2");
    }

    @Test
    void aConfigThatIsNoObject() throws IOException {
        assertError(loadText("[1, 2]"), "config.json holds no JSON object.");
    }

    @Test
    void aConfigOfManyMegabytesIsNotRead() throws IOException {
        AttuneException e = loadText(" ".repeat((16 << 20) + 1));
        assertError(e, "config.json has 16777217 bytes, expected at most 16777216.");
    }

    @Test
    void aConfigOfNoModel() throws IOException {
        assertError(
                loadText("{\"version\": \"1.0\"}"),
                "config.json names neither architectures nor model_type.");
    }

    @Test
    void anUnknownArchitectureIsShownWithTheNearest() throws IOException {
        AttuneException e = loadText("{\"architectures\": [\"Phi4ForCausalLM\"]}");
        assertError(e, "Unknown architecture Phi4ForCausalLM (nearest: Phi3ForCausalLM).");
        assertThat(e.fix().orElse("")).startsWith("Known are LlamaForCausalLM, MistralForCausalLM");
    }

    @Test
    void anotherHeadOnAKnownModelIsToldApart() throws IOException {
        AttuneException e =
                loadText(
                        """
                        {"architectures": ["LlamaForSequenceClassification"], "model_type": "llama"}
                        """);
        assertError(
                e,
                "Unknown architecture LlamaForSequenceClassification of model_type llama, expected"
                        + " LlamaForCausalLM.");
        assertThat(e.fix().orElse("")).contains("head for language");
    }

    @Test
    void aModelOfTextAndImagesIsRefusedWithItsTextPart() throws IOException {
        AttuneException e =
                loadText(
                        """
                        {"architectures": ["Gemma3ForConditionalGeneration"],
                         "model_type": "gemma3",
                         "text_config": {"model_type": "gemma3_text"}, "vision_config": {}}
                        """);
        assertError(
                e,
                "Gemma3ForConditionalGeneration reads more than text: its language model is a part,"
                        + " under text_config.");
        assertThat(e.fix()).hasValue("Give its text part as a Gemma3ForCausalLM instead.");
    }

    @Test
    void theModelTypeServesWhereNoArchitectureStands() throws IOException {
        AttuneException e = loadText("{\"model_type\": \"lama\"}");
        assertError(e, "Unknown architecture lama.");
        assertThat(Family.of(json("{\"model_type\": \"llama\"}"))).isEqualTo(Family.LLAMA);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "vocab_size | -1 | vocab_size is -1, expected a number above zero.",
                "hidden_size | 0 | hidden_size is 0, expected a number above zero.",
                "hidden_size | \"8\" | hidden_size is \"8\", expected a whole number.",
                "hidden_size | 7.5 | hidden_size is 7.5, expected a whole number.",
                "hidden_size | 9 | num_attention_heads is 2, expected a divisor of hidden_size, 9.",
                "num_hidden_layers | 0 | num_hidden_layers is 0, expected a number above zero.",
                "num_key_value_heads | 3 | num_key_value_heads is 3, expected a divisor of"
                        + " num_attention_heads, 2.",
                "head_dim | -4 | head_dim is -4, expected a number above zero.",
                "head_dim | 3 | 3 features of a head turn, expected an even number above zero.",
                "rms_norm_eps | 0 | rms_norm_eps is 0, expected a number above zero.",
                "rms_norm_eps | \"1e-5\" | rms_norm_eps is \"1e-5\", expected a number.",
                "rope_theta | -1 | rope_theta is -1, expected a number above zero.",
                "attention_bias | 1 | attention_bias is 1, expected true or false.",
                "hidden_act | \"sliu\" | hidden_act sliu is not known (nearest: silu).",
                "hidden_act | [] | hidden_act is [], expected a string.",
                "architectures | \"x\" | architectures is \"x\", expected a list.",
                "rope_scaling | 8 | rope_scaling is 8, expected an object.",
                "rope_scaling | {\"rope_type\": \"lama3\"} | rope_type lama3 is not known"
                        + " (nearest: llama3).",
                "rope_scaling | {\"type\": \"linear\"} | rope_scaling.factor is missing.",
                "rope_scaling | {\"type\": \"linear\", \"factor\": 0} | rope_scaling.factor is 0,"
                        + " expected a number above zero.",
                "quantization_config | {\"quant_method\": \"gptq\"} | The weights are quantised by"
                        + " gptq.",
                "use_bidirectional_attention | true | use_bidirectional_attention is true, which"
                        + " Attune does not compute.",
            })
    void aKeyThatDoesNotFitIsNamedWithWhatWasExpected(String key, String value, String what)
            throws IOException {
        AttuneException e = loadText(TinyCheckpoint.keyed(TinyCheckpoint.LLAMA_CONFIG, key, value));
        assertError(e, what);
        assertThat(e.where()).hasValue(file.toString());
        assertThat(e.fix()).isPresent();
    }

    @ParameterizedTest
    @CsvSource({"vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers"})
    void aSizeThatIsMissingIsNamed(String key) throws IOException {
        AttuneException e = loadText(TinyCheckpoint.without(TinyCheckpoint.LLAMA_CONFIG, key));
        assertError(e, key + " is missing.");
        assertThat(e.fix()).hasValue("Fetch the file again; this architecture needs the key.");
    }

    @Test
    void llama3RopeNeedsItsBandsInOrder() throws IOException {
        String rope =
                """
                {"rope_type": "llama3", "factor": 8, "low_freq_factor": 4, "high_freq_factor": 1}
                """;
        assertError(
                loadText(TinyCheckpoint.keyed(TinyCheckpoint.LLAMA_CONFIG, "rope_scaling", rope)),
                "rope_scaling.high_freq_factor is 1, expected a number above low_freq_factor,"
                        + " 4.0.");
    }

    @Test
    void longRopeNeedsAFactorForEachPair() throws IOException {
        String rope = "{\"type\": \"longrope\", \"short_factor\": [1], \"long_factor\": [1, 2]}";
        assertError(
                loadText(TinyCheckpoint.keyed(TinyCheckpoint.LLAMA_CONFIG, "rope_scaling", rope)),
                "rope_scaling.short_factor does not fit: it has 1 numbers, expected 2, half of the"
                        + " 4 features of a head that turn.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[\"full_attention\"] | layer_types does not fit: it has 1 entries for 2 layers.",
                "[\"full_attention\", \"chunked_attention\"] | layer_types is"
                    + " [\"full_attention\",\"chunked_attention\"], expected sliding_attention or"
                    + " full_attention only.",
                "[1, 2] | layer_types is 1, expected a list of strings."
            })
    void layerTypesMustBeKnownAndOneForEachLayer(String types, String what) throws IOException {
        String qwen =
                TinyCheckpoint.keyed(
                        TinyCheckpoint.LLAMA_CONFIG, "architectures", "[\"Qwen2ForCausalLM\"]");
        assertError(loadText(TinyCheckpoint.keyed(qwen, "layer_types", types)), what);
    }

    @Test
    void keyValueHeadsThatOnlyTheFamilysDefaultGivesAreExplained() throws IOException {
        String qwen =
                TinyCheckpoint.keyed(
                        TinyCheckpoint.LLAMA_CONFIG, "architectures", "[\"Qwen2ForCausalLM\"]");
        assertError(
                loadText(TinyCheckpoint.without(qwen, "num_key_value_heads")),
                "num_key_value_heads does not fit: the family's own, 32, is not a divisor of"
                        + " num_attention_heads, 2.");
    }

    @Test
    void aGpt2ThatLooksAtAnEncoderIsRefused() throws IOException {
        assertError(
                loadText(
                        TinyCheckpoint.keyed(
                                TinyCheckpoint.GPT2_CONFIG, "add_cross_attention", "true")),
                "add_cross_attention is true, which Attune does not compute.");
    }

    private static void assertError(AttuneException e, String what) {
        assertThat(e.kind()).isEqualTo(ErrorKind.USER);
        assertThat(e.what()).isEqualTo(what);
    }

    private AttuneException loadText(String text) throws IOException {
        Files.writeString(file, text);
        return load(folder);
    }

    private ConfigJson json(String text) throws IOException {
        Files.writeString(file, text);
        return ConfigJson.read(file);
    }

    private static AttuneException load(Path folder) {
        return catchThrowableOfType(
                AttuneException.class,
                () -> Decoder.load(folder, Dtype.FLOAT32, Device.CPU).close());
    }
}
