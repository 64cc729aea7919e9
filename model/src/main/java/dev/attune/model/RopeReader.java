package dev.attune.model;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;

import java.util.List;
import java.util.Optional;

/// Reads `rope_theta`, `rope_scaling` and `rope_parameters` of a `config.json`.
///
/// ```
/// to transformers 4:  "rope_theta": 1e6, "rope_scaling": {"rope_type": "linear", "factor": 8}
/// from 5 on:          "rope_parameters": {"rope_theta": 1e6, "rope_type": "linear", "factor": 8}
/// ```
final class RopeReader {
    private static final List<String> TYPES =
            List.of("default", "linear", "dynamic", "llama3", "yarn", "longrope");

    private final ConfigJson json;
    private final String thetaKey;
    private final Optional<Double> defaultTheta;
    private final int maxPositionEmbeddings;
    private final Optional<Integer> defaultOriginal;

    private RopeReader(
            ConfigJson json,
            String thetaKey,
            Optional<Double> defaultTheta,
            int longest,
            Optional<Integer> defaultOriginal) {
        this.json = json;
        this.thetaKey = thetaKey;
        this.defaultTheta = defaultTheta;
        this.maxPositionEmbeddings = longest;
        this.defaultOriginal = defaultOriginal;
    }

    /// For a family that spells it `rope_theta`.
    ///
    /// @param longest `max_position_embeddings`
    RopeReader(ConfigJson json, double defaultTheta, int longest) {
        this(json, "rope_theta", Optional.of(defaultTheta), longest, Optional.empty());
    }

    /// For a base under another key.
    static RopeReader of(ConfigJson json, String thetaKey, double defaultTheta, int longest) {
        return new RopeReader(json, thetaKey, Optional.of(defaultTheta), longest, Optional.empty());
    }

    /// For a family that has no base it could be trusted to mean.
    static RopeReader withoutDefault(ConfigJson json, int longest) {
        return new RopeReader(json, "rope_theta", Optional.empty(), longest, Optional.empty());
    }

    /// The same, for a family with a length of pretraining of its own.
    RopeReader originally(int originalMaxPositionEmbeddings) {
        return new RopeReader(
                json,
                thetaKey,
                defaultTheta,
                maxPositionEmbeddings,
                Optional.of(originalMaxPositionEmbeddings));
    }

    /// The one rope of most families.
    RopeConfig read(int rotaryDim, boolean interleaved) {
        return rope(parameters(json), rotaryDim, interleaved);
    }

    /// A rope of layers of one type, which newer files describe apart: Gemma 3.
    ///
    /// @param older whether older files, which describe one rope only, mean this one
    RopeConfig read(String layerType, int rotaryDim, boolean older) {
        Optional<ConfigJson> all = parameters(json);
        boolean apart =
                all.filter(p -> p.has("full_attention") || p.has("sliding_attention")).isPresent();
        Optional<ConfigJson> own =
                apart ? all.flatMap(p -> p.object(layerType)) : all.filter(_ -> older);
        return rope(own, rotaryDim, false);
    }

    /// `partial_rotary_factor`, the share of a head's features that turn.
    static double partialRotaryFactor(ConfigJson json, String key, double fallback) {
        Optional<ConfigJson> within = parameters(json).filter(p -> p.has("partial_rotary_factor"));
        ConfigJson of = within.orElse(json);
        String under = within.isPresent() ? "partial_rotary_factor" : key;
        double share = of.positiveNumber(under, fallback);
        if (share > 1) {
            throw of.wrong(under, "a share of at most 1");
        }
        return share;
    }

    private static Optional<ConfigJson> parameters(ConfigJson json) {
        return json.object("rope_scaling").or(() -> json.object("rope_parameters"));
    }

    private RopeConfig rope(Optional<ConfigJson> of, int rotaryDim, boolean interleaved) {
        if (rotaryDim <= 0 || rotaryDim % 2 != 0) {
            throw AttuneException.user(
                            "%d features of a head turn, expected an even number above zero."
                                    .formatted(rotaryDim))
                    .at(json.file())
                    .fix("Correct head_dim, or the share of it that turns.");
        }
        Optional<ConfigJson> withTheta = of.filter(o -> o.has("rope_theta"));
        double theta =
                withTheta.isPresent()
                        ? withTheta.get().positiveNumber("rope_theta")
                        : defaultTheta.isPresent()
                                ? json.positiveNumber(thetaKey, defaultTheta.get())
                                : json.positiveNumber(thetaKey);
        RopeScaling scaling = of.map(o -> scaling(o, rotaryDim)).orElseGet(RopeScaling.None::new);
        return new RopeConfig(theta, rotaryDim, interleaved, scaling);
    }

