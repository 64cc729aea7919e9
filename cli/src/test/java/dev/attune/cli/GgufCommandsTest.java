package dev.attune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/// Commands that write GGUF files, or are given one.
class GgufCommandsTest {
    private final String model = SharedData.path("models/tinystories-656K").toString();

    @TempDir private Path folder = Path.of("");

    @Test
    void writesAFileAndTellsHowFarItIsFromTheModel() {
        Ran ran =
                run("export", model, "--to", "gguf", "--quant", "q4_k_m", "--json", "-o", target());

        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.json().path("file").asString()).endsWith("model-q4_k_m.gguf");
        assertThat(ran.json().path("tensors").toString())
                .isEqualTo("{\"f32\":5,\"q5_0\":12,\"q8_0\":3}");
        assertThat(ran.json().path("divergence_nats").asDouble()).isBetween(1e-4, 0.5);
        assertThat(ran.json().path("same_tokens").asDouble()).isGreaterThan(0.5);
        assertThat(ran.json().path("loses_tuning").asBoolean()).isFalse();
    }

    @Test
    void asksModelAndFileTheRowsThatAreNamed() throws IOException {
        Path chat = SampleRuns.chatModel(folder.resolve("chat"));
        Path rows = folder.resolve("rows.jsonl");
        Files.writeString(
                rows,
                """
                {"prompt": "Tell me of a cat.", "completion": "Once upon a time, a cat sat."}
                {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}
                """);
        String[] args = {
            "export", chat.toString(), "--to", "gguf", "--quant", "f16", "-o", target(), "--data"
        };

        Ran json = run(with(args, rows.toString(), "--json"));
        Ran text = run(with(args, rows.toString(), "--overwrite"));

        assertThat(json.exitCode()).as(json.err()).isZero();
        assertThat(json.json().path("checked_rows").asInt()).isEqualTo(2);
        assertThat(json.json().path("same_answers").asDouble()).isEqualTo(1.0);
        assertThat(text.out())
                .contains("next tokens of 2 rows")
                .contains("gguf     100 % of the answers and 100.0 % of the tokens are the same");
        Path empty = Files.writeString(folder.resolve("empty.jsonl"), "\n");
        Ran none = run(with(args, empty.toString(), "--overwrite"));
        assertThat(none.exitCode()).isEqualTo(2);
        assertThat(none.err()).contains("The file is empty; expected rows.");
    }

    @Test
    void asksTheRowsThatTheRunHeldOutAndHeedsThoseThatItLearned() throws IOException {
        Path chat = SampleRuns.chatModel(folder.resolve("chat"));
        Path learned = rows("learned.jsonl", 9);
        Path held = rows("held.jsonl", 3);
        Path run =
                SampleRuns.run(
                        folder.resolve("run"),
                        chat.toString(),
                        "data=" + learned,
                        "eval_data=" + held,
                        "max_length=256");
        SampleRuns.adapter(run, "adapter", chat);
        String[] args = {
            "export", run.toString(), "--to", "gguf", "--quant", "q4_0", "--json", "-o", target()
        };

        Ran weighted = run(with(args, "--imatrix", "auto"));

        assertThat(weighted.exitCode()).as(weighted.err()).isZero();
        assertThat(weighted.json().path("checked_rows").asInt()).isEqualTo(3);
        assertThat(weighted.json().path("merged_same_answers").asDouble()).isEqualTo(1.0);
        assertThat(weighted.json().path("tuning_nats").asDouble()).isPositive();
        Files.delete(held);
        Ran gone = run(with(args, "--overwrite"));
        assertThat(gone.exitCode()).as(gone.err()).isZero();
        assertThat(gone.err()).contains("--data FILE names rows.");
        assertThat(gone.json().path("checked_rows").asInt()).isZero();
        Ran none = run("export", model, "--to", "gguf", "--imatrix", "auto", "-o", target());
        assertThat(none.exitCode()).isEqualTo(2);
        assertThat(none.err()).contains("--imatrix auto needs a run, whose rows it reads.");
    }

    private Path rows(String name, int count) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(
                    "{\"prompt\": \"Tell me of %d cats.\", \"completion\": \"Once there were %d.\"}\n"
                            .formatted(i, i));
        }
        return Files.writeString(folder.resolve(name), text.toString());
    }

    private static String[] with(String[] args, String... more) {
        return Stream.of(args, more).flatMap(Stream::of).toArray(String[]::new);
    }

    @Test
    void aFileIsAModelForProbe() {
        String file = SharedData.path("models/gguf/tinystories-656K-f16.gguf").toString();

        Ran own = run("model", "probe", model, "--ids", "1,5,9", "--json");
        Ran read = run("model", "probe", file, "--ids", "1,5,9", "--json");
        Ran again = run("model", "probe", file, "--ids", "1,5,9", "--json");

        assertThat(read.exitCode()).as(read.err()).isZero();
        assertThat(read.err()).contains("Unpacking " + file + " into " + folder.resolve("cache"));
        assertThat(again.err()).as("the second time").doesNotContain("Unpacking");
        assertThat(read.json().path("greedy")).isEqualTo(own.json().path("greedy"));
    }

    @Test
    void refusesOptionsOfTheOtherFormats() {
        Ran typed = run("export", model, "--to", "gguf", "--dtype", "float16", "-o", target());
        assertThat(typed.exitCode()).isEqualTo(2);
        assertThat(typed.err())
                .contains("--dtype does not go with --to gguf.")
                .contains("Name the type with --quant");
        Ran rounded = run("export", model, "--to", "hf", "--quant", "q8_0", "-o", target());
        assertThat(rounded.exitCode()).isEqualTo(2);
        assertThat(rounded.err()).contains("--quant goes with --to gguf");
        Ran checked = run("export", model, "--to", "hf", "--data", "x.jsonl", "-o", target());
        assertThat(checked.exitCode()).isEqualTo(2);
        assertThat(checked.err()).contains("--data goes with --to gguf and ollama only.");
        Ran wrong = run("export", model, "--to", "gguf", "--quant", "q9_0", "-o", target());
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.err()).contains("There is no quantisation q9_0 (nearest:");
    }

    private String target() {
        return folder.resolve("target").toString();
    }

    private Ran run(String... args) {
        return Ran.of(Map.of("ATTUNE_CACHE", folder.resolve("cache").toString()), args);
    }
}
