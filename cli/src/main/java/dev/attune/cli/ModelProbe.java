package dev.attune.cli;

import dev.attune.base.AttuneException;
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
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import tools.jackson.databind.json.JsonMapper;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/// `attune model probe`: the raw numbers of a model, to hold it against another implementation.
@Command(
        name = "probe",
        description = {
            "Computes log-probabilities, logits and greedy tokens for token ids.",
            "",
            "token_logprobs  natural log-probability of each id but the first",
            "last_logits     logits of the token behind the last id",
            "greedy          the ids that follow, each the likeliest; no id ends the text"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Examples:",
            "  attune model probe models/SmolLM2-135M --ids 5,7,9",
            "  attune model probe models/base --adapter run1/adapter --ids 5,7,9 --json"
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
            converter = TokenIds.Converter.class,
            paramLabel = "ID,ID,...",
            description = "Token ids, separated by commas.")
    private TokenIds tokens = new TokenIds(List.of());

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
        Path folder = model.weights();
        checkOptions();
        try (Decoder decoder = Decoder.load(folder, dtype.dtype, Device.CPU)) {
            if (adapter == null) {
                return probe(decoder);
            }
            // The scope frees the shapes that are looked at while the adapter is checked.
            try (var _ = Scope.open("adapter");
                    Adapter loaded = Adapter.load(adapter, decoder)) {
                loaded.attach();
                return probe(decoder);
            }
        }
    }

    /// What can be refused before a model is loaded.
    private void checkOptions() {
        if (maxNewTokens < 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--max-new-tokens is " + maxNewTokens + ", expected 0 or more.");
        }
        if (adapter != null && !Files.isDirectory(adapter)) {
            String what = Files.exists(adapter) ? "is no folder" : "does not exist";
            throw AttuneException.user("The adapter " + adapter + " " + what + ".")
                    .fix("Give the folder that holds adapter_config.json.");
        }
    }

    private int probe(Decoder decoder) {
        TokenGenerator generator = TokenGenerator.of(decoder);
        float[] logProbs = generator.score(tokens.ids());
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
            int[] ids = tokens.ids().stream().mapToInt(Integer::intValue).toArray();
            Documents documents = Documents.ofLengths(ids.length);
            Value hidden = decoder.hidden(tape, Batch.of(ids, documents, decoder.device()));
            return decoder.head().logits(hidden.data().narrow(0, ids.length - 1L, 1)).floats();
        }
    }

    private List<Integer> greedy(TokenGenerator generator) {
        var request = new GenerationRequest(tokens.ids(), SamplingConfig.greedy(maxNewTokens));
        GenerationResult result = generator.generate(List.of(request)).getFirst();
        return result.ids();
    }

    private void print(PrintWriter out, float[] logProbs, float[] last, List<Integer> greedy) {
        out.printf("%8s  %s%n", "id", "log-probability");
        for (int i = 0; i < tokens.ids().size(); i++) {
            String logProb = i == 0 ? "" : String.format(Locale.ROOT, "  %.6f", logProbs[i - 1]);
            out.printf("%8d%s%n", tokens.ids().get(i), logProb);
        }
        out.printf("%nlikeliest next%n");
        IntStream.range(0, last.length)
                .boxed()
                .sorted((a, b) -> Float.compare(last[b], last[a]))
                .limit(5)
                .forEach(id -> out.printf(Locale.ROOT, "%8d  logit %.6f%n", id, last[id]));
        out.printf("%ngreedy  %s%n", greedy.toString().replaceAll("[\\[\\] ]", ""));
    }
}
