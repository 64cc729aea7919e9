package dev.attune.bench;

import dev.attune.model.Adapter;
import dev.attune.model.Batch;
import dev.attune.model.Decoder;
import dev.attune.model.Family;
import dev.attune.model.LoraConfig;
import dev.attune.model.Pass;
import dev.attune.model.Regularization;
import dev.attune.tensor.AdamW;
import dev.attune.tensor.Device;
import dev.attune.tensor.Documents;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Generator;
import dev.attune.tensor.OpTimes;
import dev.attune.tensor.Optimizer;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tape;
import dev.attune.tensor.Tensor;
import dev.attune.tensor.TokenLogProbs;
import dev.attune.tensor.Value;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import tools.jackson.databind.json.JsonMapper;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;

/// Times whole training steps: forward, backward, AdamW.
@Command(
        name = "step",
        description = "Times training steps of a 135M model with random weights.",
        footer = {
            "",
            "Example:",
            "  bench/run step --json --dtype bfloat16 --batch 4 --length 256"
        },
        mixinStandardHelpOptions = true)
final class StepBench implements Callable<Integer> {
    enum Tuning {
        lora,
        full
    }

    enum Type {
        float32,
        bfloat16
    }

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Option(
            names = "--dtype",
            defaultValue = "bfloat16",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Type dtype = Type.bfloat16;

    @Option(
            names = "--tuning",
            defaultValue = "lora",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Tuning tuning = Tuning.lora;

    @Option(
            names = "--batch",
            defaultValue = "4",
            description = "Rows of a batch (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(
            names = "--length",
            defaultValue = "256",
            description = "Tokens of a row (default: ${DEFAULT-VALUE}).")
    private int length;

    @Option(
            names = "--steps",
            defaultValue = "8",
            description = "Timed steps, after two others (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(
            names = "--lora-dropout",
            defaultValue = "0",
            description = "Share of its inputs that an adapter loses (default: ${DEFAULT-VALUE}).")
    private double loraDropout;

    @Option(
            names = "--gradient-checkpointing",
            description = "Keep each layer's input alone and run it again in backward.")
    private boolean gradientCheckpointing;

    private static final int RANK = 16;
    private static final int WARM_UP = 2;

    @Override
    public Integer call() {
        requirePositive("--batch", batch);
        requirePositive("--length", length);
        requirePositive("--steps", steps);
        Dtype type = dtype == Type.bfloat16 ? Dtype.BFLOAT16 : Dtype.FLOAT32;
        OpTimes times = new OpTimes();
        try (Generator generator = Generator.seeded(1);
                Decoder decoder =
                        Decoder.random(
                                Family.LLAMA, SmallModel.config(), generator, type, Device.CPU)) {
            try (GemmRate gemm = new GemmRate(generator, type, Device.CPU)) {
                List<Double> seconds = timedSteps(decoder, generator, gemm, times);
                report(gemm.gigaflops(), seconds.stream().sorted().toList(), times);
            }
        }
        return 0;
    }

    private void requirePositive(String option, int value) {
        if (value <= 0) {
            throw new ParameterException(
                    spec.commandLine(), option + " is " + value + ", expected at least 1.");
        }
    }

    private List<Double> timedSteps(
            Decoder decoder, Generator generator, GemmRate gemm, OpTimes times) {
        List<Double> seconds = new ArrayList<>();
        try (Trained trained = trained(decoder, generator)) {
            for (int step = 1; step <= WARM_UP + steps; step++) {
                boolean timed = step > WARM_UP;
                long start = System.nanoTime();
                step(decoder, trained, step, timed ? times : new OpTimes());
                if (timed) {
                    seconds.add((System.nanoTime() - start) / 1e9);
                    gemm.measure();
                }
            }
        }
        return seconds;
    }

    private Trained trained(Decoder decoder, Generator generator) {
        List<AutoCloseable> owned = new ArrayList<>();
        List<Parameter> training =
                switch (tuning) {
                    case lora -> {
                        LoraConfig config =
                                LoraConfig.of(RANK, 2.0 * RANK, LoraConfig.Targets.allLinear());
                        Adapter adapter = Adapter.fresh(config, decoder, generator);
                        adapter.attach();
                        owned.add(adapter);
                        yield adapter.train();
                    }
                    case full -> {
                        decoder.parameters().forEach(p -> p.train(true));
                        yield decoder.parameters();
                    }
                };
        return new Trained(training, Optimizer.of(AdamW.DEFAULTS, training), owned);
    }

    private record Trained(
            List<Parameter> parameters, Optimizer optimizer, List<AutoCloseable> owned)
            implements AutoCloseable {
        @Override
        public void close() {
            parameters.forEach(Parameter::clearGradient);
            optimizer.close();
            for (AutoCloseable each : owned) {
                try {
                    each.close();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    private void step(Decoder decoder, Trained trained, int step, OpTimes times) {
        try (var _ = Scope.open("step");
                Tape tape = Tape.timed(times)) {
            int tokens = batch * length;
            RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(step);
            int[] ids = random.ints(tokens, 0, SmallModel.VOCABULARY).toArray();
            int[] targets = random.ints(tokens, 0, SmallModel.VOCABULARY).toArray();
            Documents documents = Documents.uniform(batch, length);
            Pass pass = new Pass(new Regularization(loraDropout, 0), step, gradientCheckpointing);
            Value hidden = decoder.hidden(tape, Batch.of(ids, documents, Device.CPU), pass);
            TokenLogProbs.Labels labels =
                    new TokenLogProbs.Labels(
                            Tensor.indices(IntStream.range(0, tokens).toArray(), Device.CPU),
                            Tensor.indices(targets, Device.CPU));
            Tensor meanLoss = Tensor.full(-1.0 / tokens, Dtype.FLOAT32, Device.CPU, tokens);
            Value logProbs =
                    TokenLogProbs.apply(tape, hidden, decoder.head(pass), labels, meanLoss);
            tape.backward(logProbs, meanLoss);
        }
        long start = System.nanoTime();
        trained.optimizer.step(1e-4);
        trained.optimizer.zeroGrad();
        times.add("adamw", System.nanoTime() - start);
    }

    private void report(double gemm, List<Double> sorted, OpTimes times) {
        double seconds = sorted.get(sorted.size() / 2);
        double tokens = (double) batch * length;
        double parameters = SmallModel.parameters(SmallModel.VOCABULARY);
        double flop = (tuning == Tuning.lora ? 4 : 6) * parameters * tokens;
        double rate = flop / seconds / 1e9;
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("gemm_gflops", round(gemm, 1));
            fields.put("step_gflops", round(rate, 1));
            fields.put("share", round(rate / gemm, 3));
            fields.put("tokens_per_second", round(tokens / seconds, 1));
            fields.put("peak_mb", Memory.peakMegabytes());
            fields.put("step_seconds", round(seconds, 3));
            out.println(JsonMapper.shared().writeValueAsString(fields));
        } else {
            out.printf(
                    "%s %s, %d x %d tokens, %.0fM parameters%n",
                    dtype, tuning, batch, length, parameters / 1e6);
            out.printf("GEMM        %8.1f GFLOP/s%n", gemm);
            out.printf("step        %8.1f GFLOP/s, share %.3f%n", rate, rate / gemm);
            out.printf("speed       %8.1f tokens/s, %.3f s a step%n", tokens / seconds, seconds);
            out.printf(
                    "steps       %8.3f to %.3f s, median %.3f%n",
                    sorted.getFirst(), sorted.getLast(), seconds);
            out.printf("peak memory %8d MB%n%n", Memory.peakMegabytes());
            out.printf("%-28s %8s %10s %7s%n", "operation", "calls", "ms/step", "share");
            for (OpTimes.Row row : times.rows()) {
                double millis = row.nanos() / 1e6 / steps;
                out.printf(
                        "%-28s %8d %10.1f %6.1f%%%n",
                        row.name(), row.calls() / steps, millis, millis / seconds / 10);
            }
        }
        out.flush();
    }

    private static double round(double value, int digits) {
        double unit = Math.pow(10, digits);
        return Math.rint(value * unit) / unit;
    }
}
