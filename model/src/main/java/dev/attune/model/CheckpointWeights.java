package dev.attune.model;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;
import dev.attune.base.Problems;
import dev.attune.format.Checkpoint;
import dev.attune.format.SafetensorsDtype;
import dev.attune.format.TensorEntry;
import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tensor;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Takes weights out of a checkpoint, straight into their final type and place.
///
/// A decoder is built twice from a checkpoint: first from a [#checking] source, which allocates
/// nothing and collects everything that is missing or of another shape; then from a [#loading] one.
final class CheckpointWeights implements WeightSource {
    private final Checkpoint checkpoint;
    private final String basePrefix;
    private final Dtype dtype;
    private final Device device;
    private final Scope owner;
    private final Optional<Problems> problems;
    private final Set<String> taken = new HashSet<>();

    private CheckpointWeights(
            Checkpoint checkpoint,
            String basePrefix,
            Dtype dtype,
            Device device,
            Scope owner,
            Optional<Problems> problems) {
        this.checkpoint = checkpoint;
        this.basePrefix = basePrefix;
        this.dtype = dtype;
        this.device = device;
        this.owner = owner;
        this.problems = problems;
    }

    static CheckpointWeights checking(
            Checkpoint checkpoint, String basePrefix, Scope owner, Problems problems) {
        return new CheckpointWeights(
                checkpoint, basePrefix, Dtype.FLOAT32, Device.CPU, owner, Optional.of(problems));
    }

    static CheckpointWeights loading(
            Checkpoint checkpoint, String basePrefix, Dtype dtype, Device device, Scope owner) {
        return new CheckpointWeights(
                checkpoint, basePrefix, dtype, device, owner, Optional.empty());
    }

    @Override
    public boolean has(String name) {
        return stored(name).isPresent();
    }

    @Override
    public Parameter take(String name, long... shape) {
        Optional<String> stored = stored(name);
        stored.ifPresent(taken::add);
        return problems.isPresent()
                ? checked(name, stored, shape, problems.get())
                : load(stored.orElseThrow());
    }

    private Parameter checked(
            String name, Optional<String> stored, long[] shape, Problems problems) {
        if (stored.isEmpty()) {
            problems.add(missing(name));
        } else {
            check(stored.get(), shape, problems);
        }
        try (var _ = Scope.open("placeholder")) {
            return new Parameter(name, owner.adopt(Tensor.zeros(Dtype.FLOAT32, Device.CPU, 1)));
        }
    }

    private void check(String stored, long[] shape, Problems problems) {
        TensorEntry entry = entry(stored);
        long[] found = shapeOf(entry);
        if (!Arrays.equals(found, shape)) {
            problems.add(
                    AttuneException.user(
                                    "Cannot load %s: shape %s, expected %s."
                                            .formatted(
                                                    stored,
                                                    Arrays.toString(found),
                                                    Arrays.toString(shape)))
                            .at(checkpoint.fileOf(stored))
                            .fix(
                                    "config.json and the weights must belong to one model; fetch"
                                            + " both again."));
        }
        if (torchType(entry.dtype()).isEmpty()) {
            problems.add(
                    AttuneException.user(
                                    "Cannot load %s: elements of type %s."
                                            .formatted(stored, entry.dtype()))
                            .at(checkpoint.fileOf(stored))
                            .fix("Get the model in F32, F16, BF16, F8_E4M3 or F8_E5M2."));
        }
    }

    private AttuneException missing(String name) {
        String nearest =
                Nearest.to(name, checkpoint.tensors().keySet())
                        .map(n -> "The nearest name in the files is " + n + ".")
                        .orElse("The files belong to another architecture, or are incomplete.");
        return AttuneException.user("The checkpoint lacks " + name + ".")
                .at(checkpoint.folder())
                .fix(nearest);
    }

    private Parameter load(String stored) {
        TensorEntry entry = entry(stored);
        Dtype from = torchType(entry.dtype()).orElseThrow();
        try (var _ = Scope.open(stored)) {
            Tensor data =
                    Tensor.read(checkpoint.bytes(stored), from, dtype, device, shapeOf(entry));
            return new Parameter(stored, owner.adopt(data));
        }
    }

    /// The name under which the checkpoint holds a weight: itself, or, in a checkpoint of the bare
    /// decoder, itself without the prefix.
    private Optional<String> stored(String name) {
        if (checkpoint.tensors().containsKey(name)) {
            return Optional.of(name);
        }
        if (name.startsWith(basePrefix)) {
            String bare = name.substring(basePrefix.length());
            return checkpoint.tensors().containsKey(bare) ? Optional.of(bare) : Optional.empty();
        }
        return Optional.empty();
    }

    /// Complains about every tensor that no part of the decoder asked for.
    void reportExtra(Problems problems) {
        for (String name : checkpoint.tensors().keySet()) {
            if (!taken.contains(name) && !isBuffer(name)) {
                problems.add(
                        AttuneException.user(
                                        "The checkpoint holds "
                                                + name
                                                + ", which this architecture does not use.")
                                .at(checkpoint.fileOf(name))
                                .fix(
                                        "config.json names another architecture, or leaves out an"
                                                + " option such as attention_bias or a norm."));
            }
        }
    }

    /// Constants that older files carry beside the weights and that are computed anew.
    private static boolean isBuffer(String name) {
        return name.endsWith(".rotary_emb.inv_freq")
                || name.endsWith(".attn.bias")
                || name.endsWith(".attn.masked_bias")
                || name.endsWith(".attention.bias")
                || name.endsWith(".attention.masked_bias");
    }

    private static long[] shapeOf(TensorEntry entry) {
        return entry.shape().stream().mapToLong(Long::longValue).toArray();
    }

    private TensorEntry entry(String stored) {
        return Objects.requireNonNull(checkpoint.tensors().get(stored));
    }

    static Optional<Dtype> torchType(SafetensorsDtype dtype) {
        return switch (dtype) {
            case F64 -> Optional.of(Dtype.FLOAT64);
            case F32 -> Optional.of(Dtype.FLOAT32);
            case F16 -> Optional.of(Dtype.FLOAT16);
            case BF16 -> Optional.of(Dtype.BFLOAT16);
            case F8_E4M3 -> Optional.of(Dtype.FLOAT8_E4M3);
            case F8_E5M2 -> Optional.of(Dtype.FLOAT8_E5M2);
            default -> Optional.empty();
        };
    }
}
