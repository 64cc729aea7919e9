package dev.attune.testkit;

import java.util.List;

/// The model folders of the reference data, below `reference/`: every family, and every special
/// choice that one of them can make.
public final class ReferenceModels {
    /// Their names.
    public static final List<String> NAMES =
            List.of(
                    "llama",
                    "llama-tied",
                    "llama-bias",
                    "llama31-rope",
                    "llama-linear-rope",
                    "llama-dynamic-rope",
                    "llama-yarn-rope",
                    "llama-bf16-sharded",
                    "mistral",
                    "qwen2",
                    "qwen3",
                    "qwen3-moe",
                    "gemma",
                    "gemma2",
                    "gemma3",
                    "phi3",
                    "phi3-longrope",
                    "gpt2",
                    "gpt-neox",
                    "olmo2",
                    "starcoder2",
                    "mixtral",
                    "cohere",
                    "cohere-qknorm",
                    "granite");

    private ReferenceModels() {}

    /// Their names, for a `@MethodSource`.
    public static List<String> names() {
        return NAMES;
    }
}
