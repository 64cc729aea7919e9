package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.base.AttuneException;
import dev.attune.testkit.LeakCheck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;

@ExtendWith(LeakCheck.class)
class OptimizerTest {
    private static final double RATE = 0.02;
    private static final OptimizerRule FULL_ADAFACTOR =
            new Adafactor(
                    1e-30,
                    1e-3,
                    1,
                    -0.8,
                    OptionalDouble.of(0.9),
                    0.1,
                    Adafactor.StepSize.GIVEN,
                    true);

    /// Every rule with all the state it can have.
    static Stream<OptimizerRule> rules() {
        return Stream.of(
                new AdamW(0.9, 0.95, 1e-6, 0.1, true),
                new Adam(0.9, 0.95, 1e-6, 0.1),
                new Sgd(0.9, 0.3, false, 0.1),
                new Sgd(0.9, 0, true, 0.1),
                FULL_ADAFACTOR,
                Adafactor.DEFAULTS,
                new Lion(0.9, 0.99, 0.1),
                new RmsProp(0.99, 1e-8, 0.5, 0.1),
                new Adagrad(1e-10, 0.1));
    }

    static Stream<Arguments> rulesInBothTypes() {
        return rules().flatMap(rule ->
                Stream.of(Dtype.FLOAT32, Dtype.BFLOAT16).map(dtype -> Arguments.of(rule, dtype)));
    }

