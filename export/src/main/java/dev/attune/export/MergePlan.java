package dev.attune.export;

import dev.attune.base.AttuneException;
import dev.attune.format.Checkpoint;
import dev.attune.format.SafetensorsDtype;
import dev.attune.format.TensorEntry;
import dev.attune.format.TensorSpec;
import dev.attune.model.AdapterChange;
import dev.attune.model.ModelFolder;
import dev.attune.tensor.Dtype;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which tensors a merged checkpoint has, and what each is made of.
///
/// A head that the base shares with its embedding stays shared unless the adapter changes one of
/// the two: then both are written, and the configuration says so.
///
/// @param outputs the tensors, in the order of the base's
/// @param untied whether a shared head became a tensor of its own
record MergePlan(List<Output> outputs, boolean untied) {

    /// A tensor to write.
    ///
    /// @param source the tensor of the base that it is made of
    /// @param changes what the adapter does to it, in order
    record Output(TensorSpec spec, TensorEntry source, List<AdapterChange> changes) {}

    /// @throws AttuneException if a change cannot be stored in the type of its tensor
    static MergePlan of(
            ModelFolder base,
            Checkpoint checkpoint,
            List<AdapterChange> changes,
            Optional<Dtype> dtype) {
        return new Planner(base, checkpoint, changes, dtype).plan();
    }

    /// The tensors by the names they have in a checkpoint of the whole model.
    Map<String, Output> byFullName(ModelFolder base) {
        String prefix = base.family().names().basePrefix();
        String head = base.family().names().lmHead() + ".weight";
        boolean bare = outputs.stream().noneMatch(o -> o.spec.name().startsWith(prefix));
        Map<String, Output> named = new LinkedHashMap<>();
        for (Output output : outputs) {
            String name = output.spec.name();
            named.put(bare && !name.equals(head) ? prefix + name : name, output);
        }
        return named;
    }

    /// The coarsest type that a weight is rounded to.
    Dtype coarsest() {
        Set<SafetensorsDtype> rounded = new HashSet<>();
        outputs.stream()
                .filter(o -> !o.changes.isEmpty() || o.spec.dtype() != o.source.dtype())
                .forEach(o -> rounded.add(o.spec.dtype()));
        if (rounded.contains(SafetensorsDtype.BF16)) {
            return Dtype.BFLOAT16;
        }
        return rounded.contains(SafetensorsDtype.F16) ? Dtype.FLOAT16 : Dtype.FLOAT32;
    }

    private static final class Planner {
        private final Map<String, TensorEntry> stored;
        private final Map<String, List<AdapterChange>> changes = new LinkedHashMap<>();
        private final Optional<Dtype> dtype;
        private final String prefix;
        private final String embedding;
        private final String head;
        private final boolean untied;
        private final boolean bare;
        private final List<Output> outputs = new ArrayList<>();

        Planner(
                ModelFolder base,
                Checkpoint checkpoint,
                List<AdapterChange> changes,
                Optional<Dtype> dtype) {
            this.stored = checkpoint.tensors();
            this.dtype = dtype;
            this.prefix = base.family().names().basePrefix();
            this.embedding = base.family().names().embedTokens() + ".weight";
            this.head = base.family().names().lmHead() + ".weight";
            changes.forEach(
                    c -> this.changes.computeIfAbsent(tensor(c), _ -> new ArrayList<>()).add(c));
            // A weight that the adapter brings lies beneath its factors.
            this.changes.values().forEach(list -> list.sort((a, b) -> rank(a) - rank(b)));
            this.untied =
                    base.config().tieWordEmbeddings()
                            && (this.changes.containsKey(embedding)
                                    || this.changes.containsKey(head));
            this.bare = stored.keySet().stream().noneMatch(name -> name.startsWith(prefix));
        }

        private static int rank(AdapterChange change) {
            return switch (change) {
                case AdapterChange.Weight _, AdapterChange.Bias _ -> 0;
                case AdapterChange.Factors _, AdapterChange.EmbeddingFactors _ -> 1;
            };
        }

        private static String tensor(AdapterChange change) {
            return switch (change) {
                case AdapterChange.Bias(String path, _) -> path + ".bias";
                case AdapterChange.Weight(String path, _) -> path + ".weight";
                case AdapterChange.Factors(String path, _, _, _) -> path + ".weight";
                case AdapterChange.EmbeddingFactors(String path, _) -> path + ".weight";
            };
        }

        MergePlan plan() {
            for (TensorEntry entry : stored.values()) {
                String full = full(entry.name());
                boolean shared = untied && (full.equals(embedding) || full.equals(head));
                if (!shared) {
                    add(untied ? full : entry.name(), full, entry);
                } else if (changes.containsKey(embedding) || changes.containsKey(head)) {
                    // Whichever of the two names comes first stands for both.
                    add(embedding, embedding, entry);
                    add(head, head, entry);
                }
            }
            if (!changes.isEmpty()) {
                throw AttuneException.internal(
                        "The changes to %s found no tensor.".formatted(changes.keySet()));
            }
            return new MergePlan(List.copyOf(outputs), untied);
        }

        /// The name in a checkpoint of the whole model, also where this one is of the bare decoder.
        private String full(String name) {
            return bare && !name.equals(head) ? prefix + name : name;
        }

        private void add(String name, String full, TensorEntry source) {
            List<AdapterChange> here = Optional.ofNullable(changes.remove(full)).orElse(List.of());
            SafetensorsDtype type =
                    dtype.filter(_ -> isFloat(source.dtype()))
                            .map(Planner::stored)
                            .orElse(source.dtype());
            boolean tooCoarse = !here.isEmpty() && !canHold(type);
            if (tooCoarse) {
                throw AttuneException.user(
                                "The adapter changes %s, whose type %s is too coarse for it."
                                        .formatted(full, type))
                        .fix("Export in bfloat16 or float32.");
            }
            outputs.add(new Output(new TensorSpec(name, type, source.shape()), source, here));
        }

        private static boolean canHold(SafetensorsDtype type) {
            return switch (type) {
                case F64, F32, F16, BF16 -> true;
                default -> false;
            };
        }

        private static boolean isFloat(SafetensorsDtype type) {
            return canHold(type)
                    || type == SafetensorsDtype.F8_E4M3
                    || type == SafetensorsDtype.F8_E5M2;
        }

        private static SafetensorsDtype stored(Dtype dtype) {
            return switch (dtype) {
                case FLOAT32 -> SafetensorsDtype.F32;
                case FLOAT16 -> SafetensorsDtype.F16;
                default -> SafetensorsDtype.BF16;
            };
        }
    }
}
