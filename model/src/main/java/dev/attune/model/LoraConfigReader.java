package dev.attune.model;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;
import dev.attune.model.LoraConfig.Scaling;
import dev.attune.model.LoraConfig.Targets;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads PEFT's `adapter_config.json` into a [LoraConfig].
final class LoraConfigReader {
    /// Keys of PEFT that change what an adapter computes and that Attune does not compute.
    private static final List<String> NOT_COMPUTED =
            List.of(
                    "lora_bias",
                    "use_qalora",
                    "use_bdlora",
                    "layer_replication",
                    "alora_invocation_tokens",
                    "trainable_token_indices",
                    "target_parameters",
                    "arrow_config",
                    "kasa_config",
                    "monteclora_config");

    /// Ways to start an adapter that also change the weights of the base.
    private static final List<String> CHANGING_THE_BASE =
            List.of("pissa", "olora", "corda", "loftq", "lora_ga");

    private static final List<String> BIASES = List.of("none", "lora_only", "all");

    private final ConfigJson json;

    private LoraConfigReader(ConfigJson json) {
        this.json = json;
    }

    /// What the file says of the adapter, and of its training.
    ///
    /// @param loraDropout `lora_dropout`, which changes nothing that the adapter computes
    record Read(LoraConfig config, double loraDropout) {}

    /// Reads the file of a folder.
    ///
    /// @throws AttuneException if it is no LoRA, or asks for what Attune does not compute
    static Read read(Path folder) {
        ConfigJson json = ConfigJson.read(folder.resolve("adapter_config.json"));
        try {
            LoraConfigReader reader = new LoraConfigReader(json);
            return new Read(reader.config(), reader.loraDropout());
        } catch (AttuneException e) {
            throw e.where().isPresent() ? e : e.at(json.file());
        }
    }

    private LoraConfig config() {
        requireLora();
        NOT_COMPUTED.forEach(this::refuse);
        if (json.isString("init_lora_weights")) {
            refuseChangedBase(json.string("init_lora_weights", ""));
        }
        return new LoraConfig(
                json.positive("r", 8),
                json.number("lora_alpha", 8),
                new Scaling(json.flag("use_rslora", false), json.flag("use_dora", false)),
                targets(),
                byPattern("rank_pattern", ConfigJson::positive),
                byPattern("alpha_pattern", ConfigJson::number),
                json.strings("modules_to_save"),
                bias());
    }

    private void requireLora() {
        String type = json.string("peft_type", "");
        if (!type.equals("LORA")) {
            throw AttuneException.user(
                            type.isEmpty()
                                    ? "peft_type is missing, expected LORA."
                                    : "peft_type is " + type + ", expected LORA.")
                    .fix("Attune loads LoRA, rsLoRA and DoRA adapters.");
        }
    }

    private void refuse(String key) {
        if (json.isSet(key)) {
            throw AttuneException.user(key + " is set, which Attune does not compute.")
                    .fix("Merge the adapter with PEFT, and give the merged model.");
        }
    }

    private static void refuseChangedBase(String start) {
        if (CHANGING_THE_BASE.stream().anyMatch(start::startsWith)) {
            throw AttuneException.user(
                            "init_lora_weights is %s: the adapter belongs to a changed base."
                                    .formatted(start))
                    .fix(
                            "Save it with PEFT's path_initial_model_for_weight_conversion, which"
                                    + " makes it a plain LoRA.");
        }
    }

    private double loraDropout() {
        double share = json.number("lora_dropout", 0);
        if (!(share >= 0 && share <= 1)) {
            throw json.wrong("lora_dropout", "a number from 0 to 1");
        }
        return share;
    }

    private String bias() {
        String bias = json.string("bias", "none");
        if (!BIASES.contains(bias)) {
            String nearest = Nearest.to(bias, BIASES).map(n -> " (nearest: " + n + ")").orElse("");
            throw json.wrong("bias", String.join(", ", BIASES) + nearest);
        }
        return bias;
    }

    private Targets targets() {
        List<Integer> layers =
                json.isArray("layers_to_transform")
                        ? json.integers("layers_to_transform")
                        : json.integerIfPresent("layers_to_transform").stream().toList();
        return new Targets(
                words("target_modules"),
                pattern("target_modules"),
                layers,
                words("exclude_modules"),
                pattern("exclude_modules"));
    }

    /// A list of words, none where the key holds one expression.
    private List<String> words(String key) {
        return json.isString(key) ? List.of() : json.strings(key);
    }

    private Optional<String> pattern(String key) {
        return json.isString(key) ? json.stringIfPresent(key) : Optional.empty();
    }

    private interface Reading<T> {
        T read(ConfigJson json, String key);
    }

    private <T> Map<String, T> byPattern(String key, Reading<T> reading) {
        Map<String, T> found = new LinkedHashMap<>();
        json.object(key).ifPresent(o -> o.keys().forEach(k -> found.put(k, reading.read(o, k))));
        return found;
    }
}