    @ParameterizedTest
    @MethodSource("rulesInBothTypes")
    void aResumedRunEqualsAnUnbrokenOneBitByBit(OptimizerRule rule, Dtype dtype) {
        Map<String, float[]> straight;
        try (var _ = Scope.open("straight")) {
            List<Parameter> parameters = parameters(dtype);
            try (Optimizer optimizer = Optimizer.of(rule, parameters)) {
                steps(optimizer, parameters, 0, 10);
                straight = everything(optimizer, parameters);
            }
        }
        try (var _ = Scope.open("resumed")) {
            List<Parameter> first = parameters(dtype);
            List<Parameter> second;
            Saved saved;
            try (Optimizer optimizer = Optimizer.of(rule, first)) {
                steps(optimizer, first, 0, 5);
                saved = Saved.of(optimizer.state());
                second = copies(first);
            }
            try (Optimizer optimizer = Optimizer.of(rule, second)) {
                optimizer.restore(saved.state());
                steps(optimizer, second, 5, 10);
                Map<String, float[]> resumed = everything(optimizer, second);
                assertThat(resumed.keySet()).isEqualTo(straight.keySet());
                straight.forEach(
                        (name, bits) -> assertThat(resumed.get(name)).as(name).isEqualTo(bits));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("rulesInBothTypes")
    void aWeightWithoutGradientStaysAndItsStepIsNotCounted(OptimizerRule rule, Dtype dtype) {
        try (var _ = Scope.open("test")) {
            List<Parameter> parameters = parameters(dtype);
            float[] before = parameters.get(1).data().floats();
            try (Optimizer optimizer = Optimizer.of(rule, parameters)) {
                optimizer.step(RATE);
                parameters.get(0).accumulate(gradient(parameters.get(0), 1));
                optimizer.step(RATE);
                optimizer.zeroGrad();
                assertThat(optimizer.state().steps()).isEqualTo(Map.of("w", 1L, "b", 0L));
            }
            assertThat(parameters.get(1).data().floats()).isEqualTo(before);
            assertThat(parameters.get(0).gradient()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("rules")
    void anExemptGroupMovesAsIfTheRuleHadNoDecay(OptimizerRule rule) {
        try (var _ = Scope.open("test")) {
            List<Parameter> exempt = parameters(Dtype.FLOAT32);
            List<Parameter> undecayed = parameters(Dtype.FLOAT32);
            try (Optimizer a = new Optimizer(rule, List.of(ParameterGroup.exempt(exempt)));
                    Optimizer b = Optimizer.of(withoutDecay(rule), undecayed)) {
                steps(a, exempt, 0, 3);
                steps(b, undecayed, 0, 3);
            }
            assertThat(exempt.getFirst().data().floats())
                    .isEqualTo(undecayed.getFirst().data().floats());
        }
    }

    private static OptimizerRule withoutDecay(OptimizerRule rule) {
        return switch (rule) {
            case AdamW r -> new AdamW(r.betaOne(), r.betaTwo(), r.eps(), 0, r.amsgrad());
            case Adam r -> new Adam(r.betaOne(), r.betaTwo(), r.eps(), 0);
            case Sgd r -> new Sgd(r.momentum(), r.dampening(), r.nesterov(), 0);
            case Adafactor r ->
                    new Adafactor(
                            r.epsSquare(),
                            r.epsScale(),
                            r.clipThreshold(),
                            r.decayRate(),
                            r.betaOne(),
                            0,
                            r.stepSize(),
                            r.scaleParameter());
            case Lion r -> new Lion(r.betaOne(), r.betaTwo(), 0);
            case RmsProp r -> new RmsProp(r.alpha(), r.eps(), r.momentum(), 0);
            case Adagrad r -> new Adagrad(r.eps(), 0);
        };
    }

    @Test
    void aGroupsFactorMultipliesTheLearningRate() {
        try (var _ = Scope.open("test")) {
            List<Parameter> scaled = parameters(Dtype.FLOAT32);
            List<Parameter> plain = parameters(Dtype.FLOAT32);
            ParameterGroup group = ParameterGroup.decayed(scaled).withLearningRateFactor(16);
            try (Optimizer a = new Optimizer(AdamW.DEFAULTS, List.of(group));
                    Optimizer b = Optimizer.of(AdamW.DEFAULTS, plain)) {
                give(scaled, 0);
                a.step(RATE);
                a.zeroGrad();
                give(plain, 0);
                b.step(16 * RATE);
                b.zeroGrad();
            }
            assertThat(scaled.getFirst().data().floats())
                    .isEqualTo(plain.getFirst().data().floats());
        }
    }

    @Test
    void theStateOfAnotherRuleIsRefusedAndNothingChanges() {
        try (var _ = Scope.open("test")) {
            List<Parameter> parameters = parameters(Dtype.FLOAT32);
            try (Optimizer lion = Optimizer.of(new Lion(0.9, 0.99, 0), parameters);
                    Optimizer sgd = Optimizer.of(new Sgd(0.9, 0), parameters)) {
                steps(lion, parameters, 0, 1);
                assertThatThrownBy(() -> sgd.restore(lion.state()))
                        .isInstanceOf(AttuneException.class)
                        .hasMessageContaining("Cannot restore the optimizer: 4 problems.")
                        .hasMessageContaining("the saved state lacks w.momentum_buffer.")
                        .hasMessageContaining(
                                "w.exp_avg is in the saved state and not in this optimizer.")
                        .hasMessageContaining("fix  Resume with the optimizer");
                assertThat(sgd.state().steps()).isEqualTo(Map.of("w", 0L, "b", 0L));
            }
        }
    }

    @Test
    void stateOfAnotherShapeTypeOrWithoutCountsIsRefused() {
        try (var _ = Scope.open("test")) {
            List<Parameter> one = parameters(Dtype.FLOAT32).subList(1, 2);
            try (Optimizer optimizer = Optimizer.of(new Lion(0.9, 0.99, 0), one)) {
                Tensor wrong = Tensor.zeros(Dtype.BFLOAT16, Device.CPU, 3);
                OptimizerState state =
                        new OptimizerState(Map.of("b.exp_avg", wrong), Map.of("b", -1L));
                assertThatThrownBy(() -> optimizer.restore(state))
                        .hasMessageContaining("b.exp_avg is bfloat16[3], expected float32[2].")
                        .hasMessageContaining("b is step count -1, expected 0 or more.");
                OptimizerState uncounted =
                        new OptimizerState(optimizer.state().tensors(), Map.of());
                assertThatThrownBy(() -> optimizer.restore(uncounted))
                        .hasMessageContaining("the saved state has no step count of b.");
            }
        }
    }

    @Test
    void twoParametersOfOneNameAndImpossibleNumbersAreRefused() {
        try (var _ = Scope.open("test")) {
            Parameter w = parameters(Dtype.FLOAT32).getFirst();
            assertThatThrownBy(() -> Optimizer.of(AdamW.DEFAULTS, List.of(w, w)))
                    .hasMessage("two parameters are called w");
            try (Optimizer optimizer = Optimizer.of(AdamW.DEFAULTS, List.of(w))) {
                assertThatThrownBy(() -> optimizer.step(Double.NaN))
                        .hasMessage("the learning rate is NaN, expected at least 0");
            }
        }
        assertThatThrownBy(() -> new AdamW(1, 0.9, 1e-8, 0))
                .hasMessage("betaOne is 1.0, expected from 0 to below 1");
        assertThatThrownBy(() -> new Lion(0.9, 0.9, -1))
                .hasMessage("weightDecay is -1.0, expected at least 0");
        assertThatThrownBy(() -> new Sgd(0, 0, true, 0))
                .hasMessage(
                        "nesterov needs momentum and no dampening, but momentum is 0.0 and"
                                + " dampening 0.0");
        assertThatThrownBy(() -> ParameterGroup.exempt(List.of()).withLearningRateFactor(-1))
                .hasMessage("learningRateFactor is -1.0, expected at least 0");
    }

    /// State as a file would hold it.
    private record Saved(Map<String, Numbers> tensors, Map<String, Long> steps) {
        static Saved of(OptimizerState state) {
            Map<String, Numbers> tensors = new LinkedHashMap<>();
            state.tensors().forEach((name, tensor) -> tensors.put(name, Numbers.of(tensor)));
            return new Saved(tensors, state.steps());
        }

        OptimizerState state() {
            Map<String, Tensor> read = new LinkedHashMap<>();
            tensors.forEach((name, numbers) -> read.put(name, numbers.tensor()));
            return new OptimizerState(read, steps);
        }
    }

    private static Map<String, float[]> everything(
            Optimizer optimizer, List<Parameter> parameters) {
        Map<String, float[]> all = new LinkedHashMap<>();
        parameters.forEach(p -> all.put(p.name(), p.data().floats()));
        optimizer.state().tensors().forEach((name, tensor) -> all.put(name, tensor.floats()));
        return all;
    }

    private static void steps(Optimizer optimizer, List<Parameter> all, int from, int to) {
        for (int step = from; step < to; step++) {
            // Now and then one has no gradient, so that the counts differ.
            give(step % 3 == 1 ? all.subList(0, 1) : all, step);
            optimizer.step(RATE / (1 + step));
            optimizer.zeroGrad();
        }
    }

    private static void give(List<Parameter> parameters, int step) {
        parameters.forEach(p -> p.accumulate(gradient(p, step)));
    }

    private static Tensor gradient(Parameter parameter, int step) {
        float[] numbers = new float[(int) parameter.data().elements()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) Math.sin(1.7 * i + step);
        }
        return Tensor.of(numbers, parameter.data().shape()).to(parameter.data().dtype());
    }

    private static List<Parameter> parameters(Dtype dtype) {
        Tensor w = Tensor.of(new float[] {0.5f, -1.25f, 3, 0, 2, 0.1f}, 2, 3).to(dtype);
        Tensor b = Tensor.of(new float[] {1, -2}, 2).to(dtype);
        return List.of(new Parameter("w", w).train(true), new Parameter("b", b).train(true));
    }

    private static List<Parameter> copies(List<Parameter> parameters) {
        return parameters.stream()
                .map(p -> new Parameter(p.name(), p.data().copy()).train(true))
                .toList();
    }
}
