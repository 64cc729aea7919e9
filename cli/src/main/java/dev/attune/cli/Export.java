package dev.attune.cli;

import dev.attune.base.AttuneException;
import dev.attune.export.ExportFormat;
import dev.attune.export.ExportOptions;
import dev.attune.export.ExportProgress;
import dev.attune.export.ExportReport;
import dev.attune.export.ExportRequest;
import dev.attune.export.GgufExport;
import dev.attune.export.GgufQuant;
import dev.attune.export.GgufReport;
import dev.attune.export.GgufRequest;
import dev.attune.export.ModelExport;
import dev.attune.export.OllamaImport;
import dev.attune.export.ParityRows;
import dev.attune.tensor.Dtype;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/// `attune export`: what was tuned, in the format of another program.
@Command(
        name = "export",
        description = {
            "Writes what was tuned for another program, and checks its logits.",
            "",
            "hf    a model folder as transformers reads it, the adapter merged into the weights",
            "peft  the adapter alone, as PEFT reads it",
            "gguf  one file for llama.cpp and LM Studio, rounded to --quant",
            "ollama  the same with a Modelfile; --create NAME has Ollama make the model",
            "gguf-lora  the adapter alone, for llama.cpp to put beside the base's file"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Examples:",
            "  attune export run1 --to hf -o out/merged",
            "  attune export run1/adapter --base models/base --to peft -o out/adapter --json",
            "  attune export run1 --to gguf --quant q4_k_m -o out/gguf",
            "  attune export run1 --to gguf --quant iq4_xs --imatrix auto -o out/small",
            "  attune export run1 --to gguf-lora -o out/gguf-lora",
            "  attune export run1 --to ollama --quant q4_k_m -o out/ollama",
            "  attune export run1 --to ollama --safetensors --data heldout.jsonl -o out/ollama"
        })
final class Export implements Callable<Integer> {
    enum Format {
        hf,
        peft,
        gguf,
        gguf_lora("gguf-lora"),
        ollama;

        private final String written;

        Format() {
            this.written = name();
        }

        Format(String written) {
            this.written = written;
        }

        /// As users write it.
        @Override
        public String toString() {
            return written;
        }
    }

    enum Type {
        float32(Dtype.FLOAT32),
        bfloat16(Dtype.BFLOAT16),
        float16(Dtype.FLOAT16);

        private final Dtype dtype;

