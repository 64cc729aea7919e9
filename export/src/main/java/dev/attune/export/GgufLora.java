package dev.attune.export;

import dev.attune.base.AttuneException;
import dev.attune.base.Problems;
import dev.attune.export.GgufChange.Order;
import dev.attune.export.GgufTensorMap.Entry;
import dev.attune.format.GgmlType;
import dev.attune.format.GgufTensorSpec;
import dev.attune.format.GgufValue;
import dev.attune.format.GgufValue.Real;
import dev.attune.format.GgufValue.Text;
import dev.attune.format.GgufValueType;
import dev.attune.format.GgufWriter;
import dev.attune.model.Adapter;
import dev.attune.model.AdapterChange;
import dev.attune.model.ModelFolder;
import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.LowRank;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tensor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A LoRA adapter as a GGUF file, which llama.cpp puts beside the GGUF file of the base.
///
/// ```
/// NAME.lora_a  (R, I)           A, for several experts (E, R, I)
/// NAME.lora_b  (O, R)           c·B with its rows in the order that the base's have in GGUF
///
/// y += adapter.lora.alpha / R · lora_b · lora_a · x
/// ```
///
/// The file has one alpha for all layers: where a layer's scale is another, as with rsLoRA, c makes
/// up for it. In the embedding's the names mean other shapes: a is Aᵀ `(V, R)`, b is `(C, R)`.
///
/// @param base the model of the adapter
/// @param adapter the caller's
/// @param name what the file calls it
record GgufLora(ModelFolder base, Adapter adapter, String name) {
    static final String A = ".lora_a";
    static final String B = ".lora_b";

    /// The two factors of a tensor.
    ///
    /// @param parts one update, or one for each expert
    /// @param change how B's rows stand
    private record Factors(String gguf, List<LowRank> parts, GgufChange change, boolean table) {}

    /// Writes the file.
    ///
    /// @throws AttuneException of kind USER if the adapter does what such a file cannot hold
    void write(Path file, ExportProgress progress) {
        List<Factors> all = factors();
        List<GgufTensorSpec> specs = new ArrayList<>();
        all.forEach(of -> specs.addAll(specs(of)));
        try (GgufWriter writer = GgufWriter.create(file, metadata(), specs)) {
            int done = 0;
            for (Factors of : all) {
                for (LowRank part : of.parts) {
                    write(of, part, writer);
                }
                progress.written(of.gguf, ++done, all.size());
            }
            writer.finish();
        }
    }

    private Map<String, GgufValue> metadata() {
        Map<String, GgufValue> pairs = new LinkedHashMap<>();
        String architecture = GgufFamily.of(base.family()).architecture();
        pairs.put("general.architecture", new Text(architecture));
        pairs.put("general.type", new Text("adapter"));
        pairs.put("general.name", new Text(name));
        pairs.put("adapter.type", new Text("lora"));
        pairs.put("adapter.lora.alpha", new Real(GgufValueType.FLOAT32, alpha()));
        return pairs;
    }

    /// Zero would stand for no alpha at all.
    private double alpha() {
        float alpha = (float) adapter.config().loraAlpha();
        return alpha == 0 ? 1 : alpha;
    }

    private List<Factors> factors() {
        Map<String, LowRank> byName = new LinkedHashMap<>();
        Problems problems = new Problems("llama.cpp's adapters cannot hold this one");
        for (AdapterChange change : adapter.changes()) {
            switch (change) {
                case AdapterChange.Factors(String path, _, LowRank update, var magnitude) -> {
                    magnitude.ifPresent(_ -> refuse(problems, path, "has the row lengths of DoRA"));
                    byName.put(path + ".weight", update);
                }
                case AdapterChange.EmbeddingFactors(String path, LowRank update) ->
                        byName.put(path + ".weight", update);
                case AdapterChange.Weight(String path, _) ->
                        refuse(problems, path, "has weights of its own");
                case AdapterChange.Bias(String path, _) ->
                        refuse(problems, path, "has a bias of its own");
            }
        }
        List<Factors> found = new ArrayList<>();
        String table = base.family().names().embedTokens() + ".weight";
        for (Entry entry : GgufTensorMap.of(base.family(), base.config()).entries()) {
            boolean isTable = entry.sources().contains(table);
            if (isTable && !entry.gguf().equals("token_embd.weight")) {
                continue;
            }
            List<LowRank> parts =
                    entry.sources().stream().filter(byName::containsKey).map(byName::get).toList();
            if (!parts.isEmpty()) {
                requireAll(problems, entry, parts);
                found.add(new Factors(entry.gguf(), parts, ofRows(entry.change()), isTable));
                entry.sources().forEach(byName::remove);
            }
        }
        byName.keySet().forEach(path -> refuse(problems, path, "has no tensor in GGUF"));
        problems.throwIfAny();
        return found;
    }

    private static void requireAll(Problems problems, Entry entry, List<LowRank> parts) {
        try (var _ = Scope.open("ranks")) {
            boolean same = parts.stream().map(GgufLora::rank).distinct().count() == 1;
            if (!same || parts.size() != entry.sources().size()) {
                refuse(problems, entry.gguf(), "needs factors of one rank for every expert");
            }
        }
    }

    private static void refuse(Problems problems, String path, String why) {
        problems.add(
                AttuneException.user("The layer %s %s.".formatted(path, why))
                        .fix("Export the merged model with --to gguf."));
    }

    /// Factors lie one way whatever the base's weights do.
    static GgufChange ofRows(GgufChange change) {
        Order order = change.order() == Order.TRANSPOSED ? Order.SAME : change.order();
        return new GgufChange(order, change.heads(), 0, change.times());
    }

    private static long rank(LowRank update) {
        return update.a().data().size(0);
    }

    private static List<GgufTensorSpec> specs(Factors of) {
        try (var _ = Scope.open("shapes")) {
            LowRank first = of.parts.getFirst();
            long rank = rank(first);
            long in = first.a().data().size(1);
            List<Long> a = new ArrayList<>(of.table ? List.of(in, rank) : List.of(rank, in));
            List<Long> b = new ArrayList<>(List.of(first.b().data().size(0), rank));
            if (of.gguf.contains("_exps.")) {
                a.addFirst((long) of.parts.size());
                b.addFirst((long) of.parts.size());
            }
            return List.of(
                    new GgufTensorSpec(of.gguf + A, GgmlType.F32, a),
                    new GgufTensorSpec(of.gguf + B, GgmlType.F32, b));
        }
    }

    private void write(Factors of, LowRank part, GgufWriter writer) {
        try (var _ = Scope.open(of.gguf)) {
            Tensor a = wide(part.a());
            writer.append(of.gguf + A, (of.table ? a.transposed() : a).contiguous().memory());
            Tensor b = wide(part.b()).times(part.scale() * rank(part) / alpha());
            writer.append(of.gguf + B, of.change.forward(b).memory());
        }
    }

    private static Tensor wide(Parameter parameter) {
        return parameter.data().to(Device.CPU).to(Dtype.FLOAT32);
    }
}