    private RopeScaling scaling(ConfigJson of, int rotaryDim) {
        String typeKey = of.has("rope_type") ? "rope_type" : "type";
        String type = of.string(typeKey, "default");
        return switch (type) {
            case "default" -> new RopeScaling.None();
            case "linear" -> new RopeScaling.Linear(of.positiveNumber("factor"));
            case "dynamic" ->
                    new RopeScaling.Dynamic(of.positiveNumber("factor"), maxPositionEmbeddings);
            case "llama3" -> llama3(of);
            // Phi-3's first releases called longrope "su", or "yarn".
            case "yarn" -> of.has("short_factor") ? longRope(of, rotaryDim) : yarn(of);
            case "longrope", "su" -> longRope(of, rotaryDim);
            default -> throw unknown(type);
        };
    }

    private RopeScaling llama3(ConfigJson of) {
        double low = of.positiveNumber("low_freq_factor");
        double high = of.positiveNumber("high_freq_factor");
        if (high <= low) {
            throw of.wrong("high_freq_factor", "a number above low_freq_factor, " + low);
        }
        return new RopeScaling.Llama3(of.positiveNumber("factor"), low, high, originalLength(of));
    }

    /// The length of pretraining. Files of Phi-3 have it beside the rope rather than inside.
    private int originalLength(ConfigJson of) {
        String key = "original_max_position_embeddings";
        return json.has(key)
                ? json.positive(key)
                : of.positive(key, defaultOriginal.orElse(maxPositionEmbeddings));
    }

    private RopeScaling yarn(ConfigJson of) {
        int original = originalLength(of);
        double factor = of.positiveNumber("factor", (double) maxPositionEmbeddings / original);
        double mscale = of.number("mscale", 0);
        double mscaleAllDim = of.number("mscale_all_dim", 0);
        double computed =
                mscale != 0 && mscaleAllDim != 0
                        ? yarnScale(factor, mscale) / yarnScale(factor, mscaleAllDim)
                        : yarnScale(factor, 1);
        return new RopeScaling.Yarn(
                factor,
                of.positiveNumber("beta_fast", 32),
                of.positiveNumber("beta_slow", 1),
                original,
                of.number("attention_factor", computed),
                of.flag("truncate", true));
    }

    private static double yarnScale(double factor, double mscale) {
        return factor <= 1 ? 1 : 0.1 * mscale * Math.log(factor) + 1;
    }

    private RopeScaling longRope(ConfigJson of, int rotaryDim) {
        List<Double> shortFactor = factors(of, "short_factor", rotaryDim);
        List<Double> longFactor = factors(of, "long_factor", rotaryDim);
        int original = originalLength(of);
        double ratio = (double) maxPositionEmbeddings / original;
        boolean beside =
                json.has("original_max_position_embeddings") || defaultOriginal.isPresent();
        double factor = beside ? ratio : of.positiveNumber("factor", ratio);
        double computed = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
        return new RopeScaling.LongRope(
                shortFactor, longFactor, original, of.number("attention_factor", computed));
    }

    private static List<Double> factors(ConfigJson of, String key, int rotaryDim) {
        List<Double> factors = of.numbers(key);
        if (factors.size() != rotaryDim / 2) {
            throw of.unfit(
                    key,
                    "it has %d numbers, expected %d, half of the %d features of a head that turn"
                            .formatted(factors.size(), rotaryDim / 2, rotaryDim));
        }
        return factors;
    }

    private AttuneException unknown(String type) {
        String nearest = Nearest.to(type, TYPES).map(n -> " (nearest: " + n + ")").orElse("");
        return AttuneException.user("rope_type " + type + " is not known" + nearest + ".")
                .at(json.file())
                .fix("Known are " + String.join(", ", TYPES) + ".");
    }
}
