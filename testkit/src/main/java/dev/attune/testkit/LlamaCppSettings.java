package dev.attune.testkit;

/// How llama.cpp computes.
///
/// @param tokens the longest text it will read
/// @param threads how many compute
/// @param exact whether attention and its cache are in float32; otherwise they are in half floats,
///   as programs have it
public record LlamaCppSettings(int tokens, int threads, boolean exact) {
    /// One thread, and float32 wherever the file has it.
    public static LlamaCppSettings exact(int tokens) {
        return new LlamaCppSettings(tokens, 1, true);
    }

    /// As programs around llama.cpp compute.
    public static LlamaCppSettings usual(int tokens, int threads) {
        return new LlamaCppSettings(tokens, threads, false);
    }
}
