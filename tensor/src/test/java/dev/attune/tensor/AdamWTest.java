package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.LeakCheck;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.util.List;

@ExtendWith(LeakCheck.class)
class AdamWTest {
    private static final AdamW RULE = new AdamW(0.9, 0.95, 1e-6, 0.1);
    private static final double RATE = 0.02;
    private static final int STEPS = 10;

    @Test
    void tenStepsEqualTheFormula() {
        float[] start = {0.5f, -1.25f, 3f, 0f};
        double[] expected = formula(start);
        try (var _ = Scope.open("test")) {
            Parameter parameter = new Parameter("w", Tensor.of(start, 4)).train(true);
            step(parameter);
            float[] found = parameter.data().floats();
            for (int i = 0; i < found.length; i++) {
                assertThat((double) found[i]).isCloseTo(expected[i], Offset.offset(1e-6));
            }
        }
    }

    @Test
    void updatesBelowTheRoundingOfBfloat16AddUpInTheMasterCopy() {
        try (var _ = Scope.open("test")) {
            Tensor data = Tensor.full(256, Dtype.BFLOAT16, Device.CPU, 1);
            Parameter parameter = new Parameter("w", data).train(true);
            AdamW rule = new AdamW(0.9, 0.999, 1e-8, 0);
            try (Optimizer adamW = Optimizer.of(rule, List.of(parameter))) {
                // Each step moves the weight by 0.1; its neighbours in bfloat16 are 1 to 2 away.
                for (int t = 1; t <= 40; t++) {
                    parameter.accumulate(Tensor.full(1, Dtype.BFLOAT16, Device.CPU, 1));
                    adamW.step(0.1);
                    adamW.zeroGrad();
                }
            }
            assertThat(parameter.data().item()).isEqualTo(252);
        }
    }

    private static void step(Parameter parameter) {
        try (Optimizer adamW = Optimizer.of(RULE, List.of(parameter))) {
            for (int t = 1; t <= STEPS; t++) {
                float[] gradient = new float[4];
                for (int i = 0; i < gradient.length; i++) {
                    gradient[i] = gradient(i, t);
                }
                parameter.accumulate(Tensor.of(gradient, 4));
                adamW.step(RATE);
                adamW.zeroGrad();
            }
        }
    }

    private static float gradient(int i, int t) {
        return (float) Math.sin(1.7 * i + t);
    }

    private static double[] formula(float[] start) {
        double[] weights = new double[start.length];
        for (int i = 0; i < start.length; i++) {
            double w = start[i];
            double m = 0;
            double v = 0;
            for (int t = 1; t <= STEPS; t++) {
                double g = gradient(i, t);
                m = 0.9 * m + 0.1 * g;
                v = 0.95 * v + 0.05 * g * g;
                double corrected = m / (1 - Math.pow(0.9, t));
                double size = Math.sqrt(v / (1 - Math.pow(0.95, t))) + 1e-6;
                w = w - RATE * 0.1 * w - RATE * corrected / size;
            }
            weights[i] = w;
        }
        return weights;
    }
}
