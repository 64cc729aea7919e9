package dev.attune.model;

import dev.attune.tensor.Device;
import dev.attune.tensor.Documents;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Generator;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tape;
import dev.attune.tensor.Tensor;
import dev.attune.tensor.TokenLogProbs;
import dev.attune.tensor.Value;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// One forward and backward over three packed documents, and everything it gave.
final class LearningPass {
    private static final int[] LENGTHS = {11, 3, 7};

    private LearningPass() {}

    /// A model of that type.
    static Decoder decoder(Path folder, Dtype dtype) {
        return Decoder.load(folder, dtype, Device.CPU);
    }

    /// An adapter in mid-training: B is no longer zero.
    static Adapter adapter(Decoder decoder, boolean dora, LoraConfig.Targets targets) {
        LoraConfig config =
                new LoraConfig(
                        3,
                        6,
                        new LoraConfig.Scaling(false, dora),
                        targets,
                        Map.of(),
                        Map.of(),
                        List.of(),
                        "none");
        try (Generator generator = Generator.seeded(5);
                var _ = Scope.open("adapter")) {
            Adapter adapter = Adapter.fresh(config, decoder, generator);
            for (Parameter parameter : adapter.parameters()) {
                if (parameter.name().contains("lora_B")) {
                    Tensor data = parameter.data();
                    data.copyInPlace(
                            generator.normal(0, 0.1, Dtype.FLOAT32, Device.CPU, data.shape()));
                }
            }
            adapter.attach();
            return adapter;
        }
    }

    /// The log-probabilities, the gradient of every parameter, and the bytes held in between.
    record Outcome(Map<String, List<Float>> numbers, long savedBytes) {}

    static Outcome run(Decoder decoder, List<Parameter> parameters, Pass pass) {
        return run(decoder, parameters, pass, 0);
    }

    /// The same with the loss of the experts' balance added.
    static Outcome run(Decoder decoder, List<Parameter> parameters, Pass pass, double balance) {
        Map<String, List<Float>> numbers = new LinkedHashMap<>();
        try (RouterScores scores = new RouterScores();
                var _ = Scope.open("learning");
                Tape tape = Tape.recording()) {
            Value hidden = decoder.hidden(tape, batch(), pass, scores);
            Value logProbs = TokenLogProbs.apply(tape, hidden, decoder.head(pass), labels());
            numbers.put("log-probabilities", list(logProbs.data()));
            long savedBytes = tape.savedBytes();
            if (balance > 0) {
                Value uneven = scores.loadBalance(tape, 2);
                tape.seed(uneven, Tensor.full(balance, Dtype.FLOAT32, Device.CPU, 1));
            }
            long rows = logProbs.data().elements();
            tape.backward(logProbs, Tensor.full(-0.1, Dtype.FLOAT32, Device.CPU, rows));
            for (Parameter parameter : parameters) {
                parameter.gradient().ifPresent(g -> numbers.put(parameter.name(), list(g)));
                parameter.clearGradient();
            }
            return new Outcome(numbers, savedBytes);
        }
    }

    static Batch batch() {
        int tokens = Arrays.stream(LENGTHS).sum();
        int[] ids = IntStream.range(0, tokens).map(i -> (i * 7 + 3) % 16).toArray();
        return Batch.of(ids, Documents.ofLengths(LENGTHS), Device.CPU);
    }

    static TokenLogProbs.Labels labels() {
        return new TokenLogProbs.Labels(
                Tensor.indices(new int[] {1, 4, 5, 11, 15, 19}, Device.CPU),
                Tensor.indices(new int[] {2, 9, 0, 15, 7, 3}, Device.CPU));
    }

    static List<Float> list(Tensor tensor) {
        float[] floats = tensor.floats();
        return IntStream.range(0, floats.length).mapToObj(i -> floats[i]).toList();
    }
}
