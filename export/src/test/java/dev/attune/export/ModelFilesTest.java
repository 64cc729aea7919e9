package dev.attune.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.tensor.Dtype;
import dev.attune.testkit.LeakCheck;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What stands beside the weights of an exported model.
@ExtendWith(LeakCheck.class)
class ModelFilesTest {
    private static final String TEMPLATE = "{% for m in messages %}{{ m.content }}é{% endfor %}";

    @TempDir private Path folder = Path.of("");

    @BeforeEach
    void copyTheBase() throws IOException {
        Path reference = SharedData.path("reference/llama");
        Files.createDirectory(base());
        for (String name : List.of("config.json", "model.safetensors")) {
            Files.copy(reference.resolve(name), base().resolve(name));
        }
    }

    @Test
    void tokenizerAndGenerationConfigAreCopiedByteForByte() throws IOException {
        List<String> names =
                List.of(
                        "tokenizer.json",
                        "tokenizer.model",
                        "special_tokens_map.json",
                        "generation_config.json",
                        "chat_template.jinja",
                        "LICENSE");
        for (String name : names) {
            Files.writeString(base().resolve(name), "{ \"of\":  \"" + name + "\" }\r\n");
        }
        Files.writeString(base().resolve("optimizer.pt"), "not to be copied");
        ExportReport report = export(ExportOptions.usual());
        assertThat(report.files())
                .containsAll(names)
                .contains("README.md", "config.json", "model.safetensors")
                .doesNotContain("optimizer.pt");
        for (String name : names) {
            assertThat(target().resolve(name)).hasSameBinaryContentAs(base().resolve(name));
        }
    }

    @Test
    void aTemplateInsideTheTokenizersConfigAlsoGetsAFile() throws IOException {
        String config = "{\"chat_template\": \"" + TEMPLATE + "\"}";
        Files.writeString(base().resolve("tokenizer_config.json"), config);
        export(ExportOptions.usual());
        assertThat(target().resolve("chat_template.jinja")).hasContent(TEMPLATE);
        assertThat(target().resolve("tokenizer_config.json")).hasContent(config);
    }

    @Test
    void ofSeveralTemplatesTheDefaultGetsTheFile() throws IOException {
        Files.writeString(
                base().resolve("tokenizer_config.json"),
                "{\"chat_template\": [{\"name\": \"rag\", \"template\": \"r\"},"
                        + " {\"name\": \"default\", \"template\": \"d\"}]}");
        Path more = Files.createDirectory(base().resolve("additional_chat_templates"));
        Files.writeString(more.resolve("tool_use.jinja"), "t");
        export(ExportOptions.usual());
        assertThat(target().resolve("chat_template.jinja")).hasContent("d");
        assertThat(target().resolve("additional_chat_templates/tool_use.jinja")).hasContent("t");
    }

    @Test
    void theCardNamesBaseAndLicence() throws IOException {
        Files.writeString(
                base().resolve("README.md"), "---\nlanguage: en\nlicense: apache-2.0\n---\n# B\n");
        export(ExportOptions.usual().naming("org/tiny"));
        assertThat(target().resolve("README.md"))
                .content()
                .contains("base_model: \"org/tiny\"", "license: apache-2.0", "`org/tiny`");
    }

    @Test
    void theCardOfAMergeNamesTheMethod() {
        new ModelExport()
                .export(
                        ExportRequest.merged(
                                base(),
                                SharedData.path("reference/train-llama-dora/adapter_final"),
                                target()),
                        ExportProgress.none());
        assertThat(target().resolve("README.md"))
                .content()
                .contains(
                        "DoRA (LoRA) of rank 4, lora_alpha 8.0, merged into its weights",
                        "names no licence");
    }

    @Test
    void anotherTypeChangesOneKeyOfTheConfig() throws IOException {
        export(ExportOptions.usual().typed(Dtype.FLOAT16));
        String before = Files.readString(base().resolve("config.json")).strip();
        assertThat(target().resolve("config.json"))
                .hasContent(
                        before.replace(
                                "\"torch_dtype\": \"float32\"", "\"torch_dtype\": \"float16\""));
    }

    @Test
    void progressCountsEveryTensor() {
        List<String> told = new ArrayList<>();
        new ModelExport()
                .export(
                        ExportRequest.model(base(), target()),
                        (name, done, total) -> told.add(done + "/" + total + " " + name));
        assertThat(told).hasSize(21).last().asString().startsWith("21/21 ");
    }

    @Test
    void anOldModelIsReplacedWhenAskedTo() throws IOException {
        Files.createDirectory(target());
        Files.writeString(target().resolve("config.json"), "{}");
        Files.writeString(target().resolve("stale.txt"), "old");
        ExportReport report = export(ExportOptions.usual().overwriting());
        assertThat(report.files()).doesNotContain("stale.txt");
        assertThat(target().resolve("stale.txt")).doesNotExist();
        assertThat(folder).isDirectoryNotContaining("glob:**/.*");
    }

    @Test
    void anAdapterFolderIsWrittenAgainWithACard() {
        Path adapter = SharedData.path("reference/adapter-llama-embed");
        ExportReport report =
                new ModelExport()
                        .export(
                                ExportRequest.adapter(base(), adapter, target()),
                                ExportProgress.none());
        assertThat(report.files())
                .containsExactly("README.md", "adapter_config.json", "adapter_model.safetensors");
        assertThat(report.check().largest()).isZero();
        assertThat(target().resolve("adapter_config.json"))
                .hasSameTextualContentAs(adapter.resolve("adapter_config.json"));
        assertThat(target().resolve("README.md")).content().contains("library_name: peft");
    }

    private Path base() {
        return folder.resolve("base");
    }

    private Path target() {
        return folder.resolve("target");
    }

    private ExportReport export(ExportOptions options) {
        return new ModelExport()
                .export(ExportRequest.model(base(), target()).with(options), ExportProgress.none());
    }
}
