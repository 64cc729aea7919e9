package dev.attune.model;

import dev.attune.model.DecoderConfig.NormKind;
import dev.attune.tensor.LayerNorm;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.RmsNorm;
import dev.attune.tensor.Tape;
import dev.attune.tensor.Value;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A norm with its weights, under its path in the checkpoint; an adapter may bring another bias.
final class Norm {
    private final String path;
    private final NormKind kind;
    private final double eps;
    private final Parameter weight;
    private @Nullable Parameter bias;

    Norm(String path, NormKind kind, double eps, Parameter weight, @Nullable Parameter bias) {
        this.path = path;
        this.kind = kind;
        this.eps = eps;
        this.weight = weight;
        this.bias = bias;
    }

    String path() {
        return path;
    }

    Optional<Parameter> bias() {
        return Optional.ofNullable(bias);
    }

    /// Puts another bias in place of the present one, which is given back.
    Parameter replaceBias(Parameter other) {
        Parameter before = bias;
        if (before == null) {
            throw new IllegalStateException(path + " has no bias");
        }
        bias = other;
        return before;
    }

    Value apply(Tape tape, Value x) {
        return switch (kind) {
            case RMS -> RmsNorm.apply(tape, x, weight, eps, 0);
            case RMS_PLUS_ONE -> RmsNorm.apply(tape, x, weight, eps, 1);
            case LAYER -> LayerNorm.apply(tape, x, weight, bias, eps);
        };
    }

    List<Parameter> parameters() {
        return Stream.of(weight, bias).flatMap(Stream::ofNullable).toList();
    }
}
