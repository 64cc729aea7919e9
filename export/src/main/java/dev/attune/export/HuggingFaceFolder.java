package dev.attune.export;

import dev.attune.format.Checkpoint;
import dev.attune.format.CheckpointWriter;
import dev.attune.format.IoFault;
import dev.attune.format.PendingFolder;
import dev.attune.model.CompanionFiles;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// Writes a model folder as transformers saves it.
///
/// ```
/// config.json                      the base's, but for what the weights make untrue
/// model.safetensors                or shards with model.safetensors.index.json
/// tokenizer..., generation_config  the base's, byte for byte
/// chat_template.jinja              also where the base has it inside another file only
/// README.md                        a card
/// ```
///
/// @param base the folder of the base
/// @param options how to write
record HuggingFaceFolder(Path base, ExportOptions options) {
    private static final String JINJA = "chat_template.jinja";

    /// Writes all of it.
    void write(
            PendingFolder folder,
            Checkpoint checkpoint,
            MergePlan plan,
            ModelCard card,
            ExportProgress progress) {
        writeModel(folder, checkpoint, plan, progress);
        CompanionFiles.of(base).forEach((name, file) -> folder.write(name, bytes(file)));
        template().ifPresent(t -> folder.write(JINJA, t.getBytes(StandardCharsets.UTF_8)));
        folder.write("README.md", card.ofModel());
    }

    /// Writes the weights and the configuration alone: what a decoder is loaded from.
    void writeModel(
            PendingFolder folder, Checkpoint checkpoint, MergePlan plan, ExportProgress progress) {
        var specs = plan.outputs().stream().map(MergePlan.Output::spec).toList();
        try (CheckpointWriter writer =
                CheckpointWriter.create(
                        folder.path(), specs, Map.of("format", "pt"), options.maxShardBytes())) {
            new Merge(checkpoint, plan).writeTo(writer, progress);
            writer.finish();
        }
        folder.write("config.json", config(plan.untied()));
    }

    /// The template that the base has inside a JSON file only.
    private Optional<String> template() {
        if (Files.exists(base.resolve(JINJA))) {
            return Optional.empty();
        }
        return Stream.of("tokenizer_config.json", "chat_template.json")
                .flatMap(name -> JsonFile.read(base.resolve(name)).stream())
                .map(json -> json.path("chat_template"))
                .flatMap(node -> text(node).stream())
                .findFirst();
    }

    /// A template as it is, or the one called default in a list of them.
    private static Optional<String> text(JsonNode node) {
        if (node.isString()) {
            return Optional.of(node.stringValue());
        }
        return StreamSupport.stream(node.spliterator(), false)
                .filter(n -> n.path("name").asString("").equals("default"))
                .map(n -> n.path("template"))
                .filter(JsonNode::isString)
                .map(JsonNode::stringValue)
                .findFirst();
    }

    /// The base's own text but for the keys that the weights make untrue.
    private byte[] config(boolean untied) {
        byte[] before = bytes(base.resolve("config.json"));
        String text = new String(before, StandardCharsets.UTF_8);
        ObjectNode config = JsonFile.read(base.resolve("config.json")).orElseThrow();
        if (options.dtype().isPresent()) {
            String type = '"' + options.dtype().get().torchName() + '"';
            for (String key : typeKeys(config)) {
                text = JsonFile.with(text, key, type);
            }
        }
        if (untied) {
            text = JsonFile.with(text, "tie_word_embeddings", "false");
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// Older programs write `torch_dtype`, newer ones `dtype`.
    private static List<String> typeKeys(ObjectNode config) {
        List<String> present = Stream.of("dtype", "torch_dtype").filter(config::has).toList();
        return present.isEmpty() ? List.of("torch_dtype") : present;
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw IoFault.reading(file, e);
        }
    }
}
