package dev.attune.model;

import java.util.List;

/// How a rotary embedding is stretched beyond the length of pretraining: `rope_scaling`, in newer
/// files `rope_parameters`, under the names of Hugging Face's `rope_type`.
public sealed interface RopeScaling {
    /// Angles per step for a text of that length, see [RopeConfig#inverseFrequencies].
    float[] inverseFrequencies(RopeConfig rope, int textTokens);

    /// What cosines and sines are multiplied by.
    default double attentionFactor() {
        return 1;
    }

    /// `default`: not at all.
    record None() implements RopeScaling {
        @Override
        public float[] inverseFrequencies(RopeConfig rope, int textTokens) {
            return rope.plain(rope.ropeTheta());
        }
    }

    /// `linear`: every angle divided by the factor, [Chen et al.
    /// 2023](https://arxiv.org/abs/2306.15595).
    record Linear(double factor) implements RopeScaling {
        @Override
        public float[] inverseFrequencies(RopeConfig rope, int textTokens) {
            return rope.slowed(factor);
        }
    }

    /// `dynamic`: the base grows with the length of the text once that passes the model's own
    /// ("NTK-aware"): `θ·(f·T/L − (f − 1))^(r/(r − 2))`.
    ///
    /// @param originalLength L, max_position_embeddings
    record Dynamic(double factor, int originalLength) implements RopeScaling {
        @Override
        public float[] inverseFrequencies(RopeConfig rope, int textTokens) {
            double length = Math.max(textTokens, originalLength);
            double dim = rope.rotaryDim();
            double growth = factor * length / originalLength - (factor - 1);
            return rope.plain(rope.ropeTheta() * Math.pow(growth, dim / (dim - 2)));
        }
    }

    /// `llama3`: long waves are slowed by the factor, short ones kept, those between blended.
    record Llama3(double factor, double lowFreqFactor, double highFreqFactor, int originalLength)
            implements RopeScaling {
        @Override
        public float[] inverseFrequencies(RopeConfig rope, int textTokens) {
            float[] frequencies = rope.plain(rope.ropeTheta());
            for (int i = 0; i < frequencies.length; i++) {
                frequencies[i] = (float) blended(frequencies[i]);
            }
            return frequencies;
        }

        private double blended(double frequency) {
            double wavelength = 2 * Math.PI / frequency;
            if (wavelength > originalLength / lowFreqFactor) {
                return frequency / factor;
            }
            if (wavelength < originalLength / highFreqFactor) {
                return frequency;
            }
            double smooth =
                    (originalLength / wavelength - lowFreqFactor)
                            / (highFreqFactor - lowFreqFactor);
            return (1 - smooth) * frequency / factor + smooth * frequency;
        }
    }

    /// `yarn`: slow pairs are interpolated, fast ones kept, with a ramp between, [Peng et al.
    /// 2023](https://arxiv.org/abs/2309.00071) section 3.2 to 3.4.
    ///
    /// @param attentionFactor what cosines and sines are multiplied by
    /// @param truncate whether the ends of the ramp are rounded to whole pairs
    record Yarn(
            double factor,
            double betaFast,
            double betaSlow,
            int originalLength,
            double attentionFactor,
            boolean truncate)
            implements RopeScaling {
        @Override
        public float[] inverseFrequencies(RopeConfig rope, int textTokens) {
            double low = pairOf(rope, betaFast);
            double high = pairOf(rope, betaSlow);
            double from = Math.max(truncate ? Math.floor(low) : low, 0);
            double to = Math.min(truncate ? Math.ceil(high) : high, rope.rotaryDim() - 1.0);
            double width = to == from ? 0.001 : to - from;
            float[] frequencies = rope.plain(rope.ropeTheta());
            for (int i = 0; i < frequencies.length; i++) {
                double ramp = Math.clamp((i - from) / width, 0.0, 1.0);
                double kept = 1 - ramp;
                frequencies[i] = (float) (frequencies[i] / factor * ramp + frequencies[i] * kept);
            }
            return frequencies;
        }

        /// The pair that turns that many times over the original length.
        private double pairOf(RopeConfig rope, double turns) {
            return rope.rotaryDim()
                    * Math.log(originalLength / (turns * 2 * Math.PI))
                    / (2 * Math.log(rope.ropeTheta()));
        }
    }

    /// `longrope`: a factor of its own for each pair, one set for short texts and one for long,
    /// [Ding et al. 2024](https://arxiv.org/abs/2402.13753).
    ///
    /// @param originalLength the longest text of the short set
    record LongRope(
            List<Double> shortFactor,
            List<Double> longFactor,
            int originalLength,
            double attentionFactor)
            implements RopeScaling {
        @Override
        public float[] inverseFrequencies(RopeConfig rope, int textTokens) {
            List<Double> factors = textTokens > originalLength ? longFactor : shortFactor;
            float[] frequencies = new float[rope.rotaryDim() / 2];
            for (int i = 0; i < frequencies.length; i++) {
                float power = (float) Math.pow(rope.ropeTheta(), 2f * i / rope.rotaryDim());
                frequencies[i] = 1f / ((float) (double) factors.get(i) * power);
            }
            return frequencies;
        }
    }
}
