package dev.attune.model;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A tensor's name in an adapter file, taken apart.
///
/// ```
/// base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight
/// └─── prefix ───┘ └──────────── path ───────────┘ └── part ──┘
/// ```
///
/// @param path the layer's path in the base checkpoint
/// @param part what the tensor is to the layer
record AdapterKey(String path, Part part) {
    static final String PREFIX = "base_model.model.";

    /// What a tensor is to its layer.
    enum Part {
        /// The factor next to the inputs, `(R, I)`.
        LORA_A("lora_A.weight"),
        /// The factor next to the outputs, `(O, R)`.
        LORA_B("lora_B.weight"),
        /// The factor of an embedding next to the ids, `(R, V)`.
        EMBEDDING_A("lora_embedding_A"),
        /// The factor of an embedding next to the features, `(C, R)`.
        EMBEDDING_B("lora_embedding_B"),
        /// DoRA's row lengths, `(O)`.
        MAGNITUDE("lora_magnitude_vector"),
        /// The whole weight, as it was beneath the factors.
        BASE_WEIGHT("base_layer.weight"),
        /// The whole bias, as it was beneath the factors.
        BASE_BIAS("base_layer.bias"),
        /// The whole weight, trained.
        WEIGHT("weight"),
        /// The whole bias, trained.
        BIAS("bias");

        private final String suffix;

        Part(String suffix) {
            this.suffix = suffix;
        }
    }

    // Some versions of PEFT put the adapter's name before the last word, or write .weight behind
    // the row lengths.
    private static final Pattern KEY =
            Pattern.compile(
                    "base_model\\.model\\.(.+?)\\.("
                        + "lora_A|lora_B|lora_embedding_A|lora_embedding_B|lora_magnitude_vector"
                        + "|base_layer|modules_to_save)?(?:\\.?default)?(?:\\.?(weight|bias))?");

    /// The name in the file.
    String text() {
        return PREFIX + path + "." + part.suffix;
    }

    /// Takes a name apart, if it is one.
    static Optional<AdapterKey> parse(String name) {
        Matcher matcher = KEY.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String path = matcher.group(1);
        boolean bias = "bias".equals(matcher.group(3));
        String word = matcher.group(2) == null ? "" : matcher.group(2);
        Part part =
                switch (word) {
                    case "lora_A" -> Part.LORA_A;
                    case "lora_B" -> Part.LORA_B;
                    case "lora_embedding_A" -> Part.EMBEDDING_A;
                    case "lora_embedding_B" -> Part.EMBEDDING_B;
                    case "lora_magnitude_vector" -> Part.MAGNITUDE;
                    case "base_layer" -> bias ? Part.BASE_BIAS : Part.BASE_WEIGHT;
                    default -> bias ? Part.BIAS : Part.WEIGHT;
                };
        boolean whole = part == Part.WEIGHT || part == Part.BIAS;
        return whole && matcher.group(3) == null
                ? Optional.empty()
                : Optional.of(new AdapterKey(path, part));
    }
}
