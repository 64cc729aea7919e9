package dev.attune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// What `attune export` prints and refuses.
class ExportTest {
    private final String base = SharedData.path("reference/llama").toString();
    private final String adapter = SharedData.path("reference/adapter-llama-embed").toString();

    @TempDir private Path folder = Path.of("");

    @Test
    void mergesAnAdapterAndSaysSoInOneObject() {
        Ran ran = export(adapter, "--base", base, "--to", "hf", "--json");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        JsonNode json = JsonMapper.shared().readTree(ran.out());
        assertThat(json.path("folder").asString()).isEqualTo(target());
        assertThat(json.path("files").toString()).contains("model.safetensors", "config.json");
        assertThat(json.path("largest_logit_difference").asDouble()).isLessThan(1e-4);
        assertThat(ran.err()).contains("21 of 21 tensors");
    }

    @Test
    void writesAnAdapterForLlamaCppAndTakesItBack() {
        String qwen2 = SharedData.path("reference/qwen2").toString();
        String tuned = SharedData.path("reference/train-qwen2-lora-all/adapter_final").toString();
        Ran ran = export(tuned, "--base", qwen2, "--to", "gguf-lora");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("files    adapter.gguf").contains("logits   differ by");

        String file = target() + "/adapter.gguf";
        String back = folder.resolve("back").toString();
        Map<String, String> cache = Map.of("ATTUNE_CACHE", folder.resolve("cache").toString());
        Ran again =
                Ran.of(
                        cache, "export", file, "--base", qwen2, "--to", "peft", "-o", back,
                        "--json");
        assertThat(again.exitCode()).as(again.err()).isZero();
        assertThat(again.json().path("files").toString()).contains("adapter_model.safetensors");
        Ran alone = Ran.of(cache, "export", file, "--to", "peft", "-o", back + "2");
        assertThat(alone.exitCode()).isEqualTo(2);
        assertThat(alone.err()).contains("An adapter alone is no model: --base is missing.");
        Ran chat = Ran.of(cache, "model", "show", file);
        assertThat(chat.exitCode()).isEqualTo(2);
        assertThat(chat.err()).contains("The file is an adapter, no model.");
    }

    @Test
    void findsTheAdapterOfARun() throws IOException {
        Path run = Files.createDirectory(folder.resolve("run"));
        Path inside = Files.createDirectory(run.resolve("adapter"));
        for (String name : new String[] {"adapter_config.json", "adapter_model.safetensors"}) {
            Files.copy(Path.of(adapter).resolve(name), inside.resolve(name));
        }
        Ran ran = export(run.toString(), "--base", base, "--to", "peft");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out())
                .contains("files    README.md, adapter_config.json, adapter_model.safetensors")
                .contains("logits   differ by at most 0");
    }

    @Test
    void writesAWholeModelInAnotherType() {
        Ran ran = export(base, "--to", "hf", "--dtype", "bfloat16");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(Path.of(target()).resolve("config.json")).content().contains("bfloat16");
    }

    @Test
    void anAdapterNeedsItsBase() {
        Ran ran = export(adapter, "--to", "hf");
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err())
                .contains("An adapter alone is no model: --base is missing.")
                .contains("--base MODEL");
    }

    @Test
    void aBaseNeedsAnAdapter() {
        Ran ran = export(folder.toString(), "--base", base, "--to", "hf");
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err()).contains("The folder has no adapter_config.json.");
    }

    private String target() {
        return folder.resolve("target").toString();
    }

    private Ran export(String source, String... more) {
        String[] args = new String[more.length + 4];
        args[0] = "export";
        args[1] = source;
        System.arraycopy(more, 0, args, 2, more.length);
        args[more.length + 2] = "-o";
        args[more.length + 3] = target();
        return Ran.of(args);
    }
}
