package dev.attune.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.attune.base.AttuneException;
import dev.attune.model.LoraConfig.Targets;
import dev.attune.tensor.Device;
import dev.attune.tensor.Dropout;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Generator;
import dev.attune.tensor.Linear;
import dev.attune.tensor.LowRank;
import dev.attune.tensor.Magnitude;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Seed;
import dev.attune.tensor.Tape;
import dev.attune.tensor.Tensor;
import dev.attune.tensor.TokenLogProbs;
import dev.attune.tensor.Value;
import dev.attune.testkit.LeakCheck;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Dropout of adapters and noise on token vectors, from the seed of a pass.
@ExtendWith(LeakCheck.class)
class RegularizationTest {
    private static final Regularization BOTH = new Regularization(0.3, 5);

    @TempDir private Path folder = Path.of("");

    @BeforeEach
    void write() {
        TinyCheckpoint.llama().write(folder);
    }

    @Test
    void theSameSeedGivesTheSameGradientsAndAnotherOthers() {
        try (Decoder decoder = LearningPass.decoder(folder, Dtype.FLOAT32);
                Adapter adapter = LearningPass.adapter(decoder, false, Targets.allLinear())) {
            List<Parameter> parameters = adapter.train();
            for (Regularization one :
                    List.of(new Regularization(0.3, 0), new Regularization(0, 5), BOTH)) {
                var first = LearningPass.run(decoder, parameters, new Pass(one, 1, false));
                var second = LearningPass.run(decoder, parameters, new Pass(one, 1, false));
                var other = LearningPass.run(decoder, parameters, new Pass(one, 2, false));
                assertThat(second.numbers()).isEqualTo(first.numbers());
                first.numbers()
                        .forEach((name, numbers) ->
                                assertThat(other.numbers().get(name))
                                        .as(name)
                                        .isNotEqualTo(numbers));
            }
        }
    }

    @Test
    void withoutDropoutAndNoiseTheSeedMeansNothing() {
        try (Decoder decoder = LearningPass.decoder(folder, Dtype.BFLOAT16);
                Adapter adapter = LearningPass.adapter(decoder, false, Targets.allLinear())) {
            List<Parameter> parameters = adapter.train();
            var plain = LearningPass.run(decoder, parameters, Pass.PLAIN);
            Pass seeded = new Pass(Regularization.NONE, 99, false);
            assertThat(LearningPass.run(decoder, parameters, seeded)).isEqualTo(plain);
        }
    }

    @Test
    void judgingKnowsNothingOfDropoutAndNoise() {
        try (Decoder decoder = LearningPass.decoder(folder, Dtype.FLOAT32);
                Adapter adapter =
                        LearningPass.adapter(decoder, false, Targets.of("q_proj", "lm_head"))) {
            assertThat(adapter.parameters()).hasSize(6);
            assertThat(judged(decoder, new Pass(BOTH, 3, true)))
                    .isEqualTo(judged(decoder, Pass.PLAIN));
        }
    }

    private static List<Float> judged(Decoder decoder, Pass pass) {
        try (var _ = Scope.open("judged");
                Tape tape = Tape.off()) {
            Value hidden = decoder.hidden(tape, LearningPass.batch(), pass);
            return LearningPass.list(
                    TokenLogProbs.apply(tape, hidden, decoder.head(pass), LearningPass.labels())
                            .data());
        }
    }

    @Test
    void everyLayerHasAMaskOfItsOwn() {
        try (Decoder decoder = LearningPass.decoder(folder, Dtype.FLOAT32)) {
            Set<Seed> seeds = new HashSet<>();
            for (long seed = 0; seed < 20; seed++) {
                Pass pass = new Pass(BOTH, seed, false);
                decoder.projections()
                        .forEach(p -> seeds.add(Forward.dropout(pass, p.path()).seed()));
                seeds.add(Forward.dropout(pass, decoder.lmHead().path()).seed());
            }
            assertThat(seeds).hasSize(20 * 15);
        }
    }

