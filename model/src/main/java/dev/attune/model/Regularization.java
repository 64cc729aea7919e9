package dev.attune.model;

import dev.attune.base.AttuneException;

/// What is made harder while a model learns, so that it learns by heart less: nothing of this
/// happens when it is judged.
///
/// @param loraDropout `lora_dropout`: the share of the inputs that an adapter's factors lose, from
///   0 and below 1
/// @param neftuneNoiseAlpha `neftune_noise_alpha`: the strength of the noise on the vectors of
///   tokens, 0 for none; 5 is usual
public record Regularization(double loraDropout, double neftuneNoiseAlpha) {
    /// Nothing.
    public static final Regularization NONE = new Regularization(0, 0);

    /// Checks the numbers.
    public Regularization {
        if (!(loraDropout >= 0 && loraDropout < 1)) {
            throw AttuneException.user(
                            "lora_dropout is " + loraDropout + ", expected 0 or more, below 1.")
                    .fix("0.05 is usual.");
        }
        if (!(neftuneNoiseAlpha >= 0 && Double.isFinite(neftuneNoiseAlpha))) {
            throw AttuneException.user(
                            "neftune_noise_alpha is " + neftuneNoiseAlpha + ", expected 0 or more.")
                    .fix("5 is usual.");
        }
    }
}
