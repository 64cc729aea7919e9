package dev.attune.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.attune.base.AttuneException;
import dev.attune.base.ErrorKind;
import dev.attune.format.SafetensorsDtype;
import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/// What is said about an adapter that does not fit its base, or that Attune does not compute.
class AdapterErrorsTest {
    private static final String PATH = "model.layers.0.self_attn.q_proj";

    @TempDir private Path folder = Path.of("");
    private final Base base = new Base();

    /// The decoder that adapters are tried on.
    private static final class Base {
        private @Nullable Decoder decoder;

        Decoder decoder() {
            return Objects.requireNonNull(decoder);
        }
    }

    @BeforeEach
    void load(@TempDir Path model) {
        base.decoder = Decoder.load(TinyCheckpoint.llama().write(model), Dtype.FLOAT32, Device.CPU);
    }

    @AfterEach
    void close() {
        base.decoder().close();
    }

    @Test
    void aSoundAdapterLoads() {
        try (Adapter adapter = Adapter.load(TinyAdapter.query().write(folder), base.decoder())) {
            assertThat(adapter.parameters()).hasSize(2);
            assertThat(adapter.config().scale(PATH)).isEqualTo(2);
        }
    }

    @Test
    void aFolderWithoutAdapterConfig() {
        AttuneException e = error(folder);
        assertThat(e.what()).isEqualTo("The folder has no adapter_config.json.");
    }

