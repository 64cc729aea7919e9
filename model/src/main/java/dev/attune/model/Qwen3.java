package dev.attune.model;

import dev.attune.model.DecoderConfig.Biases;
import dev.attune.model.DecoderConfig.QkNorm;

/// Qwen 3, dense: norms on queries and keys instead of biases.
final class Qwen3 {
    private Qwen3() {}

    static DecoderConfig config(ConfigJson json) {
        boolean bias = json.flag("attention_bias", false);
        return Qwen2.dense(json, 128, QkNorm.RMS, new Biases(bias, bias, false));
    }
}
