package dev.attune.text;

import java.time.LocalDateTime;
import java.util.Map;

/// What a template is given beside the conversation.
///
/// @param addGenerationPrompt whether the text ends where the assistant is to begin
/// @param specialTokens `bos_token`, `eos_token` ... as the template reads them
/// @param now the time that `strftime_now` tells
/// @param limits how much the template may do
public record RenderSettings(
        boolean addGenerationPrompt,
        Map<String, String> specialTokens,
        LocalDateTime now,
        RenderLimits limits) {
    /// Copies the tokens.
    public RenderSettings {
        specialTokens = Map.copyOf(specialTokens);
    }

    /// No generation prompt, these special tokens, this time.
    public static RenderSettings of(Map<String, String> specialTokens, LocalDateTime now) {
        return new RenderSettings(false, specialTokens, now, RenderLimits.DEFAULT);
    }

    /// The same with or without a generation prompt.
    public RenderSettings withGenerationPrompt(boolean add) {
        return new RenderSettings(add, specialTokens, now, limits);
    }

    /// The same with other limits.
    public RenderSettings withLimits(RenderLimits other) {
        return new RenderSettings(addGenerationPrompt, specialTokens, now, other);
    }
}