    @Test
    void aFolderWithoutWeights() throws IOException {
        TinyAdapter.query().write(folder);
        Files.delete(folder.resolve("adapter_model.safetensors"));
        AttuneException e = error(folder);
        assertThat(e.what()).isEqualTo("The adapter has no adapter_model.safetensors.");
        assertThat(e.where()).hasValue(folder.toString());
        assertThat(e.fix().orElse("")).contains("safe_serialization=True");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "peft_type | \"IA3\" | peft_type is IA3, expected LORA.",
                "peft_type | null | peft_type is missing, expected LORA.",
                "r | 0 | r is 0, expected a number above zero.",
                "lora_dropout | 2 | lora_dropout is 2, expected a number from 0 to 1.",
                "lora_alpha | \"a\" | lora_alpha is \"a\", expected a number.",
                "bias | \"lora\" | bias is \"lora\", expected none, lora_only, all.",
                "bias | \"al\" | bias is \"al\", expected none, lora_only, all (nearest: all).",
                "lora_bias | true | lora_bias is set, which Attune does not compute.",
                "layer_replication | [[0, 2]] | layer_replication is set, which Attune does not"
                        + " compute.",
                "trainable_token_indices | [1] | trainable_token_indices is set, which Attune does"
                        + " not compute.",
                "init_lora_weights | \"pissa_niter_4\" | init_lora_weights is pissa_niter_4: the"
                        + " adapter belongs to a changed base.",
                "target_modules | \"(q_proj\" | target_modules (q_proj is no regular expression:"
                        + " Unclosed group.",
                "exclude_modules | \"[\" | exclude_modules [ is no regular expression: Unclosed"
                        + " character class.",
                "rank_pattern | {\"q(\": 2} | rank_pattern q( is no regular expression: Unclosed"
                        + " group.",
                "rank_pattern | {\"q_proj\": 0} | rank_pattern.q_proj is 0, expected a number above"
                        + " zero.",
                "layers_to_transform | [0.5] | layers_to_transform is [0.5], expected a list of"
                        + " whole numbers.",
                "target_modules | [1] | target_modules is 1, expected a list of strings."
            })
    void aKeyOfTheConfigThatDoesNotFit(String key, String value, String what) {
        AttuneException e = error(TinyAdapter.query().key(key, value).write(folder));
        assertThat(e.what()).isEqualTo(what);
        assertThat(e.kind()).isEqualTo(ErrorKind.USER);
        assertThat(e.where()).hasValue(folder.resolve("adapter_config.json").toString());
        assertThat(e.fix()).isPresent();
    }

    @ParameterizedTest
    @CsvSource({"lora_bias, false", "layer_replication, null", "arrow_config, {}"})
    void keysThatAreOffAreFine(String key, String value) {
        Path adapter = TinyAdapter.query().key(key, value).write(folder);
        Adapter.load(adapter, base.decoder()).close();
    }

    @Test
    void aLayerThatTheBaseLacksIsShownWithTheNearest() {
        String other = "base_model.model.model.layers.7.self_attn.q_proj.";
        AttuneException e =
                error(
                        TinyAdapter.query()
                                .with(other + "lora_A.weight", 2, 8)
                                .with(other + "lora_B.weight", 8, 2)
                                .write(folder));
        assertThat(e.what())
                .isEqualTo(
                        "The adapter changes model.layers.7.self_attn.q_proj, which is no linear"
                                + " layer or embedding of the base.");
        assertThat(e.fix()).hasValue("The nearest layer of the base is " + PATH + ".");
    }

    @Test
    void aNameThatPeftDoesNotGive() {
        AttuneException e = error(TinyAdapter.query().with("lora.q", 2).write(folder));
        assertThat(e.what()).isEqualTo("lora.q is no name that PEFT gives.");
    }

    @Test
    void anEmptyAdapter() {
        AttuneException e =
                error(
                        TinyAdapter.query()
                                .without(TinyAdapter.QUERY + "lora_A.weight")
                                .without(TinyAdapter.QUERY + "lora_B.weight")
                                .write(folder));
        assertThat(e.what()).isEqualTo("The adapter holds no tensors.");
    }

    @Test
    void anotherRankThanTheConfigs() {
        AttuneException e = error(TinyAdapter.query().key("r", "4").write(folder));
        assertThat(e.what())
                .contains("2 problems")
                .contains("lora_A.weight: shape [2, 8], expected [4, 8]")
                .contains("lora_B.weight: shape [8, 2], expected [8, 4]")
                .contains("or r in adapter_config.json is not that of the weights");
    }

    @ParameterizedTest
    @CsvSource({"lora_A.weight, lora_B.weight", "lora_B.weight, lora_A.weight"})
    void aFactorWithoutItsPartner(String kept, String missing) {
        AttuneException e =
                error(TinyAdapter.query().without(TinyAdapter.QUERY + missing).write(folder));
        assertThat(e.what())
                .as("with %s only", kept)
                .isEqualTo("The adapter lacks " + TinyAdapter.QUERY + missing + ".");
        assertThat(e.fix()).hasValue("The file is incomplete; save or fetch it again.");
    }

    @Test
    void doraWithoutRowLengthsAndRowLengthsWithoutDora() {
        AttuneException without = error(TinyAdapter.query().key("use_dora", "true").write(folder));
        assertThat(without.what())
                .isEqualTo(PATH + " lacks lora_magnitude_vector, but use_dora is true.");
        AttuneException with =
                error(
                        TinyAdapter.query()
                                .with(TinyAdapter.QUERY + "lora_magnitude_vector", 8)
                                .write(folder));
        assertThat(with.what())
                .isEqualTo(PATH + " has lora_magnitude_vector, but use_dora is false.");
    }

    @Test
    void doraOnTheHeadIsNotComputed() {
        String head = "base_model.model.lm_head.";
        AttuneException e =
                error(
                        TinyAdapter.query()
                                .without(TinyAdapter.QUERY + "lora_A.weight")
                                .without(TinyAdapter.QUERY + "lora_B.weight")
                                .key("use_dora", "true")
                                .with(head + "lora_A.weight", 2, 8)
                                .with(head + "lora_B.weight", 16, 2)
                                .with(head + "lora_magnitude_vector", 16)
                                .write(folder));
        assertThat(e.what())
                .isEqualTo("The adapter has DoRA on lm_head, which Attune does not compute.");
    }

    @Test
    void aBiasForALayerWithoutOne() {
        AttuneException e =
                error(
                        TinyAdapter.query()
                                .with(TinyAdapter.QUERY + "base_layer.bias", 8)
                                .write(folder));
        assertThat(e.what())
                .isEqualTo(
                        "The adapter brings a bias for " + PATH + ", which has none in the base.");
    }

    @Test
    void integersForWeights() {
        AttuneException e = error(TinyAdapter.query().typed(SafetensorsDtype.I8).write(folder));
        assertThat(e.what()).contains("2 problems").contains("elements of type I8");
    }

    @Test
    void anAdapterIsAttachedOnceAndOnlyOneAtATime(@TempDir Path second) {
        try (Adapter one = Adapter.load(TinyAdapter.query().write(folder), base.decoder());
                Adapter two = Adapter.load(TinyAdapter.query().write(second), base.decoder())) {
            assertThatThrownBy(one::train).hasMessage("the adapter must be attached to train");
            one.attach();
            assertThatThrownBy(one::attach).hasMessage("the adapter is attached already");
            assertThatThrownBy(two::attach)
                    .hasMessage("another adapter is attached to this decoder");
            one.detach();
            two.attach();
        }
    }

    private AttuneException error(Path adapter) {
        return catchThrowableOfType(
                AttuneException.class, () -> Adapter.load(adapter, base.decoder()).close());
    }
}
