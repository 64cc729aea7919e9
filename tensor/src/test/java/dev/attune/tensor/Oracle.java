package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.Arguments;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Holds an operation on the tape against libtorch's autograd of the plain formula in float64.
///
/// ```
/// try (var oracle = new Oracle(dtype, seed, roundings)) {
///     Oracle.Input x = oracle.input(n, c);                     // a variable on the tape
///     Oracle.Weight w = oracle.weight(o, c);                   // a parameter that trains
///     oracle.check(() -> ours(oracle.tape(), x.value(), w.parameter()),
///                  () -> x.exact().matmul(w.exact().transposed()));
/// }
/// ```
///
/// Both start from the same numbers, rounded to `dtype`, and get the same random gradient from
/// above. Compared are the result and the gradient of every input and weight, each against the
/// largest entry of its reference:
///
/// - float32: 1e-5, some eighty units in the last place: sums of a few hundred products.
/// - bfloat16: `roundings` · 2⁻⁸. It has 8 bits of precision, so that one rounding errs by at most
///   2⁻⁹ of the number; `roundings` counts those in a row on the longest way through the operation
///   or back, and the factor of two is for intermediate numbers larger than what comes out.
///
/// Whatever the forward pass made, inputs and indices included, is freed before the backward pass,
/// as the scopes of a layer do: a step back that reads what it did not save fails here.
final class Oracle implements AutoCloseable {
    private final Dtype dtype;
    private final int roundings;
    private final Random random;
    private final Tape tape = Tape.recording();
    private final Scope weights = Scope.owning("weights");
    private final Scope inputs = Scope.open("inputs");
    private final Map<String, Leaf> leaves = new LinkedHashMap<>();
    private boolean inputsOpen = true;

    Oracle(Dtype dtype, long seed, int roundings) {
        this.dtype = dtype;
        this.roundings = roundings;
        this.random = new Random(seed);
    }

    static Stream<Arguments> typesAndSeeds() {
        return Stream.of(Dtype.FLOAT32, Dtype.BFLOAT16)
                .flatMap(dtype ->
                        IntStream.rangeClosed(1, 4)
                                .mapToObj(seed -> Arguments.of(dtype, (long) seed)));
    }

    /// What a gradient is expected for.
    sealed interface Leaf {
        Tensor exact();

        @Nullable Tensor gradient();
    }

    /// A value that takes a gradient.
    record Input(Value value, Tensor exact) implements Leaf {
        @Override
        public @Nullable Tensor gradient() {
            return value.gradient();
        }
    }

    /// A parameter, trained or frozen.
    record Weight(Parameter parameter, Tensor exact) implements Leaf {
        @Override
        public @Nullable Tensor gradient() {
            return parameter.gradient().orElse(null);
        }
    }

    Tape tape() {
        return tape;
    }

    Dtype dtype() {
        return dtype;
    }

    /// A whole number from `least` to `most`, both included.
    int size(int least, int most) {
        return random.nextInt(least, most + 1);
    }

    Input input(long... shape) {
        Tensor data = normal(1, shape);
        Input input = new Input(tape.variable(data), exact(data, true));
        leaves.put("input " + leaves.size(), input);
        return input;
    }

    Weight weight(long... shape) {
        return parameter(true, 1, shape);
    }

    /// A weight that trains, of numbers so small that products with it stay near one.
    Weight smallWeight(double std, long... shape) {
        return parameter(true, std, shape);
    }

    Weight frozen(long... shape) {
        return parameter(false, 1, shape);
    }

    Weight smallFrozen(double std, long... shape) {
        return parameter(false, std, shape);
    }

    List<Parameter> parameters() {
        return leaves.values().stream()
                .filter(Weight.class::isInstance)
                .map(leaf -> ((Weight) leaf).parameter())
                .toList();
    }

    LowRank lowRank(Weight a, Weight b, double scale) {
        return new LowRank(a.parameter, b.parameter, scale);
    }

    private Weight parameter(boolean trained, double std, long... shape) {
        Tensor data = weights.adopt(normal(std, shape));
        String name = "weight " + leaves.size();
        Weight weight = new Weight(new Parameter(name, data).train(trained), exact(data, trained));
        leaves.put(name, weight);
        return weight;
    }