    /// Queries, keys and values read the same inputs, of which each loses others.
    @Test
    void layersThatShareInputsLoseDifferentOnes() {
        try (Decoder decoder = LearningPass.decoder(folder, Dtype.FLOAT32);
                Adapter adapter = LearningPass.adapter(decoder, false, Targets.allLinear());
                var _ = Scope.open("test");
                Tape tape = Tape.recording()) {
            assertThat(adapter.changes()).hasSize(14);
            Forward forward = new Forward(tape, new Pass(BOTH, 4, false), Observer.none());
            List<Projection> three = decoder.projections().subList(0, 3);
            Value x = tape.constant(inputs(6, 8));
            List<Value> found = Projection.applyAll(forward, x, three);
            Set<List<Float>> masks = new HashSet<>();
            for (int i = 0; i < 3; i++) {
                Projection layer = three.get(i);
                Dropout dropout = forward.dropout(layer.path());
                Value dropped = dropout.apply(tape, x);
                masks.add(LearningPass.list(dropped.data()));
                Value y = Linear.apply(tape, x, layer.weight(), null, layer.layout());
                LowRank update = layer.update().orElseThrow().lowRank();
                Reference.assertClose(
                        layer.path(),
                        found.get(i).data().floats(),
                        update.apply(tape, dropped, y).data().floats(),
                        1e-6);
            }
            assertThat(masks).hasSize(3);
        }
    }

    /// As PEFT 0.15 and later: `W·x + b + (m/n − 1)∘W·x̂ + (m/n)∘s·B·A·x̂`.
    @Test
    void doraReadsTheDroppedInputsThroughout() {
        try (Decoder decoder = LearningPass.decoder(folder, Dtype.FLOAT32);
                Adapter adapter = LearningPass.adapter(decoder, true, Targets.of("down_proj"));
                var _ = Scope.open("test");
                Tape tape = Tape.recording()) {
            assertThat(adapter.changes()).hasSize(2);
            Forward forward = new Forward(tape, new Pass(BOTH, 4, false), Observer.none());
            Projection layer = decoder.projections().get(6);
            Projection.Update update = layer.update().orElseThrow();
            LowRank lowRank = update.lowRank();
            Tensor x = inputs(6, 12);
            Tensor dropped = forward.dropout(layer.path()).apply(tape, tape.constant(x)).data();
            Tensor w = layer.weight().data().transposed();
            Tensor ratio =
                    update.magnitude()
                            .orElseThrow()
                            .data()
                            .over(Magnitude.rowNorms(layer.weight(), layer.layout(), lowRank));
            Tensor added =
                    dropped.matmul(lowRank.a().data().transposed())
                            .matmul(lowRank.b().data().transposed())
                            .times(lowRank.scale());
            Tensor expected =
                    x.matmul(w)
                            .plus(dropped.matmul(w).times(ratio.plus(-1)))
                            .plus(added.times(ratio));
            Reference.assertClose(
                    "dora",
                    layer.apply(forward, tape.constant(x)).data().floats(),
                    expected.floats(),
                    1e-5);
        }
    }

    private static Tensor inputs(long... shape) {
        try (Generator generator = Generator.seeded(8)) {
            return generator.normal(0, 1, Dtype.FLOAT32, Device.CPU, shape);
        }
    }

    @Test
    void noiseLiesOnTheVectorsOfTokensWithinItsBound() {
        try (Decoder decoder = LearningPass.decoder(folder, Dtype.FLOAT32);
                var _ = Scope.open("test");
                Tape tape = Tape.recording()) {
            Batch batch = LearningPass.batch();
            List<float[]> entering = new ArrayList<>();
            for (double alpha : new double[] {0, 5}) {
                Pass pass = new Pass(new Regularization(0, alpha), 6, false);
                List<float[]> states = new ArrayList<>();
                decoder.hidden(tape, batch, pass, x -> states.add(x.data().floats()));
                entering.add(states.getFirst());
            }
            int width = decoder.config().hiddenSize();
            for (int d = 0; d < batch.documents().count(); d++) {
                double bound = 5 / Math.sqrt((double) batch.documents().length(d) * width);
                double most = 0;
                for (int i = batch.documents().start(d) * width;
                        i < batch.documents().end(d) * width;
                        i++) {
                    most = Math.max(most, Math.abs(entering.get(1)[i] - entering.get(0)[i]));
                }
                assertThat(most).isBetween(0.7 * bound, bound + 1e-6);
            }
        }
    }

    @Test
    void refusesAShareThatLeavesNothingAndNoiseBelowNone() {
        assertError(1, 0, "lora_dropout is 1.0, expected 0 or more, below 1.");
        assertError(-0.1, 0, "lora_dropout is -0.1, expected 0 or more, below 1.");
        assertError(0, -1, "neftune_noise_alpha is -1.0, expected 0 or more.");
        assertError(0, Double.NaN, "neftune_noise_alpha is NaN, expected 0 or more.");
    }

    private static void assertError(double dropout, double alpha, String what) {
        AttuneException e =
                catchThrowableOfType(
                        AttuneException.class, () -> new Regularization(dropout, alpha));
        assertThat(e.what()).isEqualTo(what);
        assertThat(e.fix().orElse("")).endsWith("is usual.");
    }
}
