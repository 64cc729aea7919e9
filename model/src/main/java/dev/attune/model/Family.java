package dev.attune.model;

import dev.attune.base.AttuneException;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The architectures that Attune knows.
///
/// Each is one small file that turns a Hugging Face `config.json` into a [DecoderConfig] and names
/// the weights; docs/howto/add-a-family.md lists what a new one touches.
public enum Family {
    LLAMA("LlamaForCausalLM", "llama"),
    MISTRAL("MistralForCausalLM", "mistral"),
    QWEN2("Qwen2ForCausalLM", "qwen2"),
    QWEN3("Qwen3ForCausalLM", "qwen3"),
    QWEN3_MOE("Qwen3MoeForCausalLM", "qwen3_moe"),
    GEMMA("GemmaForCausalLM", "gemma"),
    GEMMA2("Gemma2ForCausalLM", "gemma2"),
    GEMMA3("Gemma3ForCausalLM", "gemma3_text"),
    PHI3("Phi3ForCausalLM", "phi3"),
    GPT2("GPT2LMHeadModel", "gpt2"),
    GPT_NEOX("GPTNeoXForCausalLM", "gpt_neox"),
    OLMO2("Olmo2ForCausalLM", "olmo2"),
    STARCODER2("Starcoder2ForCausalLM", "starcoder2"),
    COHERE("CohereForCausalLM", "cohere"),
    GRANITE("GraniteForCausalLM", "granite"),
    MIXTRAL("MixtralForCausalLM", "mixtral");

    private final String architecture;
    private final String modelType;

    Family(String architecture, String modelType) {
        this.architecture = architecture;
        this.modelType = modelType;
    }

    /// The class that Hugging Face's transformers has for it.
    public String architecture() {
        return architecture;
    }

    /// The `model_type` of its `config.json`.
    public String modelType() {
        return modelType;
    }

    /// The family that a `config.json` names by `architectures`, else by `model_type`.
    ///
    /// @throws AttuneException if it is not known, with the nearest
    static Family of(ConfigJson json) {
        List<String> architectures = json.strings("architectures");
        Optional<String> modelType = json.stringIfPresent("model_type");
        return Arrays.stream(values())
                .filter(f -> architectures.contains(f.architecture))
                .findFirst()
                .or(() -> architectures.isEmpty() ? ofType(modelType) : Optional.empty())
                .orElseThrow(() -> UnknownFamily.of(json, architectures));
    }

    /// Reads the `config.json` of this family.
    ///
    /// @throws AttuneException if a key is missing or does not fit, or asks for what Attune does
    ///   not compute
    DecoderConfig config(ConfigJson json) {
        NotComputed.refuse(json);
        return switch (this) {
            case LLAMA -> Llama.config(json);
            case MISTRAL -> Mistral.config(json);
            case QWEN2 -> Qwen2.config(json);
            case QWEN3 -> Qwen3.config(json);
            case QWEN3_MOE -> Qwen3Moe.config(json);
            case GEMMA -> Gemma.config(json);
            case GEMMA2 -> Gemma2.config(json);
            case GEMMA3 -> Gemma3.config(json);
            case PHI3 -> Phi3.config(json);
            case GPT2 -> Gpt2.config(json);
            case GPT_NEOX -> GptNeoX.config(json);
            case OLMO2 -> Olmo2.config(json);
            case STARCODER2 -> Starcoder2.config(json);
            case COHERE -> Cohere.config(json);
            case GRANITE -> Granite.config(json);
            case MIXTRAL -> Mixtral.config(json);
        };
    }

    /// What this family calls its weights.
    public WeightNames names() {
        return switch (this) {
            case LLAMA, MISTRAL, QWEN2, QWEN3, QWEN3_MOE, GEMMA, PHI3, COHERE, GRANITE ->
                    WeightNames.USUAL;
            case GEMMA2, GEMMA3, OLMO2 -> WeightNames.USUAL.with(WeightNames.NormNames.SANDWICH);
            case GPT2 -> Gpt2.NAMES;
            case GPT_NEOX -> GptNeoX.NAMES;
            case STARCODER2 -> Starcoder2.NAMES;
            case MIXTRAL -> Mixtral.NAMES;
        };
    }

    /// Whether its linear weights lie transposed, as GPT-2's `Conv1D`.
    public boolean conv1d() {
        return this == GPT2;
    }

    private static Optional<Family> ofType(Optional<String> modelType) {
        return Arrays.stream(values())
                .filter(f -> Optional.of(f.modelType).equals(modelType))
                .findFirst();
    }
}
