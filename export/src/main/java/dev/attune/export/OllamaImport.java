package dev.attune.export;

import dev.attune.base.AttuneException;
import dev.attune.format.PendingFolder;

import tools.jackson.databind.node.ObjectNode;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Writes a model folder that Ollama imports by itself: weights as safetensors, and a Modelfile
/// whose FROM is the folder.
///
/// Ollama makes its own file of it, and rounds it if asked to (`ollama create --quantize`). It does
/// so for fewer architectures than it runs from GGUF files. Not thread-safe.
public final class OllamaImport {
    /// What Ollama's converter knows of the architectures here.
    private static final List<String> IMPORTED =
            List.of(
                    "LlamaForCausalLM",
                    "MixtralForCausalLM",
                    "Qwen2ForCausalLM",
                    "GemmaForCausalLM",
                    "Gemma2ForCausalLM",
                    "Gemma3ForCausalLM",
                    "Phi3ForCausalLM",
                    "CohereForCausalLM");

    private final LocalDateTime now;
    private final OllamaOptions options;

    /// @param now the time that chat templates tell when they are tried
    public OllamaImport(LocalDateTime now, OllamaOptions options) {
        this.now = now;
        this.options = options;
    }

    /// What was written.
    ///
    /// @param notes what a user should know of the Modelfile
    public record Outcome(ExportReport report, List<String> notes) {
        /// Copies the list.
        public Outcome {
            notes = List.copyOf(notes);
        }
    }

    /// Writes the target, complete or not at all.
    ///
    /// @param request for a model folder
    /// @throws AttuneException as [ModelExport#export], and of kind USER if Ollama does not import
    ///   the architecture
    public Outcome export(ExportRequest request, ExportProgress progress) {
        requireImported(request.base());
        List<String> notes = new ArrayList<>();
        ExportReport report =
                new ModelExport()
                        .export(request, progress, folder -> write(request, folder, notes));
        return new Outcome(report, notes);
    }

    private void write(ExportRequest request, PendingFolder folder, List<String> notes) {
        // The folder has the tokenizer and the chat template of the result.
        OllamaFiles files = OllamaFiles.of(".", folder.path(), request.base(), options, now);
        notes.addAll(files.notes());
        folder.write("Modelfile", files.modelfile().getBytes(StandardCharsets.UTF_8));
        String name = String.valueOf(request.target().toAbsolutePath().normalize().getFileName());
        // README.md is the card of the model.
        folder.write("OLLAMA.md", OllamaFiles.readme(name).getBytes(StandardCharsets.UTF_8));
    }

    private static void requireImported(Path base) {
        Optional<ObjectNode> config = JsonFile.read(base.resolve("config.json"));
        String architecture =
                config.map(json -> json.path("architectures").path(0).asString("")).orElse("");
        if (!IMPORTED.contains(architecture)) {
            throw AttuneException.user(
                            "Ollama imports no %s from safetensors; it imports %s."
                                    .formatted(
                                            architecture.isEmpty()
                                                    ? "model without an architecture"
                                                    : architecture,
                                            String.join(", ", IMPORTED)))
                    .at(base.resolve("config.json"))
                    .fix("Leave --safetensors out: the GGUF file needs no import.");
        }
    }
}