        Type(Dtype dtype) {
            this.dtype = dtype;
        }
    }

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
            index = "0",
            paramLabel = "RUN|ADAPTER|MODEL",
            description =
                    "Folder of a run, of a PEFT adapter, or of a whole model; or a .gguf file of"
                            + " an adapter or a model.")
    private String source = "";

    @Option(
            names = "--base",
            paramLabel = "MODEL",
            description = "Folder of the model that the adapter was trained on.")
    private @Nullable String base;

    @Option(
            names = "--to",
            required = true,
            paramLabel = "FORMAT",
            description = "${COMPLETION-CANDIDATES}.")
    private Format to = Format.hf;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "DIR",
            description = "Folder to write; it appears complete or not at all.")
    private Path output = Path.of("");

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            description = "${COMPLETION-CANDIDATES}; as the weights are stored if left out.")
    private @Nullable Type dtype;

    @Option(
            names = "--quant",
            paramLabel = "TYPE",
            description = {
                "What gguf rounds weights to: f32, f16, bf16, q8_0 (used if left out), q6_k,"
                        + " q5_k_m, q4_k_m, q3_k_m, q2_k ..."
            })
    private @Nullable String quant;

    @Option(
            names = "--imatrix",
            paramLabel = "FILE|auto",
            description =
                    "Which columns of weights gguf rounds nearest: a file of llama-imatrix, or auto"
                            + " for what matters on the rows that the run learned.")
    private @Nullable String imatrix;

    @Option(
            names = "--data",
            paramLabel = "FILE",
            description =
                    "Rows that gguf is held against the model on and Ollama's chat template is"
                            + " tried on; those of the run if left out.")
    private @Nullable Path data;

    @Option(
            names = "--no-check",
            description = "Do not hold gguf against the model, which takes the weights in memory.")
    private boolean unchecked;

    @Mixin private ExportOllama ollama = new ExportOllama();

    @Option(names = "--overwrite", description = "Replace a model or adapter that stands there.")
    private boolean overwrite;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (to == Format.ollama) {
            ollama(out);
            return 0;
        }
        ollama.requireNone(to.toString());
        if (to == Format.gguf) {
            LocalDateTime now = LocalDateTime.now(ZoneId.systemDefault());
            GgufReport report = new GgufExport(now, threads()).export(gguf(), progress());
            ExportGguf.print(report, Optional.empty(), json, out);
            return 0;
        }
        ExportReport report = new ModelExport().export(request(), progress());
        ExportFolder.print(report, List.of(), Optional.empty(), json, out);
        return 0;
    }

    private void ollama(PrintWriter out) {
        if (ollama.isImport()) {
            imported(out);
            return;
        }
        GgufRequest request = gguf();
        ollama.requireReady(spec);
        OllamaRows rows = ollama.rows(ModelArgument.weights(source, spec), data, spec);
        LocalDateTime now = LocalDateTime.now(ZoneId.systemDefault());
        GgufExport export = new GgufExport(now, threads()).with(ollama.options(rows));
        GgufReport report = export.export(request, progress());
        ExportGguf.print(report, ollama.created(report.folder(), rows, spec), json, out);
    }

    private void imported(PrintWriter out) {
        if (quant != null) {
            throw AttuneException.user("--quant does not go with --safetensors.")
                    .fix("Let Ollama round it: ollama create NAME -f Modelfile --quantize q4_K_M");
        }
        ExportRequest request = request();
        ollama.requireReady(spec);
        OllamaRows rows = ollama.rows(ModelArgument.weights(source, spec), data, spec);
        LocalDateTime now = LocalDateTime.now(ZoneId.systemDefault());
        OllamaImport.Outcome written =
                new OllamaImport(now, ollama.options(rows)).export(request, progress());
        Path folder = written.report().folder();
        ExportFolder.print(
                written.report(), written.notes(), ollama.created(folder, rows, spec), json, out);
    }

    private static int threads() {
        return Runtime.getRuntime().availableProcessors();
    }

    private GgufRequest gguf() {
        if (dtype != null) {
            throw AttuneException.user("--dtype does not go with --to %s.".formatted(to))
                    .fix("Name the type with --quant: f32, f16, bf16, q8_0, q4_k_m ...");
        }
        ExportSource from = ExportSource.of(source, Optional.ofNullable(base), spec);
        GgufQuant rounded = quant == null ? GgufQuant.Q8_0 : GgufQuant.of(quant);
        GgufRequest request =
                new GgufRequest(
                        from.model(),
                        from.adapter(),
                        output,
                        rounded,
                        overwrite,
                        to == Format.ollama,
                        !unchecked,
                        ParityRows.NONE,
                        Optional.empty(),
                        Optional.empty());
        ExportRows rows = new ExportRows(spec);
        if (imatrix != null) {
            request = request.weighted(rows.importance(imatrix, from.run()));
        }
        return unchecked
                ? request
                : request.checkedOn(
                        rows.of(Optional.ofNullable(data), request.textFolder(), from.run()));
    }

    private ExportRequest request() {
        if (imatrix != null) {
            throw AttuneException.user("--imatrix goes with --to gguf and ollama only.")
                    .fix("Leave it out: %s rounds no blocks.".formatted(to));
        }
        if (data != null && to != Format.ollama) {
            throw AttuneException.user("--data goes with --to gguf and ollama only.")
                    .fix("Leave it out: %s is checked by its logits.".formatted(to));
        }
        if (quant != null) {
            throw AttuneException.user("--quant goes with --to gguf and ollama only.")
                    .fix("Name the type of %s with --dtype.".formatted(to));
        }
        ExportOptions options = ExportOptions.usual();
        if (overwrite) {
            options = options.overwriting();
        }
        if (dtype != null) {
            options = options.typed(dtype.dtype);
        }
        ExportSource from = ExportSource.of(source, Optional.ofNullable(base), spec);
        ExportFormat format =
                switch (to) {
                    case hf, ollama -> ExportFormat.HUGGING_FACE;
                    case peft -> ExportFormat.PEFT;
                    case gguf_lora -> ExportFormat.GGUF_LORA;
                    case gguf -> throw new IllegalStateException("no folder: " + to);
                };
        return new ExportRequest(from.model(), from.adapter(), output, format, options);
    }

    /// A line at each tenth of the way.
    private ExportProgress progress() {
        PrintWriter err = spec.commandLine().getErr();
        return (tensor, done, total) -> {
            if (done * 10L / total != (done - 1) * 10L / total) {
                err.println("%d of %d tensors, %s".formatted(done, total, tensor));
                err.flush();
            }
        };
    }
}
