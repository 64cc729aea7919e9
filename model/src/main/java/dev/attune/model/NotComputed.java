package dev.attune.model;

import dev.attune.base.AttuneException;

/// Refuses keys of a `config.json` that change what a model computes in a way no family here knows.
///
/// Dropout is not among them: a base is trained without, whatever its file says.
final class NotComputed {
    private NotComputed() {}

    static void refuse(ConfigJson json) {
        json.object("quantization_config")
                .ifPresent(of -> {
                    String method = of.string("quant_method", "an unnamed method");
                    throw AttuneException.user("The weights are quantised by %s.".formatted(method))
                            .at(json.file())
                            .fix(
                                    "Give the model they were made from, in bfloat16 or"
                                            + " float32.");
                });
        refuse(json, "use_bidirectional_attention", "Attune runs models that look back only.");
        refuse(json, "add_cross_attention", "Attune runs decoders without an encoder.");
        refuse(json, "is_encoder_decoder", "Attune runs decoders without an encoder.");
    }

    private static void refuse(ConfigJson json, String key, String why) {
        if (json.flag(key, false)) {
            throw AttuneException.user(key + " is true, which Attune does not compute.")
                    .at(json.file())
                    .fix(why);
        }
    }
}
