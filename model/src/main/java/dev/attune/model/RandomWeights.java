package dev.attune.model;

import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Generator;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tensor;

/// Draws weights anew: normal with standard deviation 0.02, norms one, biases zero.
final class RandomWeights implements WeightSource {
    private static final double INITIALIZER_RANGE = 0.02;

    private final Generator generator;
    private final Dtype dtype;
    private final Device device;
    private final Scope owner;

    RandomWeights(Generator generator, Dtype dtype, Device device, Scope owner) {
        this.generator = generator;
        this.dtype = dtype;
        this.device = device;
        this.owner = owner;
    }

    @Override
    public boolean has(String name) {
        return true;
    }

    @Override
    public Parameter take(String name, long... shape) {
        try (var _ = Scope.open(name)) {
            return new Parameter(name, owner.adopt(draw(name, shape)));
        }
    }

    @Override
    public void pass(String name, String taken) {
        // What is drawn is drawn once.
    }

    private Tensor draw(String name, long... shape) {
        if (name.endsWith(".bias")) {
            return Tensor.zeros(dtype, device, shape);
        }
        return shape.length == 1
                ? Tensor.full(1, dtype, device, shape)
                : generator.normal(0, INITIALIZER_RANGE, Dtype.FLOAT32, device, shape).to(dtype);
    }
}
