package dev.attune.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.tensor.Adafactor;
import dev.attune.tensor.Adagrad;
import dev.attune.tensor.AdamW;
import dev.attune.tensor.Lion;
import dev.attune.tensor.RmsProp;
import dev.attune.tensor.Sgd;

import org.junit.jupiter.api.Test;

import java.util.Map;

class OptimizerKindTest {
    @Test
    void defaultsAreThoseOfTrainingArguments() {
        OptimizerSettings settings = OptimizerSettings.DEFAULTS;
        assertThat(OptimizerKind.named("adamw_torch").rule(settings))
                .isEqualTo(new AdamW(0.9, 0.999, 1e-8, 0));
        assertThat(OptimizerKind.named("sgd").rule(settings)).isEqualTo(new Sgd(0, 0));
        assertThat(OptimizerKind.named("adafactor").rule(settings))
                .isEqualTo(Adafactor.ofTrainer(0));
        assertThat(OptimizerKind.named("lion_32bit").rule(settings))
                .isEqualTo(new Lion(0.9, 0.999, 0));
        assertThat(OptimizerKind.named("rmsprop").rule(settings)).isEqualTo(RmsProp.DEFAULTS);
        assertThat(OptimizerKind.named("adagrad").rule(settings)).isEqualTo(Adagrad.DEFAULTS);
    }

    @Test
    void everyAliasMeansItsOptimizerAndNoNameIsTakenTwice() {
        for (OptimizerKind kind : OptimizerKind.values()) {
            assertThat(OptimizerKind.named(kind.recipeName())).isEqualTo(kind);
            for (String alias : kind.aliases()) {
                assertThat(OptimizerKind.named(alias)).isEqualTo(kind);
            }
        }
    }

    @Test
    void optimArgsReachTheRule() {
        assertThat(OptimizerKind.SGD.rule(with(Map.of("momentum", 0.9, "nesterov", true))))
                .isEqualTo(new Sgd(0.9, 0, true, 0.1));
        assertThat(OptimizerKind.ADAMW.rule(with(Map.of("amsgrad", true))))
                .isEqualTo(new AdamW(0.8, 0.95, 1e-6, 0.1, true));
        Map<String, ?> relative =
                Map.of("scale_parameter", true, "relative_step", true, "warmup_init", true);
        assertThat(OptimizerKind.ADAFACTOR.rule(with(relative)))
                .extracting("stepSize", "scaleParameter", "weightDecay")
                .containsExactly(Adafactor.StepSize.RELATIVE_WITH_WARMUP, true, 0.1);
    }

    @Test
    void unknownAndQuantisedOptimizersAreRefused() {
        assertThatThrownBy(() -> OptimizerKind.named("adamw_torhc"))
                .hasMessageContaining("Unknown optim 'adamw_torhc', expected one of: adamw_torch,")
                .hasMessageContaining("fix  Did you mean adamw_torch?");
        assertThatThrownBy(() -> OptimizerKind.named("adamw_bnb_8bit"))
                .hasMessageContaining(
                        "optim adamw_bnb_8bit keeps quantised state, which is not supported.")
                .hasMessageContaining("fix  Use adafactor for little memory");
    }

    @Test
    void unknownArgumentsAndImpossibleNumbersAreRefused() {
        assertThatThrownBy(() -> OptimizerKind.SGD.rule(with(Map.of("momentun", 0.9))))
                .hasMessageContaining("optim sgd has no argument 'momentun'")
                .hasMessageContaining("fix  Did you mean momentum?");
        assertThatThrownBy(() -> OptimizerKind.SGD.rule(with(Map.of("nesterov", 1))))
                .hasMessage("nesterov of optim sgd is 1, expected true or false.");
        assertThatThrownBy(() -> OptimizerKind.SGD.rule(with(Map.of("momentum", -1))))
                .hasMessage("optim sgd: momentum is -1.0, expected at least 0.");
        assertThatThrownBy(() -> OptimizerKind.ADAFACTOR.rule(with(Map.of("warmup_init", true))))
                .hasMessage("optim adafactor: warmup_init needs relative_step.");
    }

    private static OptimizerSettings with(Map<String, ?> optimArgs) {
        return new OptimizerSettings(0.8, 0.95, 1e-6, 0.1, optimArgs);
    }
}
