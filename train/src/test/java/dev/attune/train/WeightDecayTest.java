package dev.attune.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.format.Checkpoint;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.util.TreeSet;

class WeightDecayTest {
    @ParameterizedTest
    @CsvSource({
        "train-llama-full, llama",
        "train-llama-full-accum2, llama",
        "train-llama-dpo-full-ipo, llama",
        "train-llama-tied-distill, llama-tied",
        "train-qwen2-full, qwen2"
    })
    void exemptAreThoseOfTheTrainer(String run, String base) {
        JsonNode meta =
                JsonMapper.shared().readTree(SharedData.path("reference/" + run + "/meta.json"));
        var expected = new TreeSet<String>();
        meta.get("no_weight_decay_parameters").forEach(name -> expected.add(name.asString()));
        var found = new TreeSet<String>();
        try (Checkpoint checkpoint = Checkpoint.open(SharedData.path("reference/" + base))) {
            checkpoint.tensors().keySet().stream().filter(WeightDecay::exempts).forEach(found::add);
        }
        assertThat(found).isEqualTo(expected).isNotEmpty();
    }

    @Test
    void biasesAndNormsOfEveryFamilyAreExemptAndMagnitudesAreNot() {
        assertThat(WeightDecay.exempts("h.0.ln_1.weight")).isTrue();
        assertThat(WeightDecay.exempts("transformer.ln_f.weight")).isTrue();
        assertThat(WeightDecay.exempts("gpt_neox.final_layer_norm.weight")).isTrue();
        assertThat(WeightDecay.exempts("model.layers.0.self_attn.q_norm.weight")).isTrue();
        assertThat(WeightDecay.exempts("model.layers.0.mlp.up_proj.bias")).isTrue();
        assertThat(WeightDecay.exempts("model.embed_tokens.weight")).isFalse();
        assertThat(WeightDecay.exempts("model.layers.0.normal.weight")).isFalse();
        assertThat(
                        WeightDecay.exempts(
                                "base_model.model.q_proj.lora_magnitude_vector.default.weight"))
                .isFalse();
    }
}
