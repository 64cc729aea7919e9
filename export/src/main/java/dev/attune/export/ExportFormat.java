package dev.attune.export;

/// What an export writes.
public enum ExportFormat {
    /// The adapter alone, as PEFT saves it.
    PEFT,
    /// The adapter alone, as llama.cpp puts it beside the GGUF file of its base.
    GGUF_LORA,
    /// A whole model as transformers saves it, with the adapter merged in if there is one.
    HUGGING_FACE
}
