package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.LeakCheck;

import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.util.ArrayList;
import java.util.List;

/// Operations on top of each other: gradients meet, scopes close between them.
@ExtendWith(LeakCheck.class)
class DecoderStackTest {
    /// Some thirty roundings lie on the way through two layers and back, by chance up and down.
    private static final int ROUNDINGS = 24;

    @OnRandomShapes
    void twoLayersEqualAutogradWithEachLayersScopeClosedBehindIt(Dtype dtype, long seed) {
        try (var oracle = new Oracle(dtype, seed, ROUNDINGS)) {
            var decoder = new TinyDecoder(oracle);
            oracle.check(() -> decoder.onTape(oracle.tape()), decoder::formula);
        }
    }

    @Test
    void gradientsOfTwoPassesAddUpInEveryParameter() {
        try (var oracle = new Oracle(Dtype.FLOAT32, 60, 1)) {
            var decoder = new TinyDecoder(oracle);
            List<Numbers> first = gradients(oracle, decoder, 1);
            oracle.parameters().forEach(Parameter::clearGradient);
            List<Numbers> second = gradients(oracle, decoder, -3);
            List<Numbers> both = gradients(oracle, decoder, 1);
            for (int i = 0; i < both.size(); i++) {
                Numbers sum = first.get(i).plus(second.get(i));
                both.get(i).assertCloseTo("gradient " + i, sum, 1e-5);
            }
        }
    }

    private static List<Numbers> gradients(Oracle oracle, TinyDecoder decoder, double factor) {
        try (var _ = Scope.open("pass");
                var tape = Tape.recording()) {
            Value l = decoder.onTape(tape);
            Tensor dl = Tensor.full(factor, Dtype.FLOAT32, Device.CPU, l.data().shape());
            tape.backward(l, dl);
            List<Numbers> gradients = new ArrayList<>();
            for (Parameter parameter : oracle.parameters()) {
                parameter.gradient().ifPresent(found -> gradients.add(Numbers.of(found)));
            }
            assertThat(gradients).hasSize(16);
            return gradients;
        }
    }

    @Test
    void aPassWithoutATapeGivesTheSameBitsAndKeepsNothing() {
        try (var oracle = new Oracle(Dtype.FLOAT32, 61, 1)) {
            var decoder = new TinyDecoder(oracle);
            float[] recorded = logProbs(decoder, Tape.recording());
            long before = Pointer.totalCount();
            assertThat(logProbs(decoder, Tape.off())).isEqualTo(recorded);
            assertThat(Pointer.totalCount()).isEqualTo(before);
        }
    }

    private static float[] logProbs(TinyDecoder decoder, Tape tape) {
        try (var _ = Scope.open("pass");
                tape) {
            return decoder.onTape(tape).data().floats();
        }
    }

    @Test
    void backwardFreesWhatItHasUsed() {
        try (var oracle = new Oracle(Dtype.FLOAT32, 62, 1)) {
            var decoder = new TinyDecoder(oracle);
            long before = Pointer.totalCount();
            try (var tape = Tape.recording()) {
                float[] ones = new float[TinyDecoder.LABELLED.size()];
                try (var _ = Scope.open("pass")) {
                    Value l;
                    try (var forward = Scope.open("forward")) {
                        l = decoder.onTape(tape);
                        forward.keep(l.data());
                    }
                    long saved = Pointer.totalCount();
                    tape.backward(l, Tensor.of(ones, ones.length));
                    assertThat(Pointer.totalCount()).isLessThan(saved);
                }
                oracle.parameters().forEach(Parameter::clearGradient);
                assertThat(Pointer.totalCount()).as("with the tape open").isEqualTo(before);
            }
        }
    }
}
