package dev.attune.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.util.LinkedHashMap;
import java.util.Map;

/// Options for how answers are drawn, in the words of generation_config.json.
final class SamplingOptions {
    @Option(
            names = "--temperature",
            paramLabel = "T",
            description = "What logits are divided by; 0 takes the likeliest token.")
    private @Nullable String temperature;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            description = "Keep the likeliest tokens that make up this share.")
    private @Nullable String topP;

    @Option(
            names = "--top-k",
            paramLabel = "K",
            description = "Keep the K likeliest tokens; 0 for all.")
    private @Nullable String topK;

    @Option(
            names = "--min-p",
            paramLabel = "P",
            description = "Keep tokens at least this share as likely as the likeliest.")
    private @Nullable String minP;

    @Option(
            names = "--repetition-penalty",
            paramLabel = "R",
            description = "What logits of tokens that occurred are divided by; 1 for none.")
    private @Nullable String repetitionPenalty;

    @Option(
            names = "--max-new-tokens",
            paramLabel = "N",
            description = "Tokens of the longest answer (1024).")
    private @Nullable String maxNewTokens;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Where random numbers start (0): equal seeds, equal answers.")
    private @Nullable String seed;

    @Option(names = "--greedy", description = "The likeliest token each time; as --temperature 0.")
    private boolean greedy;

    /// Puts what was given over what the model asks for.
    void apply(ChatSettings settings) {
        Map<String, @Nullable String> given = new LinkedHashMap<>();
        given.put("temperature", temperature);
        given.put("top_p", topP);
        given.put("top_k", topK);
        given.put("min_p", minP);
        given.put("repetition_penalty", repetitionPenalty);
        given.put("max_new_tokens", maxNewTokens);
        given.put("seed", seed);
        given.forEach((name, value) -> {
            if (value != null) {
                settings.set(name, value);
            }
        });
        if (greedy) {
            settings.greedy();
        }
    }
}
