package dev.attune.model;

/// How a pass through a [Decoder] goes that something is learned from.
///
/// Everything random in it is a function of the seed and of the layer's path, so that a pass can be
/// repeated and nothing needs to be saved. On a tape that is off only the weights count.
///
/// @param regularization what is made harder
/// @param noiseSeed one number for each micro-batch
/// @param gradientCheckpointing `gradient_checkpointing`: whether each layer keeps its input alone
///   and runs again during backward; the gradients are the same
public record Pass(Regularization regularization, long noiseSeed, boolean gradientCheckpointing) {
    /// Without noise; everything that backward needs is kept.
    public static final Pass PLAIN = new Pass(Regularization.NONE, 0, false);
}
