package dev.attune.bench;

import dev.attune.model.DecoderConfig;
import dev.attune.model.RopeConfig;
import dev.attune.model.RopeScaling;
import dev.attune.tensor.ActivationKind;

import java.util.Collections;
import java.util.List;

/// The shape that is timed: 135M parameters, a usual small Llama.
final class SmallModel {
    static final int HIDDEN = 576;
    static final int INTERMEDIATE = 1536;
    static final int LAYERS = 30;
    static final int HEADS = 9;
    static final int KEY_VALUE_HEADS = 3;
    static final int HEAD_DIM = 64;
    static final int VOCABULARY = 49152;

    private SmallModel() {}

    static DecoderConfig config() {
        return config(VOCABULARY);
    }

    /// The shape with another vocabulary.
    static DecoderConfig config(int vocabulary) {
        var gated = new DecoderConfig.Gated(INTERMEDIATE, ActivationKind.SILU, false);
        var layer = new DecoderConfig.Layer(0, 0, 1 / Math.sqrt(HEAD_DIM), gated);
        return new DecoderConfig(
                vocabulary,
                HIDDEN,
                8192,
                Collections.nCopies(LAYERS, layer),
                new DecoderConfig.Heads(
                        HEADS,
                        KEY_VALUE_HEADS,
                        HEAD_DIM,
                        0,
                        DecoderConfig.Projection.SEPARATE,
                        DecoderConfig.QkNorm.NONE),
                new DecoderConfig.Rotary(
                        List.of(new RopeConfig(1e4, HEAD_DIM, false, new RopeScaling.None()))),
                new DecoderConfig.Norms(
                        DecoderConfig.NormKind.RMS, DecoderConfig.Placement.PRE, 1e-5, false),
                DecoderConfig.Scales.NONE,
                DecoderConfig.Biases.NONE,
                true);
    }

    /// How many weights it has, the tied table once.
    static double parameters(int vocabulary) {
        double attention = 2.0 * HIDDEN * HIDDEN + 2.0 * HIDDEN * KEY_VALUE_HEADS * HEAD_DIM;
        double feedForward = 3.0 * HIDDEN * INTERMEDIATE;
        double norms = 2.0 * HIDDEN;
        return LAYERS * (attention + feedForward + norms) + HIDDEN + (double) vocabulary * HIDDEN;
    }
}
