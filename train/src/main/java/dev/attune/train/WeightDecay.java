package dev.attune.train;

import dev.attune.tensor.Parameter;
import dev.attune.tensor.ParameterGroup;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// Which parameters weight decay leaves out: biases and the weights of norms, found by name as the
/// Trainer of transformers 5 does. The magnitudes of DoRA decay.
public final class WeightDecay {
    /// Beside the Trainer's own patterns, GPT-2's `ln_1`, `ln_2` and `ln_f`, which it finds by
    /// their class.
    private static final Pattern EXEMPT =
            Pattern.compile("bias|layernorm|rmsnorm|(^|\\.)([^.]*_)?norm(\\.|$)|(^|\\.)ln_\\w+\\.");

    private WeightDecay() {}

    /// Whether the parameter of that name keeps its size.
    public static boolean exempts(String parameterName) {
        return EXEMPT.matcher(parameterName.toLowerCase(Locale.ROOT)).find();
    }

    /// The parameters that decay, and those that do not.
    public static List<ParameterGroup> groups(List<Parameter> parameters) {
        return List.of(
                ParameterGroup.decayed(
                        parameters.stream().filter(p -> !exempts(p.name())).toList()),
                ParameterGroup.exempt(parameters.stream().filter(p -> exempts(p.name())).toList()));
    }
}
