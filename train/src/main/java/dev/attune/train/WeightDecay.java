package dev.attune.train;

import dev.attune.tensor.Parameter;
import dev.attune.tensor.ParameterGroup;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Which weights decay, as transformers' Trainer has it: all but biases and the weights of norms.
final class WeightDecay {
    private static final Pattern EXEMPT =
            Pattern.compile(
                    ".*bias.*|.*layernorm.*|.*rmsnorm.*|(.*\\.)?norm(\\..*)?|(.*\\.)?[^.]*_norm(\\..*)?"
                        + "|(.*\\.)?ln_[^.]*(\\..*)?");

    private WeightDecay() {}

    /// Whether a weight of this name stays out of weight decay.
    static boolean isExempt(String name) {
        return EXEMPT.matcher(name).matches();
    }

    /// The weights in two groups: those that decay, and the others.
    static List<ParameterGroup> groups(List<Parameter> parameters) {
        List<ParameterGroup> groups = new ArrayList<>();
        groups.add(
                ParameterGroup.decayed(
                        parameters.stream().filter(p -> !isExempt(p.name())).toList()));
        groups.add(
                ParameterGroup.exempt(
                        parameters.stream().filter(p -> isExempt(p.name())).toList()));
        groups.removeIf(group -> group.parameters().isEmpty());
        return groups;
    }
}
