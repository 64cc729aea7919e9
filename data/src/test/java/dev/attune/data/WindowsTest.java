package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

class WindowsTest {
    private static final Path FILE = Path.of("seed_tasks.jsonl");

    @Test
    void cutsAcrossDocumentsAndRecordsWhatIsLeft() {
        List<Window> windows = new ArrayList<>();
        Windows cutting = new Windows(5, windows::add);
        cutting.add(new int[] {1, 1, 1, 9}, origin(0));
        cutting.add(new int[] {2, 2, 9}, origin(1));
        cutting.add(new int[] {3, 3, 3, 3, 9}, origin(2));

        assertThat(windows).hasSize(2);
        assertThat(windows.get(0).inputIds()).containsExactly(1, 1, 1, 9, 2);
        assertThat(windows.get(0).labels()).containsExactly(1, 1, 9, 2, 2);
        assertThat(windows.get(1).inputIds()).containsExactly(2, 9, 3, 3, 3);
        assertThat(windows.get(1).labels()).containsExactly(9, 3, 3, 3, 3);
        assertThat(windows.get(1).packed().tokens().labels()).containsExactly(-100, 9, 3, 3, 3, 3);
        assertThat(windows.get(1).packed().origins()).containsExactly(origin(1));
        assertThat(cutting.remainder())
                .isEqualTo(new Windows.Remainder(12, 2, 2, Optional.of(origin(2))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama3", "qwen2", "tinystories-656K"})
    void cutsAsTheReferenceDoes(String tokenizer) {
        Path file = SharedData.path("formats/sft-examples/packing.json");
        JsonNode packed =
                JsonMapper.shared().readTree(file.toFile()).path("packed").path(tokenizer);
        int length = packed.path("window").intValue();
        List<JsonNode> expected = list(packed.path("windows"));
        int[] counts = ints(packed.path("document_token_counts"));
        int[] stream = Arrays.copyOf(stream(expected), Arrays.stream(counts).sum());

        List<Window> windows = new ArrayList<>();
        Windows cutting = new Windows(length, windows::add);
        int at = 0;
        for (int i = 0; i < counts.length; i++) {
            int[] document = Arrays.copyOfRange(stream, at, at + counts[i]);
            if (at + counts[i] <= expected.size() * length) {
                assertThat(document[counts[i] - 1])
                        .as("the end of document %d", i)
                        .isEqualTo(packed.path("eos_id").intValue());
            }
            cutting.add(document, origin(i));
            at += counts[i];
        }

        assertThat(windows).as("windows").hasSize(expected.size());
        for (int i = 0; i < windows.size(); i++) {
            assertThat(windows.get(i).inputIds())
                    .as("input_ids of window %d", i)
                    .containsExactly(ints(expected.get(i).path("input_ids")));
            assertThat(windows.get(i).labels())
                    .as("labels of window %d", i)
                    .containsExactly(ints(expected.get(i).path("labels")));
        }
        assertThat(cutting.remainder().leftTokens())
                .isEqualTo(stream.length - windows.size() * length);
    }

    /// The tokens of all documents, as far as the windows show them: those after the last window
    /// are in no reference.
    private static int[] stream(List<JsonNode> windows) {
        IntStream inputs =
                windows.stream().flatMapToInt(w -> IntStream.of(ints(w.path("input_ids"))));
        int[] last = ints(windows.getLast().path("labels"));
        return IntStream.concat(inputs, IntStream.of(last[last.length - 1])).toArray();
    }

    private static int[] ints(JsonNode array) {
        return list(array).stream().mapToInt(JsonNode::intValue).toArray();
    }

    private static List<JsonNode> list(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }

    private static Origin origin(int row) {
        return new Origin(FILE, row + 1L, row);
    }
}
