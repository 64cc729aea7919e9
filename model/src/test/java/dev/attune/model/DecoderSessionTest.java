package dev.attune.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.base.AttuneException;
import dev.attune.tensor.Device;
import dev.attune.tensor.Documents;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tape;
import dev.attune.tensor.Tensor;
import dev.attune.testkit.LeakCheck;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.Arrays;

/// A text that grows gives the numbers of the whole text.
@ExtendWith(LeakCheck.class)
class DecoderSessionTest {
    @ParameterizedTest
    @MethodSource("dev.attune.testkit.ReferenceModels#names")
    void logitsOfEachStepEqualThoseOfAFullPass(String name) {
        Path folder = SharedData.path("reference/" + name);
        try (Reference expected = new Reference(folder.resolve("expected.safetensors"));
                Decoder decoder = Decoder.load(folder, Dtype.FLOAT32, Device.CPU);
                DecoderSession session = DecoderSession.open(decoder, 1, 64)) {
            int[] ids = expected.ints("gen.output_ids");
            float[] logits = expected.floats("gen.logits");
            int steps = expected.shape("gen.logits")[0];
            int vocab = logits.length / steps;
            int known = 0;
            for (int step = 0; step < steps; step++) {
                int length = expected.shape("gen.prompt_ids")[1] + step;
                try (var _ = Scope.open("step")) {
                    int[] added = Arrays.copyOfRange(ids, known, length);
                    Tensor hidden = session.append(added, Documents.ofLengths(added.length), 0);
                    Reference.assertClose(
                            "logits of step " + step,
                            decoder.head().logits(hidden.narrow(0, added.length - 1L, 1)).floats(),
                            Arrays.copyOfRange(logits, step * vocab, (step + 1) * vocab),
                            ReferenceModelTest.LOGITS);
                }
                known = length;
            }
            assertThat(session.length(0)).isEqualTo(known);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gemma2", "phi3-longrope", "llama-dynamic-rope", "gpt2"})
    void piecesOfAnyLengthInSeveralSlotsGiveTheWholeText(String name) {
        try (Decoder decoder = load(name);
                DecoderSession session = DecoderSession.open(decoder, 3, 64);
                var _ = Scope.open("test")) {
            int[] text = ids(40);
            Tensor whole = whole(decoder, text);
            session.append(text, Documents.ofLengths(10, 2, 28), 0, 1, 2);
            session.clear(1);
            int[] added = concat(Arrays.copyOfRange(text, 10, 15), text);
            Tensor hidden = session.append(added, Documents.ofLengths(5, 40), 0, 1);
            assertClose(hidden.narrow(0, 0, 5), whole(decoder, Arrays.copyOf(text, 15)), 10);
            assertClose(hidden.narrow(0, 5, 40), whole, 0);
            hidden = session.append(Arrays.copyOfRange(text, 15, 40), Documents.ofLengths(25), 0);
            assertClose(hidden, whole, 15);
        }
    }

    @Test
    void aTextLongerThanABlockAndAWindowGrowsLikeAnyOther() {
        try (Decoder decoder = load("gemma2");
                DecoderSession session = DecoderSession.open(decoder, 2, 400);
                var _ = Scope.open("test")) {
            int[] text = ids(300);
            Tensor whole = whole(decoder, text);
            int[] twice = concat(Arrays.copyOf(text, 131), Arrays.copyOf(text, 131));
            session.append(twice, Documents.uniform(2, 131), 0, 1);
            int[] rest = Arrays.copyOfRange(text, 131, 299);
            session.append(concat(rest, rest), Documents.uniform(2, rest.length), 0, 1);
            int[] last = {text[299], text[299]};
            Tensor hidden = session.append(last, Documents.uniform(2, 1), 0, 1);
            assertClose(hidden.narrow(0, 0, 1), whole, 299);
            assertClose(hidden.narrow(0, 1, 1), whole, 299);
        }
    }

    @Test
    void aPromptIntoAnEmptySlotIsTheSameComputation() {
        try (Decoder decoder = load("llama");
                DecoderSession session = DecoderSession.open(decoder, 1, 200);
                var _ = Scope.open("test")) {
            int[] text = ids(200);
            Tensor hidden = session.append(text, Documents.ofLengths(200), 0);
            assertThat(hidden.floats()).containsExactly(whole(decoder, text).floats());
        }
    }

    @Test
    void refusesMoreTokensThanLearnedPositions() {
        try (Decoder decoder = load("gpt2");
                DecoderSession session = DecoderSession.open(decoder, 1, 100);
                var _ = Scope.open("test")) {
            session.append(ids(60), Documents.ofLengths(60), 0);
            String message =
                    "A text has 65 tokens; the model learned positions for 64"
                            + " (max_position_embeddings).";
            assertThatThrownBy(() -> session.append(ids(5), Documents.ofLengths(5), 0))
                    .isInstanceOf(AttuneException.class)
                    .hasMessageStartingWith(message);
            assertThat(session.length(0)).isEqualTo(60);
            assertThatThrownBy(() -> whole(decoder, ids(65))).hasMessageStartingWith(message);
        }
    }

    @Test
    void refusesATextBeyondTheLimit() {
        try (Decoder decoder = load("llama");
                DecoderSession session = DecoderSession.open(decoder, 1, 20);
                var _ = Scope.open("test")) {
            assertThatThrownBy(() -> session.append(ids(21), Documents.ofLengths(21), 0))
                    .isInstanceOf(AttuneException.class)
                    .hasMessageStartingWith(
                            "The key-value cache is full: a text of 21 tokens, with room for 20.");
        }
    }

    private static Decoder load(String name) {
        return Decoder.load(SharedData.path("reference/" + name), Dtype.FLOAT32, Device.CPU);
    }

    private static Tensor whole(Decoder decoder, int[] text) {
        Documents one = Documents.ofLengths(text.length);
        return decoder.hidden(Tape.off(), Batch.of(text, one, Device.CPU)).data();
    }

    private static void assertClose(Tensor hidden, Tensor whole, int from) {
        Reference.assertClose(
                "hidden states",
                hidden.floats(),
                whole.narrow(0, from, hidden.size(0)).floats(),
                ReferenceModelTest.LOGITS);
    }

    private static int[] ids(int count) {
        int[] ids = new int[count];
        for (int i = 0; i < count; i++) {
            ids[i] = 3 + (i * 37 + i * i * 11) % 250;
        }
        return ids;
    }

    private static int[] concat(int[] a, int[] b) {
        int[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
