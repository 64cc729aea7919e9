package dev.attune.text;

import dev.attune.base.AttuneException;

import tools.jackson.databind.JsonNode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// The tokens at which a model has said all: any one of them ends an answer. Immutable.
///
/// @param texts the token of each id
public record StopTokens(Map<Integer, String> texts) {
    /// Copies the map.
    public StopTokens {
        texts = Collections.unmodifiableMap(new LinkedHashMap<>(texts));
    }

    /// The ids.
    public Set<Integer> ids() {
        return texts.keySet();
    }

    /// Collects what generation_config.json of `folder` says (`eos_token_id`, a number or several),
    /// the tokenizer's own EOS, and those of `turnEnds` that are special or added tokens: what a
    /// chat template writes at the end of an assistant's turn.
    ///
    /// @param folder a model's folder; one without a generation_config.json adds nothing
    /// @param turnEnds candidates; a text that is no added token is passed over
    /// @throws AttuneException of kind USER if generation_config.json is broken or names an id that
    ///   is no number
    public static StopTokens of(Tokenizer tokenizer, Path folder, Collection<String> turnEnds) {
        Map<Integer, String> texts = new LinkedHashMap<>();
        Path file = folder.resolve("generation_config.json");
        if (Files.isRegularFile(file)) {
            JsonNode eos = JsonFiles.object(file).path("eos_token_id");
            for (JsonNode id :
                    eos.isArray() ? eos : JsonFiles.mapper().createArrayNode().add(eos)) {
                number(id, file).ifPresent(i -> put(texts, tokenizer, i));
            }
        }
        tokenizer
                .specialTokens()
                .eos()
                .map(tokenizer::id)
                .ifPresent(id -> put(texts, tokenizer, id));
        for (String end : turnEnds) {
            OptionalInt id = tokenizer.id(end);
            if (id.isPresent() && tokenizer.addedTokens().containsKey(id.getAsInt())) {
                texts.put(id.getAsInt(), end);
            }
        }
        return new StopTokens(texts);
    }

    private static void put(Map<Integer, String> texts, Tokenizer tokenizer, OptionalInt id) {
        id.ifPresent(i -> tokenizer.token(i).ifPresent(token -> texts.put(i, token)));
    }

    private static Optional<OptionalInt> number(JsonNode id, Path file) {
        if (id.isNull() || id.isMissingNode()) {
            return Optional.empty();
        }
        if (!id.canConvertToInt()) {
            throw AttuneException.user("The eos_token_id is %s; expected a token id.".formatted(id))
                    .at(file)
                    .fix("Get the file again, or mend that line.");
        }
        return Optional.of(OptionalInt.of(id.intValue()));
    }
}
