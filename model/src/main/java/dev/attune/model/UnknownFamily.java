package dev.attune.model;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Says why the model of a `config.json` is none that Attune knows.
final class UnknownFamily {
    private UnknownFamily() {}

    static AttuneException of(ConfigJson json, List<String> architectures) {
        Optional<String> modelType = json.stringIfPresent("model_type");
        if (architectures.isEmpty() && modelType.isEmpty()) {
            return AttuneException.user("config.json names neither architectures nor model_type.")
                    .at(json.file())
                    .fix(
                            "Give the folder of a language model; this may be another kind of"
                                    + " folder.");
        }
        String named = architectures.isEmpty() ? modelType.orElse("") : architectures.getFirst();
        return wrapper(json, named)
                .or(() -> otherHead(named, modelType))
                .orElseGet(() -> unknown(named))
                .at(json.file());
    }

    /// A language model inside one that also sees or hears.
    private static Optional<AttuneException> wrapper(ConfigJson json, String named) {
        Optional<ConfigJson> text = json.object("text_config");
        if (text.isEmpty() && !json.has("vision_config") && !json.has("audio_config")) {
            return Optional.empty();
        }
        String part =
                text.flatMap(t -> t.stringIfPresent("model_type"))
                        .flatMap(UnknownFamily::ofType)
                        .map(f -> "Give its text part as a " + f.architecture() + " instead.")
                        .orElse("Give a model of text only.");
        return Optional.of(
                AttuneException.user(
                                named
                                        + " reads more than text: its language model is a part,"
                                        + " under text_config.")
                        .fix(part));
    }

    private static Optional<AttuneException> otherHead(String named, Optional<String> modelType) {
        return modelType
                .flatMap(UnknownFamily::ofType)
                .map(f ->
                        AttuneException.user(
                                        "Unknown architecture %s of model_type %s, expected"
                                                        .formatted(named, f.modelType())
                                                + " "
                                                + f.architecture()
                                                + ".")
                                .fix(
                                        "Give a model with a head for language; if this one"
                                                + " has it, write %s under architectures."
                                                        .formatted(f.architecture())));
    }

    private static AttuneException unknown(String named) {
        List<String> known = Arrays.stream(Family.values()).map(Family::architecture).toList();
        String nearest = Nearest.to(named, known).map(n -> " (nearest: " + n + ")").orElse("");
        return AttuneException.user("Unknown architecture " + named + nearest + ".")
                .fix("Known are " + String.join(", ", known) + ".");
    }

    private static Optional<Family> ofType(String modelType) {
        return Arrays.stream(Family.values())
                .filter(f -> f.modelType().equals(modelType))
                .findFirst();
    }
}
