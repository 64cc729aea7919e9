package dev.attune.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.attune.base.AttuneException;
import dev.attune.base.ErrorKind;
import dev.attune.format.SafetensorsDtype;
import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/// What is said about weights that are not those of their `config.json`.
class CheckpointErrorsTest {
    @TempDir private Path folder = Path.of("");

    @Test
    void aMissingTensorIsShownWithTheNearest() {
        AttuneException e =
                load(TinyCheckpoint.llama().without("model.norm.weight").with("model.nrom", 8));
        assertThat(e.what())
                .startsWith("Cannot load " + folder + ": 2 problems.")
                .contains("The checkpoint lacks model.norm.weight.")
                .contains("The nearest name in the files is model.nrom.weight.")
                .contains(
                        "The checkpoint holds model.nrom.weight, which this architecture does not"
                                + " use.");
    }

    @Test
    void aTensorLeftOverNamesTheOptionThatMayBeMissing() {
        AttuneException e =
                load(TinyCheckpoint.llama().withBias("model.layers.0.self_attn.q_proj", 8));
        assertThat(e.kind()).isEqualTo(ErrorKind.USER);
        assertThat(e.what())
                .isEqualTo(
                        "The checkpoint holds model.layers.0.self_attn.q_proj.bias, which this"
                                + " architecture does not use.");
        assertThat(e.where()).hasValue(folder.resolve("model.safetensors").toString());
        assertThat(e.fix().orElse("")).contains("attention_bias");
    }

    @Test
    void aWrongShapeIsShownWithTheRightOne() {
        AttuneException e =
                load(TinyCheckpoint.llama().with("model.layers.1.mlp.down_proj", 12, 8));
        assertThat(e.what())
                .isEqualTo(
                        "Cannot load model.layers.1.mlp.down_proj.weight: shape [12, 8], expected"
                                + " [8, 12].");
        assertThat(e.fix().orElse("")).startsWith("config.json and the weights must belong");
    }

    @Test
    void everythingIsToldAtOnce() {
        AttuneException e =
                load(
                        TinyCheckpoint.llama()
                                .with("model.norm", 9)
                                .without("lm_head.weight")
                                .withBias("model.layers.0.mlp.up_proj", 12)
                                .typed("model.layers.0.mlp.up_proj.weight", SafetensorsDtype.I32));
        assertThat(e.what())
                .contains("4 problems")
                .contains("model.norm.weight: shape [9], expected [8]")
                .contains("lacks lm_head.weight")
                .contains("holds model.layers.0.mlp.up_proj.bias")
                .contains("model.layers.0.mlp.up_proj.weight: elements of type I32");
    }

    @Test
    void theConfigOfAWiderModelFailsOnEveryTensor() {
        AttuneException e =
                load(TinyCheckpoint.llama().key("hidden_size", "16").key("head_dim", "8"));
        assertThat(e.what())
                .contains("21 problems")
                .contains("model.embed_tokens.weight: shape [16, 8], expected [16, 16]")
                .contains("and 1 more");
    }

    @Test
    void theConfigOfADeeperModelIsOneProblem() {
        AttuneException e = load(TinyCheckpoint.llama().key("num_hidden_layers", "5"));
        assertThat(e.what())
                .isEqualTo("The checkpoint lacks layers 2 to 4; num_hidden_layers is 5.");
        assertThat(e.fix())
                .hasValue(
                        "config.json is that of a larger model, or some of the files are missing.");
    }

    @Test
    void theConfigOfAShallowerModelIsOneProblem() {
        AttuneException e = load(TinyCheckpoint.llama().key("num_hidden_layers", "1"));
        assertThat(e.what()).isEqualTo("The checkpoint holds layer 1, but num_hidden_layers is 1.");
    }

    @Test
    void weightsOfAnotherFamilyAreRecognised() {
        AttuneException e = load(TinyCheckpoint.gpt2().config(TinyCheckpoint.LLAMA_CONFIG));
        assertThat(e.what())
                .startsWith("No tensor has a name of LlamaForCausalLM; the first is transformer.");
        assertThat(e.where()).hasValue(folder.toString());
        assertThat(e.fix()).hasValue("Such names are those of GPT2LMHeadModel.");
    }

    @Test
    void aTiedHeadThatDiffersFromTheEmbeddingIsNoTie() {
        AttuneException e = load(TinyCheckpoint.llama().key("tie_word_embeddings", "true"));
        assertThat(e.what())
                .isEqualTo(
                        "tie_word_embeddings is true, but lm_head.weight and"
                                + " model.embed_tokens.weight differ.");
        assertThat(e.fix().orElse("")).startsWith("Set tie_word_embeddings to false");
    }

    private AttuneException load(TinyCheckpoint tiny) {
        tiny.write(folder);
        return catchThrowableOfType(
                AttuneException.class,
                () -> Decoder.load(folder, Dtype.FLOAT32, Device.CPU).close());
    }
}
