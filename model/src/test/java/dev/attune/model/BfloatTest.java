package dev.attune.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tape;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Path;

class BfloatTest {
    /// bfloat16 keeps 8 bits: each rounding is off by up to 1/512. The mean loss of these untrained
    /// models is 4 to 11, with logits spread by 1 to 6 around their mean; two or three layers of
    /// some ten roundings each move a logit by a few hundredths, and the mean over 29 labels by
    /// less.
    private static final double LOSS = 0.1;

    /// All gradients together point where those of float32 do.
    private static final double COSINE = 0.98;

    /// The caps of this Gemma 2, 3 and 5, are a tenth of a real one's: most scores lie against
    /// them, where the slope `1 − (z/cap)²` is the small difference of rounded numbers. Computing
    /// the cap in float32 changes nothing, since its argument is rounded already.
    private static final double COSINE_AGAINST_THE_CAPS = 0.75;

    @ParameterizedTest
    @MethodSource("dev.attune.testkit.ReferenceModels#names")
    void lossAndGradientsInBfloat16AreNearThoseInFloat32(String name) {
        Path folder = SharedData.path("reference/" + name);
        try (Reference expected = new Reference(folder.resolve("expected.safetensors"));
                Reference grads = new Reference(folder.resolve("grads.safetensors"));
                Decoder decoder = Decoder.load(folder, Dtype.BFLOAT16, Device.CPU);
                var _ = Scope.open("test");
                Tape tape = Tape.recording()) {
            decoder.parameters().forEach(p -> p.train(true));
            PaddedRows rows = new PaddedRows(expected);
            double loss = rows.backward(tape, decoder, decoder.hidden(tape, rows.batch()));
            assertThat(loss).isCloseTo(expected.floats("loss")[0], within(LOSS));
            assertThat(cosine(decoder, grads))
                    .isBetween(name.equals("gemma2") ? COSINE_AGAINST_THE_CAPS : COSINE, 1.0);
        }
    }

    private static double cosine(Decoder decoder, Reference grads) {
        double ours = 0;
        double theirs = 0;
        double both = 0;
        for (Parameter parameter : decoder.parameters()) {
            assertThat(parameter.data().dtype()).isEqualTo(Dtype.BFLOAT16);
            float[] a = parameter.gradient().orElseThrow().floats();
            float[] b = grads.floats(parameter.name());
            for (int i = 0; i < a.length; i++) {
                ours += (double) a[i] * a[i];
                theirs += (double) b[i] * b[i];
                both += (double) a[i] * b[i];
            }
        }
        return both / Math.sqrt(ours * theirs);
    }
}
