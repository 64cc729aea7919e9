package dev.attune.cli;

import dev.attune.generate.GenerationRequest;
import dev.attune.generate.GenerationResult;
import dev.attune.generate.SamplingConfig;
import dev.attune.generate.TokenGenerator;
import dev.attune.model.Adapter;
import dev.attune.model.Batch;
import dev.attune.model.Decoder;
import dev.attune.tensor.Device;
import dev.attune.tensor.Documents;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tape;
import dev.attune.tensor.Value;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import tools.jackson.databind.json.JsonMapper;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/// `attune model probe`: the raw numbers of a model, to hold it against another implementation.
@Command(
        name = "probe",
        description = {
            "Computes log-probabilities, logits and greedy tokens for token ids.",
            "",
            "token_logprobs  natural log-probability of each id but the first, given those before",
            "last_logits     logits of the token behind the last id",
            "greedy          the ids that follow, each the most likely; end-of-text is not special"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Examples:",
            "  attune model probe models/SmolLM2-135M --ids 504,3575,282 --json",
            "  attune model probe models/base --adapter run1/adapter --ids 5,7,9 --dtype bfloat16"
        })
final class ModelProbe implements Callable<Integer> {
    enum Type {
        float32(Dtype.FLOAT32),
        bfloat16(Dtype.BFLOAT16);

        private final Dtype dtype;

        Type(Dtype dtype) {
            this.dtype = dtype;
        }
    }

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private ModelArgument model = new ModelArgument();

    @Option(
            names = "--ids",
            required = true,
            split = ",",
            paramLabel = "ID",
            description = "Token ids, separated by commas.")
    private int[] ids = {};

    @Option(names = "--adapter", paramLabel = "DIR", description = "Folder of a PEFT adapter.")
    private @Nullable Path adapter;

    @Option(
            names = "--max-new-tokens",
            paramLabel = "N",
            defaultValue = "16",
            description = "How many tokens to go on with (default: ${DEFAULT-VALUE}).")
    private int maxNewTokens;

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            defaultValue = "float32",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Type dtype = Type.float32;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        Path folder = model.folder();
        try (Decoder decoder = Decoder.load(folder, dtype.dtype, Device.CPU)) {
            if (adapter == null) {
                return probe(decoder);
            }
            try (Adapter loaded = Adapter.load(adapter, decoder)) {
                loaded.attach();
                return probe(decoder);
            }
        }
    }

    private int probe(Decoder decoder) {
        TokenGenerator generator = TokenGenerator.of(decoder);
        float[] logProbs = generator.score(Arrays.stream(ids).boxed().toList());
        float[] last = lastLogits(decoder);
        List<Integer> greedy = maxNewTokens == 0 ? List.of() : greedy(generator);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("token_logprobs", logProbs);
            fields.put("last_logits", last);
            fields.put("greedy", greedy);
            out.println(JsonMapper.shared().writeValueAsString(fields));
        } else {
            print(out, logProbs, last, greedy);
        }
        out.flush();
        return 0;
    }

    private float[] lastLogits(Decoder decoder) {
        try (var _ = Scope.open("probe");
                Tape tape = Tape.off()) {
            Documents documents = Documents.ofLengths(ids.length);
            Value hidden = decoder.hidden(tape, Batch.of(ids, documents, decoder.device()));
            return decoder.head().logits(hidden.data().narrow(0, ids.length - 1L, 1)).floats();
        }
    }

    private List<Integer> greedy(TokenGenerator generator) {
        GenerationRequest request = GenerationRequest.of(ids, SamplingConfig.greedy(maxNewTokens));
        GenerationResult result = generator.generate(List.of(request)).getFirst();
        return result.ids();
    }

    private void print(PrintWriter out, float[] logProbs, float[] last, List<Integer> greedy) {
        out.printf("%8s  %s%n", "id", "log-probability");
        for (int i = 0; i < ids.length; i++) {
            out.printf("%8d  %s%n", ids[i], i == 0 ? "" : "%.6f".formatted(logProbs[i - 1]));
        }
        out.printf("%nlikeliest next%n");
        IntStream.range(0, last.length)
                .boxed()
                .sorted((a, b) -> Float.compare(last[b], last[a]))
                .limit(5)
                .forEach(id -> out.printf("%8d  logit %.6f%n", id, last[id]));
        out.printf("%ngreedy  %s%n", greedy);
    }
}
