package dev.attune.model;

import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tensor;

/// Takes weights out of a checkpoint that was checked, each straight from the mapped file into its
/// final type and place: there is never a second copy in memory.
final class LoadedWeights implements WeightSource {
    private final StoredWeights weights;
    private final Dtype dtype;
    private final Device device;
    private final Scope owner;

    LoadedWeights(StoredWeights weights, Dtype dtype, Device device, Scope owner) {
        this.weights = weights;
        this.dtype = dtype;
        this.device = device;
        this.owner = owner;
    }

    @Override
    public boolean has(String name) {
        return weights.stored(name).isPresent();
    }

    @Override
    public Parameter take(String name, long... shape) {
        String stored = weights.stored(name).orElseThrow();
        Dtype from = weights.dtype(stored).orElseThrow();
        try (var _ = Scope.open(stored)) {
            Tensor data = Tensor.read(weights.bytes(stored), from, dtype, device, shape);
            return new Parameter(stored, owner.adopt(data));
        }
    }

    @Override
    public void pass(String name, String taken) {
        // The check found the two to be equal.
    }
}
