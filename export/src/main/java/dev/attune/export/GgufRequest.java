package dev.attune.export;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A GGUF file to make.
///
/// @param base the folder of the base model
/// @param adapter the folder of an adapter that is merged into it, if there is one
/// @param target the folder to write
/// @param quant what weights are rounded to
/// @param overwrite whether a model that stands at the target may be replaced
/// @param ollama whether a Modelfile for Ollama stands beside the file
/// @param check whether the file is held against the model, which takes both in memory
/// @param rows what it is held against the model on
/// @param importance where it is known from which columns of weights matter, if it is
/// @param name what the file calls the model; if empty, the name of the target
public record GgufRequest(
        Path base,
        Optional<Path> adapter,
        Path target,
        GgufQuant quant,
        boolean overwrite,
        boolean ollama,
        boolean check,
        ParityRows rows,
        Optional<ImportanceSource> importance,
        Optional<String> name) {
    private static final List<String> TOKENIZERS =
            List.of("tokenizer.json", "tokenizer.model", "vocab.json");

    /// A request of that kind, nothing overwritten, nothing checked.
    public static GgufRequest of(Path base, Optional<Path> adapter, Path target, GgufQuant quant) {
        return new GgufRequest(
                base,
                adapter,
                target,
                quant,
                false,
                false,
                false,
                ParityRows.NONE,
                Optional.empty(),
                Optional.empty());
    }

    /// The same, rounded nearest where it matters most.
    public GgufRequest weighted(ImportanceSource source) {
        return new GgufRequest(
                base,
                adapter,
                target,
                quant,
                overwrite,
                ollama,
                check,
                rows,
                Optional.of(source),
                name);
    }

    /// The same, checked on a text of made-up ids.
    public GgufRequest checked() {
        return checkedOn(ParityRows.NONE);
    }

    /// The same, checked on these rows.
    public GgufRequest checkedOn(ParityRows texts) {
        return new GgufRequest(
                base, adapter, target, quant, overwrite, ollama, true, texts, importance, name);
    }

    /// The same with a Modelfile.
    public GgufRequest forOllama() {
        return new GgufRequest(
                base, adapter, target, quant, overwrite, true, check, rows, importance, name);
    }

    String modelName() {
        return name.orElseGet(
                () -> String.valueOf(target.toAbsolutePath().normalize().getFileName()));
    }

    /// Where tokenizer and chat template are: beside the adapter if it brought its own, as what a
    /// run made does.
    public Path textFolder() {
        return adapter.filter(folder ->
                        TOKENIZERS.stream()
                                .anyMatch(name -> Files.isRegularFile(folder.resolve(name))))
                .orElse(base);
    }

    String fileName() {
        return "model-" + quant.label() + ".gguf";
    }

    /// The same as a model folder would be asked for.
    ExportRequest asExport() {
        return new ExportRequest(
                base, adapter, target, ExportFormat.HUGGING_FACE, ExportOptions.usual());
    }
}