    /// Indices below `bound`.
    int[] indices(int count, int bound) {
        return random.ints(count, 0, bound).toArray();
    }

    /// Random numbers in this oracle's type.
    Tensor normal(double std, long... shape) {
        int count = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        float[] elements = new float[count];
        for (int i = 0; i < count; i++) {
            elements[i] = (float) (std * random.nextGaussian());
        }
        return Tensor.of(elements, shape).to(dtype);
    }

    private static Tensor exact(Tensor data, boolean trained) {
        Tensor wide = data.to(Dtype.FLOAT64);
        wide.raw().set_requires_grad(trained);
        return wide;
    }

    /// Checks an operation with one result.
    void check(Supplier<Value> operation, Supplier<Tensor> formula) {
        checkAll(() -> List.of(operation.get()), () -> List.of(formula.get()), 1);
    }

    /// Checks an operation with several results, of which the first `reached` get a gradient.
    void checkAll(Supplier<List<Value>> operation, Supplier<List<Tensor>> formula, int reached) {
        List<Value> results;
        List<Numbers> above = new ArrayList<>();
        Map<String, Numbers> expected;
        try (var _ = Scope.open("forward")) {
            results = operation.get();
            List<Tensor> exact = formula.get();
            assertThat(results).hasSameSizeAs(exact);
            for (int i = 0; i < results.size(); i++) {
                compare("result " + i, Numbers.of(results.get(i).data()), Numbers.of(exact.get(i)));
                above.add(Numbers.of(gradientFor(results.get(i).data())));
            }
            expected = autograd(exact, above, reached);
        }
        closeInputs();
        try (var _ = Scope.open("backward")) {
            for (int i = 1; i < reached; i++) {
                results.get(i).accumulate(above.get(i).tensor());
            }
            tape.backward(results.getFirst(), above.getFirst().tensor());
            leaves.forEach((name, leaf) -> compareGradient(name, leaf, expected));
        }
    }

    private Tensor gradientFor(Tensor result) {
        return normal(1, result.shape()).to(result.dtype());
    }

    /// The gradients of all leaves by libtorch.
    private Map<String, Numbers> autograd(List<Tensor> exact, List<Numbers> above, int reached) {
        Tensor loss = Tensor.zeros(Dtype.FLOAT64, Device.CPU);
        for (int i = 0; i < reached; i++) {
            loss = loss.plus(exact.get(i).times(above.get(i).tensor().to(Dtype.FLOAT64)).sum());
        }
        if (loss.raw().requires_grad()) {
            loss.raw().backward();
        }
        Map<String, Numbers> gradients = new LinkedHashMap<>();
        leaves.forEach((name, leaf) -> {
            var found = leaf.exact().raw().grad();
            if (found.defined()) {
                gradients.put(name, Numbers.of(Tensor.of(found.detach())));
            }
        });
        return gradients;
    }

    private void compareGradient(String name, Leaf leaf, Map<String, Numbers> expected) {
        Numbers reference = expected.get(name);
        Tensor gradient = leaf.gradient();
        if (gradient == null) {
            assertThat(reference == null || reference.largest() == 0)
                    .as("no gradient reached " + name)
                    .isTrue();
        } else if (reference == null) {
            assertThat(Numbers.of(gradient).largest()).as("gradient of unused " + name).isZero();
        } else {
            compare("gradient of " + name, Numbers.of(gradient), reference);
        }
    }

    private void compare(String what, Numbers actual, Numbers expected) {
        double tolerance =
                actual.dtypeIs(Dtype.FLOAT32) && dtype == Dtype.FLOAT32 ? 1e-5 : roundings * 0x1p-8;
        actual.assertCloseTo(what, expected, tolerance);
    }

    private void closeInputs() {
        inputsOpen = false;
        inputs.close();
    }

    @Override
    public void close() {
        if (inputsOpen) {
            closeInputs();
        }
        tape.close();
        for (Leaf leaf : leaves.values()) {
            if (leaf instanceof Weight weight) {
                assertThat(weight.parameter.trainable() || weight.parameter.gradient().isEmpty())
                        .as("a frozen parameter has no gradient")
                        .isTrue();
                weight.parameter.clearGradient();
            }
        }
        weights.close();
    }
}
