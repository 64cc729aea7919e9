package dev.attune.tensor;

/// What attention does, beside which documents there are.
///
/// @param heads query heads H, a multiple of `keyValueHeads`
/// @param keyValueHeads K; each serves H/K consecutive query heads
/// @param headDim D
/// @param scale what the products of queries and keys are multiplied by, usually 1/√D
/// @param softCap scores become `cap·tanh(score/cap)`; 0 for none
/// @param window how many tokens a token sees, itself included; 0 for all before it
public record AttentionShape(
        int heads, int keyValueHeads, int headDim, double scale, double softCap, int window) {
    /// Checks that the heads fall into groups.
    public AttentionShape {
        if (heads <= 0 || keyValueHeads <= 0 || headDim <= 0 || heads % keyValueHeads != 0) {
            throw new IllegalArgumentException(
                    heads + " heads cannot share " + keyValueHeads + " key-value heads");
        }
        if (window < 0 || softCap < 0) {
            throw new IllegalArgumentException("negative window or soft cap");
        }
    }

    /// Query heads to a key-value head, G.
    public int group() {
        return heads / keyValueHeads;
    }
}
