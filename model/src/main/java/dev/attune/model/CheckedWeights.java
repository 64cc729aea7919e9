package dev.attune.model;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;
import dev.attune.base.Problems;
import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tensor;

import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Stands in for the weights of a checkpoint while a decoder is put together for trial: nothing is
/// read, and everything that is missing, of another shape or left over is collected.
final class CheckedWeights implements WeightSource {
    private final StoredWeights weights;
    private final Family family;
    private final int layers;
    private final Scope owner;
    private final Problems problems;
    private final Set<String> taken = new HashSet<>();
    private final Set<String> missing = new LinkedHashSet<>();

    /// @param layers `num_hidden_layers`
    /// @param owner of the placeholders
    CheckedWeights(StoredWeights weights, Family family, int layers, Scope owner) {
        this.weights = weights;
        this.family = family;
        this.layers = layers;
        this.owner = owner;
        this.problems = new Problems("Cannot load " + weights.checkpoint().folder());
    }

    @Override
    public boolean has(String name) {
        return weights.stored(name).isPresent();
    }

    @Override
    public Parameter take(String name, long... shape) {
        Optional<String> stored = weights.stored(name);
        stored.ifPresentOrElse(s -> check(s, shape), () -> missing.add(name));
        try (var _ = Scope.open("placeholder")) {
            return new Parameter(name, owner.adopt(Tensor.zeros(Dtype.FLOAT32, Device.CPU, 1)));
        }
    }

    @Override
    public void pass(String name, String original) {
        String copy = weights.stored(name).orElseThrow();
        taken.add(copy);
        boolean equal = weights.stored(original).filter(o -> weights.equal(copy, o)).isPresent();
        if (!equal) {
            problem(
                    "tie_word_embeddings is true, but %s and %s differ.".formatted(name, original),
                    weights.file(copy),
                    "Set tie_word_embeddings to false in config.json, or delete the wrong one.");
        }
    }

    private void check(String stored, long... shape) {
        taken.add(stored);
        long[] found = weights.shape(stored);
        if (!Arrays.equals(found, shape)) {
            problem(
                    "Cannot load %s: shape %s, expected %s."
                            .formatted(stored, Arrays.toString(found), Arrays.toString(shape)),
                    weights.file(stored),
                    "config.json and the weights must belong to one model; fetch both again.");
        }
        if (weights.dtype(stored).isEmpty()) {
            problem(
                    "Cannot load %s: elements of type %s."
                            .formatted(stored, weights.entry(stored).dtype()),
                    weights.file(stored),
                    "Get the model in F32, F16, BF16, F8_E4M3 or F8_E5M2.");
        }
    }

    /// Throws all that was found.
    ///
    /// @throws AttuneException if anything was
    void throwIfAny() {
        if (taken.isEmpty()) {
            throw foreign();
        }
        reportMissing();
        reportExtra();
        problems.throwIfAny();
    }

    private void reportMissing() {
        Set<Integer> absent = new TreeSet<>();
        for (String name : missing) {
            Optional<Integer> layer = layer(name);
            if (layer.isPresent() && taken.stream().noneMatch(t -> layer(t).equals(layer))) {
                absent.add(layer.get());
            } else {
                problem("The checkpoint lacks " + name + ".", folder(), nearest(name));
            }
        }
        if (!absent.isEmpty()) {
            problem(
                    "The checkpoint lacks %s; num_hidden_layers is %d."
                            .formatted(counted(absent), layers),
                    folder(),
                    "config.json is that of a larger model, or some of the files are missing.");
        }
    }

    private void reportExtra() {
        Set<Integer> above = new TreeSet<>();
        for (String name : weights.checkpoint().tensors().keySet()) {
            if (taken.contains(name) || isBuffer(name)) {
                continue;
            }
            Optional<Integer> layer = layer(name).filter(l -> l >= layers);
            if (layer.isPresent()) {
                above.add(layer.get());
            } else {
                problem(
                        "The checkpoint holds %s, which this architecture does not use."
                                .formatted(name),
                        weights.file(name),
                        "config.json names another architecture, or leaves out an option such as"
                                + " attention_bias or a norm.");
            }
        }
        if (!above.isEmpty()) {
            problem(
                    "The checkpoint holds %s, but num_hidden_layers is %d."
                            .formatted(counted(above), layers),
                    folder(),
                    "config.json is that of a smaller model; fetch both again from one place.");
        }
    }

    private static String counted(Set<Integer> numbers) {
        List<Integer> all = List.copyOf(new TreeSet<>(numbers));
        return all.size() == 1
                ? "layer " + all.getFirst()
                : "layers %d to %d".formatted(all.getFirst(), all.getLast());
    }

    /// The number of the layer that a weight belongs to.
    private Optional<Integer> layer(String name) {
        String prefix = family.names().layers();
        String bare = prefix.substring(family.names().basePrefix().length());
        String start = name.startsWith(prefix) ? prefix : bare;
        int end = name.indexOf('.', Math.min(start.length(), name.length()));
        if (!name.startsWith(start) || end < 0) {
            return Optional.empty();
        }
        String digits = name.substring(start.length(), end);
        return digits.matches("\\d{1,6}")
                ? Optional.of(Integer.parseInt(digits))
                : Optional.empty();
    }

    private AttuneException foreign() {
        String some = weights.checkpoint().tensors().keySet().stream().findFirst().orElse("");
        String other =
                Arrays.stream(Family.values())
                        .filter(f ->
                                new StoredWeights(weights.checkpoint(), "")
                                        .stored(tableOf(f))
                                        .isPresent())
                        .findFirst()
                        .map(f -> "Such names are those of " + f.architecture() + ".")
                        .orElse("Give the folder of a model that transformers wrote.");
        return AttuneException.user(
                        "No tensor has a name of %s; the first is %s."
                                .formatted(family.architecture(), some))
                .at(folder())
                .fix(other);
    }

    private static String tableOf(Family family) {
        return family.names().embedTokens() + ".weight";
    }

    private String nearest(String name) {
        return Nearest.to(name, weights.checkpoint().tensors().keySet())
                .map(n -> "The nearest name in the files is " + n + ".")
                .orElse("The files belong to another architecture, or are incomplete.");
    }

    private Object folder() {
        return weights.checkpoint().folder();
    }

    private void problem(String what, Object where, String fix) {
        problems.add(AttuneException.user(what).at(where).fix(fix));
    }

    /// Constants that older files carry beside the weights and that are computed anew.
    private static boolean isBuffer(String name) {
        return name.endsWith("rotary_emb.inv_freq")
                || name.endsWith("rotary_emb.cos_cached")
                || name.endsWith("rotary_emb.sin_cached")
                || name.endsWith(".attn.bias")
                || name.endsWith(".attn.masked_bias")
                || name.endsWith(".attention.bias")
                || name.endsWith(".attention.masked_bias");
    }
}
