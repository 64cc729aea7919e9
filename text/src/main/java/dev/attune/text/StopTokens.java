package dev.attune.text;

import dev.attune.base.AttuneException;

import tools.jackson.databind.JsonNode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// The tokens at which a model has said all: any one of them ends an answer. Immutable.
///
/// @param texts the token of each id
public record StopTokens(Map<Integer, String> texts) {
    /// The roles of tokens that end a text, a turn or a message.
    private static final List<String> ENDING_ROLES = List.of("eos_token", "eot_token", "eom_token");

    /// The files that may say it, the first that does.
    private static final List<String> CONFIGS = List.of("generation_config.json", "config.json");

    /// Copies the map.
    public StopTokens {
        texts = Collections.unmodifiableMap(new LinkedHashMap<>(texts));
    }

    /// The ids.
    public Set<Integer> ids() {
        return texts.keySet();
    }

    /// Collects what generation_config.json of `folder` says (`eos_token_id`, a number or several),
    /// or else its config.json, the tokenizer's own EOS, and those of `turnEnds` that are special
    /// or added tokens: what a chat template writes at the end of an assistant's turn.
    ///
    /// @param folder the model's folder, if it has one; without those files it adds nothing
    /// @param turnEnds candidates; a text that is no added token is passed over
    /// @throws AttuneException of kind USER if such a file is broken or names an id that is no
    ///   number
    public static StopTokens of(
            Tokenizer tokenizer, Optional<Path> folder, Collection<String> turnEnds) {
        Map<Integer, String> texts = new LinkedHashMap<>();
        for (String name : CONFIGS) {
            if (texts.isEmpty()) {
                folder.map(model -> model.resolve(name))
                        .filter(Files::isRegularFile)
                        .ifPresent(file -> config(file, tokenizer, texts));
            }
        }
        for (String role : ENDING_ROLES) {
            Optional.ofNullable(tokenizer.specialTokens().named().get(role))
                    .map(tokenizer::id)
                    .ifPresent(id -> put(texts, tokenizer, id));
        }
        for (String end : turnEnds) {
            OptionalInt id = tokenizer.id(end);
            if (id.isPresent() && tokenizer.addedTokens().containsKey(id.getAsInt())) {
                texts.put(id.getAsInt(), end);
            }
        }
        return new StopTokens(texts);
    }

    private static void config(Path file, Tokenizer tokenizer, Map<Integer, String> texts) {
        JsonNode eos = JsonFiles.object(file).path("eos_token_id");
        for (JsonNode id : eos.isArray() ? eos : JsonFiles.mapper().createArrayNode().add(eos)) {
            number(id, file).ifPresent(i -> put(texts, tokenizer, i));
        }
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
