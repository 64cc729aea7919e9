package dev.attune.model;

import dev.attune.model.AdapterKey.Part;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Scope;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The biases that an adapter trains beside its factors, as copies of the base's: none, those of
/// the layers with factors (`lora_only`), or those of every layer and norm (`all`).
///
/// A bias below factors is named `base_layer.bias`, another `bias`, as in PEFT's file of an adapter
/// with `all`. PEFT leaves those of `lora_only` out when it saves; under this name it loads them.
///
/// @param wanted `none`, `lora_only` or `all`
/// @param weights owns the copies
record AdapterBiases(String wanted, Decoder decoder, Scope weights) {

    /// The biases of layers other than these paths.
    List<Adapter.Part> except(Set<String> paths) {
        List<Adapter.Part> parts = new ArrayList<>();
        boolean all = wanted.equals("all");
        for (Projection projection : decoder.projections()) {
            boolean factors = projection.update().isPresent();
            boolean trains = all || (factors && wanted.equals("lora_only"));
            if (trains && projection.bias().isPresent() && !paths.contains(projection.path())) {
                parts.add(
                        copy(
                                new AdapterKey(
                                        projection.path(), factors ? Part.BASE_BIAS : Part.BIAS),
                                projection.bias().get(),
                                projection::replaceBias));
            }
        }
        for (Norm norm : all ? decoder.norms() : List.<Norm>of()) {
            if (norm.bias().isPresent() && !paths.contains(norm.path())) {
                parts.add(
                        copy(
                                new AdapterKey(norm.path(), Part.BIAS),
                                norm.bias().get(),
                                norm::replaceBias));
            }
        }
        return parts;
    }

    private Adapter.Part copy(AdapterKey key, Parameter bias, AdapterParts.Replacement.Swap swap) {
        try (var _ = Scope.open(key.text())) {
            Parameter own = new Parameter(key.text(), weights.adopt(bias.data().copy()));
            return AdapterParts.Replacement.ofBias(key.path(), swap, own);
        }
    }
}
