package dev.attune.export;

import dev.attune.model.DecoderConfig;
import dev.attune.model.Family;
import dev.attune.tensor.ActivationKind;

/// How llama.cpp computes a family.
///
/// @param architecture its name there, which also begins the keys of the hyperparameters
/// @param pairsTogether whether rope turns neighbours there, but features half a head apart here:
///   the rows of queries and keys are then written in another order
/// @param activation the function in the middle of the feed-forward
/// @param headOfItsOwn whether the head may be a tensor of its own
/// @param headRequired whether it must be one
record GgufFamily(
        String architecture,
        boolean pairsTogether,
        ActivationKind activation,
        boolean headOfItsOwn,
        boolean headRequired) {

    static GgufFamily of(Family family) {
        ActivationKind silu = ActivationKind.SILU;
        ActivationKind gelu = ActivationKind.GELU_TANH;
        return switch (family) {
            case LLAMA, MISTRAL, MIXTRAL -> new GgufFamily("llama", true, silu, true, false);
            case QWEN2 -> new GgufFamily("qwen2", false, silu, true, false);
            case QWEN3 -> new GgufFamily("qwen3", false, silu, true, false);
            case QWEN3_MOE -> new GgufFamily("qwen3moe", false, silu, true, false);
            case GEMMA -> new GgufFamily("gemma", false, gelu, false, false);
            case GEMMA2 -> new GgufFamily("gemma2", false, gelu, false, false);
            case GEMMA3 -> new GgufFamily("gemma3", false, gelu, false, false);
            case PHI3 -> new GgufFamily("phi3", false, silu, true, false);
            case GPT2 -> new GgufFamily("gpt2", false, gelu, true, true);
            case GPT_NEOX -> new GgufFamily("gptneox", false, gelu, true, true);
            case OLMO2 -> new GgufFamily("olmo2", false, silu, true, true);
            case STARCODER2 -> new GgufFamily("starcoder2", false, gelu, true, false);
            case COHERE -> new GgufFamily("command-r", false, silu, false, false);
            case GRANITE -> new GgufFamily("granite", true, silu, true, false);
        };
    }

    /// What llama.cpp multiplies attention scores by, where no key tells it: for the largest Gemmas
    /// not by the size of a head.
    double attentionScale(DecoderConfig config) {
        int layers = config.numHiddenLayers();
        boolean byHidden =
                (architecture.equals("gemma2") && layers == 46)
                        || (architecture.equals("gemma3") && layers == 62);
        double dim =
                byHidden
                        ? (double) config.hiddenSize() / config.attention().numAttentionHeads()
                        : config.attention().headDim();
        return 1 / Math.sqrt(dim);
    }

    /// Whether a key tells it.
    boolean writesAttentionScale() {
        return architecture.equals("granite");
    }
}
