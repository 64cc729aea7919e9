package dev.attune.export;

import dev.attune.model.DecoderConfig;
import dev.attune.model.DecoderConfig.Rotary;
import dev.attune.model.RopeConfig;
import dev.attune.model.RopeScaling;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The tensors by which a GGUF file tells how much slower each pair of features turns: llama.cpp
/// divides the angles by them.
final class GgufRopeFactors {
    private GgufRopeFactors() {}

    /// Each tensor's values by its name; none for most models.
    static Map<String, List<Double>> of(DecoderConfig config) {
        Map<String, List<Double>> tensors = new LinkedHashMap<>();
        if (!(config.positions() instanceof Rotary rotary)) {
            return tensors;
        }
        RopeConfig rope = rotary.ropes().getFirst();
        if (rope.scaling() instanceof RopeScaling.Llama3 llama3) {
            float[] plain = new RopeScaling.None().inverseFrequencies(rope, 1);
            float[] slowed = llama3.inverseFrequencies(rope, 1);
            List<Double> factors = new ArrayList<>();
            for (int i = 0; i < plain.length; i++) {
                factors.add((double) plain[i] / slowed[i]);
            }
            tensors.put("rope_freqs.weight", factors);
        }
        if (rope.scaling() instanceof RopeScaling.LongRope longRope) {
            tensors.put("rope_factors_long.weight", longRope.longFactor());
            tensors.put("rope_factors_short.weight", longRope.shortFactor());
        }
        return tensors;
    }
}
