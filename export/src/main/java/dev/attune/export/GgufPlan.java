package dev.attune.export;

import dev.attune.export.GgufTensorMap.Entry;
import dev.attune.format.GgmlType;
import dev.attune.format.GgufTensorSpec;
import dev.attune.format.TensorSpec;
import dev.attune.model.DecoderConfig;
import dev.attune.model.Family;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The tensors of a GGUF file, and what each is made of.
///
/// @param outputs in the order of the file
/// @param factors the tensors of rope, which no weight is behind
record GgufPlan(List<Output> outputs, Map<String, List<Double>> factors) {
    /// A tensor to write.
    ///
    /// @param spec what it is in the file
    /// @param weights the names of the weights that stand in it
    /// @param sources the weights of the merged model that stand in it one after the other
    /// @param change how each differs in the file
    record Output(
            GgufTensorSpec spec,
            List<String> weights,
            List<MergePlan.Output> sources,
            GgufChange change) {}

    /// @param weights those of the merged model, by name
    /// @param weighted whether it is known which columns matter
    static GgufPlan of(
            Family family,
            DecoderConfig config,
            Map<String, MergePlan.Output> weights,
            GgufQuant quant,
            boolean weighted) {
        GgufTensorMap map = GgufTensorMap.of(family, config);
        GgufFamily there = GgufFamily.of(family);
        boolean ownHead = map.entries().stream().anyMatch(e -> e.gguf().equals("output.weight"));
        GgufMix plain = GgufMix.of(quant, config, there, ownHead);
        GgufMix mix = weighted ? plain.weighing() : plain;
        List<Output> outputs = new ArrayList<>();
        for (Entry entry : map.entries()) {
            sources(entry, family, weights)
                    .ifPresent(sources -> outputs.add(output(entry, sources, mix)));
        }
        return new GgufPlan(List.copyOf(outputs), GgufRopeFactors.of(config));
    }

    /// All tensors as the file declares them.
    List<GgufTensorSpec> specs() {
        List<GgufTensorSpec> specs = new ArrayList<>();
        outputs.forEach(output -> specs.add(output.spec));
        factors.forEach((name, values) ->
                specs.add(new GgufTensorSpec(name, GgmlType.F32, List.of((long) values.size()))));
        return specs;
    }

    /// How many there are of each type.
    Map<GgmlType, Integer> types() {
        Map<GgmlType, Integer> types = new LinkedHashMap<>();
        specs().forEach(spec -> types.merge(spec.type(), 1, Integer::sum));
        return types;
    }

    private static Optional<List<MergePlan.Output>> sources(
            Entry entry, Family family, Map<String, MergePlan.Output> weights) {
        List<MergePlan.Output> found = new ArrayList<>();
        for (String name : entry.sources()) {
            MergePlan.Output output = weights.get(name);
            // A tied table may stand in the checkpoint under the head's name only.
            if (output == null && name.equals(family.names().embedTokens() + ".weight")) {
                output = weights.get(family.names().lmHead() + ".weight");
            }
            if (output == null) {
                return Optional.empty();
            }
            found.add(output);
        }
        return Optional.of(found);
    }

    private static Output output(Entry entry, List<MergePlan.Output> sources, GgufMix mix) {
        TensorSpec first = sources.getFirst().spec();
        List<Long> shape = new ArrayList<>(first.shape());
        boolean turned = entry.change().order() == GgufChange.Order.TRANSPOSED && shape.size() == 2;
        if (turned) {
            shape = new ArrayList<>(shape.reversed());
        }
        if (entry.stacked()) {
            shape.addFirst((long) sources.size());
        }
        GgmlType type = mix.of(entry.gguf(), shape);
        return new Output(
                new GgufTensorSpec(entry.gguf(), type, shape),
                entry.sources(),
                sources,
                entry.change());
    }
}
