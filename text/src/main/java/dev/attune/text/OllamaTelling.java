package dev.attune.text;

/// Whether a chat template can be told in Ollama's language.
public sealed interface OllamaTelling {
    /// It can, and this is how.
    record Told(OllamaTemplate template) implements OllamaTelling {}

    /// It cannot.
    ///
    /// @param why what of it, in the middle of a sentence
    record Untold(String why) implements OllamaTelling {}
}
