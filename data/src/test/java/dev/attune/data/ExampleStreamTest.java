package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

class ExampleStreamTest {
    @TempDir Path folder;

    @Test
    void countsEveryRowAsAnExampleOrAFault() throws IOException {
        Path first = write("a.jsonl", "{\"text\":\"1\"}\n{\"txt\":\"2\"}\n{\n\n{\"text\":\"4\"}\n");
        Path second = write("b.json", "[{\"text\":\"5\"},\n 6]");
        Path none = folder.resolve("none.jsonl");

        try (ExampleStream stream = ExampleStream.open(List.of(first, none, second))) {
            int examples = drain(stream);

            assertThat(examples).isEqualTo(3);
            assertThat(stream.rows()).isEqualTo(6);
            assertThat(stream.shapes()).hasToString("{plain text: has text=3}");
            assertThat(stream.faults().count()).isEqualTo(4);
            assertThat(stream.faults().kept())
                    .extracting(fault -> fault.where().orElseThrow())
                    .containsExactly(first + ":2", first + ":3", none.toString(), second + ":2");
            assertThatThrownBy(() -> stream.faults().throwIfAny("Cannot read the data"))
                    .hasMessageStartingWith(
                            "Cannot read the data: 4 problems.\n- The shape of the row is unknown");
        }
    }

    @Test
    void keepsTheFirstFaultsAndSaysWhatAllHaveInCommonOnce() throws IOException {
        Path file = write("a.jsonl", "3\n".repeat(5000));

        try (ExampleStream stream = ExampleStream.open(List.of(file))) {
            assertThat(drain(stream)).isZero();
            assertThat(stream.faults().kept()).hasSize(RowFaults.MAX_KEPT);
            assertThatThrownBy(() -> stream.faults().throwIfAny("Cannot read a.jsonl"))
                    .hasMessageStartingWith("The line holds a number; expected an object.")
                    .hasMessageContaining(
                            "%s:1, %s:2, %s:3 and 4,997 more rows".formatted(file, file, file));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "openai-cookbook/toy_chat_fine_tuning.jsonl, 5, messages: has messages",
        "mlx-wikisql/train.jsonl, 1000, plain text: has text",
        "mlx-wwdc25/train.jsonl, 1800, prompt and completion: has prompt and completion",
        "llama-factory/kto_en_demo.json, 300, feedback on messages: has messages and label",
        "llama-factory/glaive_toolcall_en_demo.json, 300, ShareGPT: has conversations",
        "llama-factory/identity.json, 91, Alpaca: has instruction and output",
        "llama-factory/dpo_en_demo.json, 300, 'ShareGPT preference: has conversations, chosen and"
                + " rejected'",
        "fastchat/dummy_conversation.json, 500, ShareGPT: has conversations",
        "banking77/train.csv, 10003, plain text: has text",
    })
    void readsRealData(String name, long rows, String shape) {
        Path file = SharedData.path("datasets/" + name);

        try (ExampleStream stream = ExampleStream.open(List.of(file))) {
            assertThat(drain(stream)).as("examples").isEqualTo(Math.toIntExact(rows));
            assertThat(stream.faults().count()).as("faults").isZero();
            assertThat(stream.shapes()).containsKey(shape).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "gpteacher/codegen-instruct.json, 4535, rename `response` to `output`",
        "gsm8k/train.jsonl, 7473, rename `question` to `prompt` and rename `answer` to"
                + " `completion`",
    })
    void namesTheNearestShapeOfRealDataItDoesNotKnow(String name, long rows, String fix) {
        Path file = SharedData.path("datasets/" + name);

        try (ExampleStream stream = ExampleStream.open(List.of(file))) {
            assertThat(drain(stream)).as("examples").isZero();
            assertThat(stream.faults().count()).isEqualTo(rows);
            assertThat(stream.faults().kept().getFirst().fix().orElseThrow()).contains(fix);
        }
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static int drain(ExampleStream stream) {
        int examples = 0;
        for (Optional<Example> e = stream.next(); e.isPresent(); e = stream.next()) {
            examples++;
        }
        return examples;
    }
}
