package dev.attune.model;

import java.util.Arrays;

/// One rotary embedding: how fast each pair of features turns.
///
/// @param ropeTheta the base of the frequencies
/// @param rotaryDim how many features of a head turn, r
/// @param interleaved whether pairs are neighbours: Cohere
/// @param scaling what stretches it beyond the length of pretraining
public record RopeConfig(
        double ropeTheta, int rotaryDim, boolean interleaved, RopeScaling scaling) {

    /// The angle of a step of one token for each of the `r/2` pairs, for a text of that length.
    ///
    /// Computed in float32 where Hugging Face's models do so: at long range, the rounding of a
    /// frequency is part of what the model learned.
    float[] inverseFrequencies(int textTokens) {
        return scaling.inverseFrequencies(this, textTokens);
    }

    /// What the cosines and sines are multiplied by.
    double attentionFactor() {
        return scaling.attentionFactor();
    }

    /// Whether a token has the same angles in a text of either length, so that turned keys of the
    /// shorter one still hold when it grows into the other.
    boolean sameAngles(int textTokens, int otherTextTokens) {
        return !dependsOnLength()
                || Arrays.equals(
                        inverseFrequencies(textTokens), inverseFrequencies(otherTextTokens));
    }

    /// Whether the angles of a token depend on how long the text is.
    public boolean dependsOnLength() {
        return switch (scaling) {
            case RopeScaling.Dynamic _, RopeScaling.LongRope _ -> true;
            case RopeScaling.None _,
                    RopeScaling.Linear _,
                    RopeScaling.Llama3 _,
                    RopeScaling.Yarn _ ->
                    false;
        };
    }

    /// `θ^(−2i/r)` for each pair i.
    float[] plain(double theta) {
        float[] frequencies = new float[rotaryDim / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = 1f / (float) Math.pow(theta, 2f * i / rotaryDim);
        }
        return frequencies;
    }

    /// The frequencies divided by one number.
    float[] slowed(double factor) {
        float[] frequencies = plain(ropeTheta);
        float[] slowed = Arrays.copyOf(frequencies, frequencies.length);
        for (int i = 0; i < slowed.length; i++) {
            slowed[i] /= (float) factor;
        }
        return slowed;
    }
}
