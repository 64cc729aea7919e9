package dev.attune.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tape;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What a training run of a trained checkpoint begins with and ends in, without the optimizer
/// between.
class TrainedModelTrainingTest {
    /// Losses were computed in float64, and in float32 come out up to 1.2e-7 away.
    private static final double LOSS = 2e-6;

    @ParameterizedTest
    @ValueSource(strings = {"stories260K-hf", "tinystories-656K"})
    void theLossOfEachBatchEqualsTheReference(String name) {
        JsonNode losses = reference(name).get("batch_losses_at_init_f64");
        try (Decoder decoder = decoder(name)) {
            List<PaddedRows> batches = batches(name);
            for (int i = 0; i < batches.size(); i++) {
                assertThat(batches.get(i).loss(decoder))
                        .isCloseTo(losses.get(i).doubleValue(), within(LOSS));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stories260K-hf", "tinystories-656K"})
    void gradientNormsOfTheFirstBatchAndOfAllBatchesTogetherEqualTheReference(String name) {
        JsonNode reference = reference(name);
        try (Decoder decoder = decoder(name)) {
            decoder.parameters().forEach(p -> p.train(true));
            List<PaddedRows> batches = batches(name);
            backward(decoder, batches.getFirst(), batches.getFirst().labels());
            JsonNode first = reference.get("full_finetune_f64").get("log").get(0);
            assertThat(norm(decoder.parameters()))
                    .isCloseTo(first.get("grad_norm_before_clip").doubleValue(), within(1e-4));
            decoder.parameters().forEach(Parameter::clearGradient);
            double labels = batches.stream().mapToInt(PaddedRows::labels).sum();
            double loss = 0;
            for (PaddedRows batch : batches) {
                loss += backward(decoder, batch, labels);
            }
            JsonNode all = reference.get("accumulated_token_weighted_f64");
            assertThat(loss).isCloseTo(all.get("loss").doubleValue(), within(LOSS));
            assertThat(norm(decoder.parameters()))
                    .isCloseTo(all.get("grad_norm").doubleValue(), within(1e-4));
        }
    }

    @Test
    void theGradientOfEveryParameterEqualsTheReference() {
        Path file = folder("stories260K-hf").resolve("grads-batch3-step0.safetensors");
        try (Reference expected = new Reference(file);
                Decoder decoder = decoder("stories260K-hf")) {
            decoder.parameters().forEach(p -> p.train(true));
            PaddedRows batch = batches("stories260K-hf").get(3);
            backward(decoder, batch, batch.labels());
            expected.assertGradients("", decoder.parameters(), 1e-5);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "stories260K-hf, lora-qv-r4",
        "stories260K-hf, lora-all-r8-rslora",
        "stories260K-hf, dora-qv-r4",
        "tinystories-656K, lora-qv-r4",
        "tinystories-656K, lora-all-r8-rslora",
        "tinystories-656K, dora-qv-r4"
    })
    void adaptersBeginAndEndWhereTheReferenceDoes(String name, String run) {
        JsonNode reference = reference(name).get(run);
        JsonNode first = reference.get("log").get(0);
        try (Decoder decoder = decoder(name)) {
            PaddedRows batch = batches(name).getFirst();
            try (Adapter adapter = Adapter.load(folder(name).resolve(run + "-init"), decoder)) {
                adapter.attach();
                List<Parameter> training = adapter.train();
                assertThat(backward(decoder, batch, batch.labels()))
                        .isCloseTo(first.get("loss").doubleValue(), within(LOSS));
                assertThat(norm(training))
                        .isCloseTo(first.get("grad_norm_before_clip").doubleValue(), within(1e-4));
            }
            try (Adapter adapter = Adapter.load(folder(name).resolve(run + "-step20"), decoder)) {
                adapter.attach();
                Reference.assertClose(
                        "adapter_last_logits",
                        ReferenceModelTest.lastLogits(
                                decoder, Json.ints(reference.get("prompt_ids"))),
                        Json.floats(reference.get("adapter_last_logits")),
                        1e-4);
            }
        }
    }

    /// After 20 steps over 5 batches the log's next loss is not recorded; the weights must load as
    /// a model of their own, and have learned the batches.
    @Test
    void weightsAfterTwentyStepsLoadAndHaveLearned(@TempDir Path tmp) throws IOException {
        String name = "stories260K-hf";
        Files.copy(SharedData.path("models/" + name + "/config.json"), tmp.resolve("config.json"));
        Files.copy(
                folder(name).resolve("weights-after-20-steps.safetensors"),
                tmp.resolve("model.safetensors"));
        JsonNode log = reference(name).get("full_finetune_f64").get("log");
        try (Decoder decoder = Decoder.load(tmp, Dtype.FLOAT32, Device.CPU)) {
            double last = log.get(15).get("loss").doubleValue();
            assertThat(batches(name).getFirst().loss(decoder)).isLessThan(last);
        }
    }

    private static double backward(Decoder decoder, PaddedRows batch, double count) {
        try (var _ = Scope.open("batch");
                Tape tape = Tape.recording()) {
            return batch.backward(tape, decoder, decoder.hidden(tape, batch.batch()), count);
        }
    }

    private static double norm(List<Parameter> parameters) {
        double sum = 0;
        for (Parameter parameter : parameters) {
            for (float g : parameter.gradient().orElseThrow().floats()) {
                sum += (double) g * g;
            }
        }
        return Math.sqrt(sum);
    }

    private static List<PaddedRows> batches(String name) {
        List<PaddedRows> batches = new ArrayList<>();
        for (JsonNode of : Json.read(folder(name).resolve("batches.json"))) {
            batches.add(
                    new PaddedRows(
                            of.get("input_ids").size(),
                            Json.ints(of.get("input_ids")),
                            Json.ints(of.get("attention_mask")),
                            Json.ints(of.get("labels"))));
        }
        return batches;
    }

    private static JsonNode reference(String name) {
        return Json.read(folder(name).resolve("reference.json"));
    }

    private static Path folder(String name) {
        return SharedData.path("models/reference-training/" + name);
    }

    private static Decoder decoder(String name) {
        return Decoder.load(SharedData.path("models/" + name), Dtype.FLOAT32, Device.CPU);
    }
}
