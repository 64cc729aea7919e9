package dev.attune.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Token ids and labels of conversations, against those that transformers' assistant mask gives.
class ChatLabelsTest {
    @Test
    void idsAndLabelsEqualTheReferences() throws IOException {
        JsonNode reference =
                Conversations.JSON.readTree(
                        Files.readString(SharedData.path("formats/sft-examples/chat-labels.json")));
        ReferenceTemplates references = new ReferenceTemplates();
        List<String> wrong = new ArrayList<>();
        int rows = 0;
        for (JsonNode set : reference.get("sets")) {
            Path tokenizer = SharedData.path("tokenizers/" + set.get("tokenizer").stringValue());
            Path template =
                    SharedData.path(
                            "chat-templates/templates/"
                                    + set.get("template").stringValue()
                                    + ".jinja");
            try (ChatFormat format =
                    ChatFormat.load(tokenizer, Optional.of(template), Conversations.CLOCK)) {
                for (JsonNode row : set.get("rows")) {
                    String id = row.get("conversation").stringValue();
                    EncodedText encoded =
                            format.encode(
                                    references.conversation(id, specials(set)), TrainOn.ASSISTANT);
                    rows++;
                    compare(set.get("template").stringValue() + " " + id, row, encoded, wrong);
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(rows).isEqualTo(60);
    }

    private static Map<String, JsonNode> specials(JsonNode set) {
        Map<String, JsonNode> specials = new LinkedHashMap<>();
        specials.put("bos_token", StringNode.valueOf(set.get("bos_token").stringValue()));
        specials.put("eos_token", StringNode.valueOf(set.get("eos_token").stringValue()));
        return specials;
    }

    private static void compare(
            String name, JsonNode row, EncodedText encoded, List<String> wrong) {
        if (!encoded.text().equals(row.get("text").stringValue())) {
            wrong.add(name + ": text " + encoded.text());
        }
        if (!numbers(row.get("input_ids")).equals(numbers(encoded.tokens().ids()))) {
            wrong.add(name + ": ids " + numbers(encoded.tokens().ids()));
        }
        if (!numbers(row.get("labels")).equals(numbers(encoded.tokens().labels()))) {
            wrong.add(
                    name
                            + ": labels "
                            + numbers(encoded.tokens().labels())
                            + "\n expected "
                            + numbers(row.get("labels")));
        }
    }

    private static List<Integer> numbers(JsonNode array) {
        return array.valueStream().map(JsonNode::intValue).toList();
    }

    private static List<Integer> numbers(int[] array) {
        return java.util.Arrays.stream(array).boxed().toList();
    }
}
