package dev.attune.export;

/// What an export writes.
public enum ExportFormat {
    /// The adapter alone, as PEFT saves it.
    PEFT,
    /// A whole model as transformers saves it, with the adapter merged in if there is one.
    HUGGING_FACE
}
