package dev.attune.model;

import dev.attune.model.DecoderConfig.NormKind;
import dev.attune.tensor.LayerNorm;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.RmsNorm;
import dev.attune.tensor.Tape;
import dev.attune.tensor.Value;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.stream.Stream;

/// A norm with its weights.
record Norm(NormKind kind, double eps, Parameter weight, @Nullable Parameter bias) {
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
