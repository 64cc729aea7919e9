package dev.attune.cli;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;
import dev.attune.generate.SamplingConfig;

import tools.jackson.databind.JsonNode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// How answers are drawn: what the model's generation_config.json says, else temperature 0.7 and
/// top_p 0.9, and what the user set.
final class ChatSettings {
    /// The names that can be set, in the order in which they are shown.
    static final List<String> NAMES =
            List.of(
                    "temperature",
                    "top_p",
                    "top_k",
                    "min_p",
                    "repetition_penalty",
                    "max_new_tokens",
                    "seed");

    private static final double USUAL_TEMPERATURE = 0.7;
    private static final double USUAL_TOP_P = 0.9;
    private static final int USUAL_MAX_NEW_TOKENS = 1024;

    private SamplingConfig sampling;

    private ChatSettings(SamplingConfig sampling) {
        this.sampling = sampling;
    }

    /// What a model's folder asks for.
    ///
    /// @param eosTokenIds the tokens that end an answer
    /// @throws AttuneException of kind USER if its generation_config.json is broken
    static ChatSettings of(Path folder, Set<Integer> eosTokenIds) {
        var settings =
                new ChatSettings(
                        SamplingConfig.builder()
                                .sampling(USUAL_TEMPERATURE, 0)
                                .topP(USUAL_TOP_P)
                                .maxNewTokens(USUAL_MAX_NEW_TOKENS)
                                .eosTokenIds(eosTokenIds)
                                .build());
        Path file = folder.resolve("generation_config.json");
        if (Files.isRegularFile(file)) {
            settings.take(JsonText.read(new TextFile(file).text(), file.toString()), file);
        }
        return settings;
    }

    /// A file that says nothing about drawing leaves the usual; one that says something is obeyed,
    /// with transformers' neutral values for the rest.
    private void take(JsonNode config, Path file) {
        boolean speaks =
                config.has("do_sample")
                        || List.of("temperature", "top_p", "top_k", "min_p").stream()
                                .anyMatch(name -> config.path(name).isNumber());
        if (speaks) {
            boolean draws = config.path("do_sample").asBoolean(true);
            sampling = sampling.toBuilder().sampling(draws ? 1 : 0, 0).topP(1).build();
            if (!draws) {
                take(config, file, List.of("repetition_penalty", "max_new_tokens"));
                return;
            }
        }
        take(config, file, NAMES);
    }

    private void take(JsonNode config, Path file, List<String> names) {
        for (String name : names) {
            if (config.path(name).isNumber()) {
                try {
                    set(name, config.path(name).asString());
                } catch (AttuneException e) {
                    throw e.at(file);
                }
            }
        }
    }

    /// Sets one by name.
    ///
    /// @throws AttuneException of kind USER if there is no such setting, or the value is none for
    ///   it
    void set(String name, String value) {
        if (!NAMES.contains(name)) {
            throw AttuneException.user("There is no setting " + name + ".")
                    .fix(
                            Nearest.to(name, new TreeSet<>(NAMES))
                                    .map(near -> "Did you mean " + near + "?")
                                    .orElse("Settings are " + String.join(", ", NAMES) + "."));
        }
        SamplingConfig.Builder next = sampling.toBuilder();
        switch (name) {
            case "temperature" -> next.sampling(number(name, value), sampling.seed());
            case "top_p" -> next.topP(number(name, value));
            case "top_k" -> next.topK(whole(name, value));
            case "min_p" -> next.minP(number(name, value));
            case "repetition_penalty" -> next.repetitionPenalty(number(name, value));
            case "max_new_tokens" -> next.maxNewTokens(whole(name, value));
            case "seed" -> next.sampling(sampling.temperature(), whole(name, value));
            default -> throw new IllegalStateException(name);
        }
        sampling = next.build();
    }

    /// Draws nothing: the likeliest token each time.
    void greedy() {
        sampling = sampling.toBuilder().sampling(0, sampling.seed()).build();
    }

    /// How the answer of a number is drawn. Each answer has a seed of its own, so that asking again
    /// gives another one, and a whole session can be repeated.
    SamplingConfig sampling(int answer) {
        return sampling.toBuilder()
                .sampling(sampling.temperature(), sampling.seed() + answer)
                .build();
    }

    /// All of them with their values.
    Map<String, Object> values() {
        return Map.of(
                "temperature", sampling.temperature(),
                "top_p", sampling.topP(),
                "top_k", sampling.topK(),
                "min_p", sampling.minP(),
                "repetition_penalty", sampling.repetitionPenalty(),
                "max_new_tokens", sampling.maxNewTokens(),
                "seed", sampling.seed());
    }

    private static double number(String name, String value) {
        try {
            return Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw notOne(name, value, "a number").causedBy(e);
        }
    }

    private static int whole(String name, String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw notOne(name, value, "a whole number").causedBy(e);
        }
    }

    private static AttuneException notOne(String name, String value, String expected) {
        return AttuneException.user(name + " is " + value + ", expected " + expected + ".")
                .fix("Write for instance temperature 0.7.");
    }
}
