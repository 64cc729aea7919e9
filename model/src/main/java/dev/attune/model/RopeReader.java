package dev.attune.model;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;

import java.util.List;

/// Reads `rope_theta`, `rope_scaling` and `rope_parameters` of a `config.json`.
final class RopeReader {
    private static final List<String> TYPES =
            List.of("default", "linear", "dynamic", "llama3", "yarn", "longrope");

    private final ConfigJson json;
    private final double defaultTheta;
    private final int maxPositionEmbeddings;

    RopeReader(ConfigJson json, double defaultTheta, int maxPositionEmbeddings) {
        this.json = json;
        this.defaultTheta = defaultTheta;
        this.maxPositionEmbeddings = maxPositionEmbeddings;
    }

    /// The one rope of most families.
    RopeConfig read(int rotaryDim, boolean interleaved) {
        ConfigJson parameters = json.object("rope_parameters").orElse(json);
        double theta = parameters.number("rope_theta", json.number("rope_theta", defaultTheta));
        return new RopeConfig(theta, rotaryDim, interleaved, scaling(rotaryDim));
    }

    /// A rope without scaling, with a base under a key of its own.
    RopeConfig plain(String thetaKey, double fallback, int rotaryDim) {
        return new RopeConfig(
                json.number(thetaKey, fallback), rotaryDim, false, new RopeScaling.None());
    }

    /// How it is stretched.
    private RopeScaling scaling(int rotaryDim) {
        ConfigJson of =
                json.object("rope_scaling").or(() -> json.object("rope_parameters")).orElse(null);
        if (of == null) {
            return new RopeScaling.None();
        }
        return scaling(of, rotaryDim);
    }

    RopeScaling scaling(ConfigJson of, int rotaryDim) {
        String typeKey = of.has("rope_type") ? "rope_type" : "type";
        String type = of.string(typeKey, "default");
        return switch (type) {
            case "default" -> new RopeScaling.None();
            case "linear" -> new RopeScaling.Linear(of.number("factor"));
            case "dynamic" -> new RopeScaling.Dynamic(of.number("factor"), maxPositionEmbeddings);
            case "llama3" ->
                    new RopeScaling.Llama3(
                            of.number("factor"),
                            of.number("low_freq_factor"),
                            of.number("high_freq_factor"),
                            of.positive("original_max_position_embeddings"));
            case "yarn" -> yarn(of);
            // "su" is the name that Phi-3's first release used.
            case "longrope", "su" -> longRope(of, rotaryDim);
            default -> throw unknown(type);
        };
    }

    private RopeScaling yarn(ConfigJson of) {
        int original = of.positive("original_max_position_embeddings", maxPositionEmbeddings);
        double factor = of.number("factor", (double) maxPositionEmbeddings / original);
        double mscale = of.number("mscale", 0);
        double mscaleAllDim = of.number("mscale_all_dim", 0);
        double computed =
                mscale != 0 && mscaleAllDim != 0
                        ? yarnScale(factor, mscale) / yarnScale(factor, mscaleAllDim)
                        : yarnScale(factor, 1);
        return new RopeScaling.Yarn(
                factor,
                of.number("beta_fast", 32),
                of.number("beta_slow", 1),
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
        int original =
                json.integerIfPresent("original_max_position_embeddings")
                        .or(() -> of.integerIfPresent("original_max_position_embeddings"))
                        .orElse(maxPositionEmbeddings);
        double factor =
                json.has("original_max_position_embeddings")
                        ? (double) maxPositionEmbeddings / original
                        : of.number("factor", (double) maxPositionEmbeddings / original);
        double computed = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
        return new RopeScaling.LongRope(
                shortFactor, longFactor, original, of.number("attention_factor", computed));
    }

    private static List<Double> factors(ConfigJson of, String key, int rotaryDim) {
        List<Double> factors = of.numbers(key);
        if (factors.size() != rotaryDim / 2) {
            throw of.wrong(
                    key, "a list of " + rotaryDim / 2 + " numbers, half the rotary features");
        }
        return factors;
    }

    private AttuneException unknown(String type) {
        String nearest = Nearest.to(type, TYPES).map(n -> ", meant " + n + "?").orElse("");
        return AttuneException.user("rope_type " + type + " is not known" + nearest + ".")
                .at(json.file())
                .fix("Known are " + String.join(", ", TYPES) + ".");
    }
}
