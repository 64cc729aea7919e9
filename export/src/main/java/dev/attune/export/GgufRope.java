package dev.attune.export;

import dev.attune.base.AttuneException;
import dev.attune.format.GgmlFloats;
import dev.attune.format.GgufTensor;
import dev.attune.model.Family;
import dev.attune.model.RopeConfig;
import dev.attune.model.RopeScaling;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// How rope turns in the model of a GGUF file, in the words of a `config.json`.
///
/// @param keys of the file
record GgufRope(GgufKeys keys) {
    private static final String FACTORS = "rope_freqs.weight";
    private static final String LONG = "rope_factors_long.weight";
    private static final String SHORT = "rope_factors_short.weight";

    void writeTo(ObjectNode json) {
        double theta = keys.real("rope.freq_base", 10_000);
        double share = (double) rotaryDim() / headDim();
        if (keys.family() == Family.GPT_NEOX) {
            json.put("rotary_emb_base", theta);
            json.put("rotary_pct", share);
        } else {
            json.put("rope_theta", theta);
            json.put("partial_rotary_factor", share);
        }
        if (keys.has(FACTORS)) {
            llama3(json, theta);
        } else if (keys.has(LONG)) {
            longRope(json);
        } else {
            scaled(json);
        }
    }

    private long headDim() {
        long heads = keys.whole("attention.head_count");
        return keys.whole("attention.key_length", keys.whole("embedding_length") / heads);
    }

    private long rotaryDim() {
        return keys.whole("rope.dimension_count", headDim());
    }

    private void scaled(ObjectNode json) {
        String type = keys.text("rope.scaling.type", "none");
        switch (type) {
            case "none" -> {}
            case "linear" ->
                    json.putObject("rope_scaling")
                            .put("rope_type", "linear")
                            .put("factor", keys.real("rope.scaling.factor"));
            case "yarn" -> {
                double factor = keys.real("rope.scaling.factor");
                double own = factor <= 1 ? 1 : 1 + 0.1 * Math.log(factor);
                json.putObject("rope_scaling")
                        .put("rope_type", "yarn")
                        .put("factor", factor)
                        .put("attention_factor", own * keys.real("rope.scaling.attn_factor", 1))
                        .put(
                                "original_max_position_embeddings",
                                keys.whole("rope.scaling.original_context_length"));
            }
            default -> throw refuse("The rope scaling '%s' is not known.".formatted(type));
        }
    }

    private void longRope(ObjectNode json) {
        long original = keys.whole("rope.scaling.original_context_length");
        ObjectNode scaling = json.putObject("rope_scaling").put("rope_type", "longrope");
        numbers(scaling.putArray("short_factor"), SHORT);
        numbers(scaling.putArray("long_factor"), LONG);
        scaling.put("attention_factor", keys.real("rope.scaling.attn_factor", 1));
        scaling.put("original_max_position_embeddings", original);
        json.put("original_max_position_embeddings", original);
    }

    private void numbers(ArrayNode array, String tensor) {
        for (float number : values(tensor)) {
            array.add((double) number);
        }
    }

    /// Llama 3.1 and later: the file tells the outcome, of which only one formula is known.
    private void llama3(ObjectNode json, double theta) {
        float[] found = values(FACTORS);
        double factor = 1;
        for (float each : found) {
            factor = Math.max(factor, each);
        }
        RopeScaling.Llama3 assumed = new RopeScaling.Llama3(factor, 1, 4, originalLength());
        RopeConfig rope = new RopeConfig(theta, (int) rotaryDim(), false, assumed);
        float[] plain = new RopeScaling.None().inverseFrequencies(rope, 1);
        float[] slowed = assumed.inverseFrequencies(rope, 1);
        for (int i = 0; i < found.length; i++) {
            if (Math.abs(plain[i] / slowed[i] / found[i] - 1) > 1e-3) {
                throw refuse("The factors of rope_freqs.weight are not those of Llama 3.");
            }
        }
        json.putObject("rope_scaling")
                .put("rope_type", "llama3")
                .put("factor", factor)
                .put("low_freq_factor", 1)
                .put("high_freq_factor", 4)
                .put("original_max_position_embeddings", assumed.originalLength());
    }

    private int originalLength() {
        return (int) keys.whole("rope.scaling.original_context_length", 8192);
    }

    private float[] values(String name) {
        GgufTensor tensor = keys.tensor(name);
        float[] values = new float[(int) tensor.elementCount()];
        GgmlFloats.decode(tensor.type(), keys.file().bytes(tensor), values);
        return values;
    }

    private AttuneException refuse(String what) {
        return AttuneException.user(what)
                .at(keys.file().path())
                .fix("Get the model as a folder of safetensors.");
    }
}
