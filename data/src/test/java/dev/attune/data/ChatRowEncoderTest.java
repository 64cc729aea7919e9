package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.testkit.SharedData;
import dev.attune.text.ChatFormat;
import dev.attune.text.EncodedText;
import dev.attune.text.TrainOn;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Rows of every shape through a real tokenizer and template.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChatRowEncoderTest {
    @TempDir private static Path folder;

    private Optional<ChatFormat> opened = Optional.empty();

    @BeforeAll
    void open() {
        opened =
                Optional.of(
                        ChatFormat.load(SharedData.path("tokenizers/qwen2"), LocalDateTime.MIN));
    }

    @AfterAll
    void close() {
        opened.ifPresent(ChatFormat::close);
    }

    private ChatFormat format() {
        return opened.orElseThrow();
    }

    @Test
    void learnsTheAssistantsTurnsWithTheirStopTokens() throws IOException {
        EncodedText text =
                encoded(
                        TrainOn.ASSISTANT,
                        """
                        {"messages": [{"role": "user", "content": "a"}, \
                        {"role": "assistant", "content": "b"}, {"role": "user", "content": "c"}, \
                        {"role": "assistant", "content": "d"}]}\
                        """);
        assertThat(learned(text)).isEqualTo("b<|im_end|>d<|im_end|>");
        assertThat(text.stops(format().stopTokens().ids())).isTrue();
    }

    @Test
    void refusesImagesThatItCannotShowToTheModel() {
        for (String row :
                List.of(
                        """
                        {"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}, \
                        {"type": "image"}]}, {"role": "assistant", "content": "b"}]}\
                        """,
                        """
                        {"conversations": [{"from": "human", "value": "<image>a"}, \
                        {"from": "gpt", "value": "b"}], "images": ["a.png"]}\
                        """)) {
            assertThatThrownBy(() -> encoded(TrainOn.ASSISTANT, row))
                    .hasMessageContaining(
                            "The row holds 1 image, which a model of text cannot see.")
                    .hasMessageContaining("Leave such rows out");
        }
    }

    @Test
    void partsThatAreAllTextAreOneText() throws IOException {
        EncodedText text =
                encoded(
                        TrainOn.ASSISTANT,
                        """
                        {"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}, \
                        {"type": "text", "text": "b"}]}, {"role": "assistant", "content": "c"}]}\
                        """);
        assertThat(text.text()).contains("<|im_start|>user\nab<|im_end|>");
    }

    @Test
    void obeysWeightsTrainFlagsRolesAndTheLastTurn() throws IOException {
        String row =
                """
                {"messages": [{"role": "user", "content": "a"}, \
                {"role": "assistant", "content": "b", "weight": 0}, \
                {"role": "user", "content": "c", "train": true}, \
                {"role": "assistant", "content": "d", "weight": 1}, \
                {"role": "user", "content": "e"}, {"role": "assistant", "content": "f"}]}\
                """;
        assertThat(learned(encoded(TrainOn.ASSISTANT, row)))
                .isEqualTo("c<|im_end|>d<|im_end|>f<|im_end|>");
        assertThat(learned(encoded(new TrainOn(Set.of("assistant"), true, false, 0), row)))
                .isEqualTo("f<|im_end|>");
        assertThat(learned(encoded(new TrainOn(Set.of("user"), false, false, 0), row)))
                .isEqualTo("a<|im_end|>c<|im_end|>d<|im_end|>e<|im_end|>");
        EncodedText all = encoded(new TrainOn(Set.of("assistant"), false, true, 0), row);
        assertThat(learned(all)).isEqualTo(all.text());
    }

    @Test
    void learnsOfMessagesWithAPromptOnlyTheCompletion() throws IOException {
        EncodedText text =
                encoded(
                        TrainOn.ASSISTANT,
                        """
                        {"prompt": [{"role": "user", "content": "a"}, \
                        {"role": "assistant", "content": "b"}, {"role": "user", "content": "c"}], \
                        "completion": [{"role": "assistant", "content": "d"}]}\
                        """);
        assertThat(learned(text)).isEqualTo("d<|im_end|>");
    }

    @Test
    void learnsOfPlainTextTheCompletionAndAnEos() throws IOException {
        EncodedText text =
                encoded(TrainOn.ASSISTANT, "{\"prompt\": \"2+2=\", \"completion\": \" four\"}");
        assertThat(learned(text)).isEqualTo(" four");
        int last = text.tokens().length() - 1;
        assertThat(format().tokenizer().token(text.tokens().id(last))).contains("<|im_end|>");
        assertThat(text.tokens().isTrained(last)).isTrue();
        assertThat(text.notes()).isEmpty();
    }

    @Test
    void notesATokenThatHoldsPromptAndCompletion() throws IOException {
        EncodedText text =
                encoded(TrainOn.ASSISTANT, "{\"prompt\": \"unbeliev\", \"completion\": \"able\"}");
        assertThat(text.notes())
                .singleElement()
                .asString()
                .startsWith("a token holds the end of the prompt and the start of the completion:");
    }

    @Test
    void learnsAllOfAText() throws IOException {
        EncodedText text = encoded(TrainOn.ASSISTANT, "{\"text\": \"Once upon a time\"}");
        assertThat(learned(text)).isEqualTo("Once upon a time");
        assertThat(text.tokens().trainedTokens()).isEqualTo(text.tokens().length()).isEqualTo(5);
    }

    @Test
    void notesWhatTheTemplateLeavesOutAndSpecialTokensInContent() throws IOException {
        EncodedText text =
                encoded(
                        TrainOn.ASSISTANT,
                        """
                        {"messages": [{"role": "user", "content": "x <|im_end|> y"}, \
                        {"role": "assistant", "content": "b", "reasoning_content": "why"}]}\
                        """);
        assertThat(text.notes())
                .containsExactly(
                        "message 1, reasoning_content: left out: \"why\" by the chat template",
                        "message 0, content: holds the special token <|im_end|>");
    }

    @Test
    void refusesRowsOfOtherMethods() throws IOException {
        assertThatThrownBy(() ->
                        encoded(
                                TrainOn.ASSISTANT,
                                "{\"prompt\": \"a\", \"chosen\": \"b\", \"rejected\": \"c\"}"))
                .hasMessageContaining("supervised tuning has no use for")
                .hasMessageContaining("Use the method dpo");
    }

    @Test
    void writesACacheThatIsFoundAgain() throws IOException {
        Path file = folder.resolve("train.jsonl");
        Files.writeString(
                file,
                "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}, {\"role\":"
                        + " \"assistant\", \"content\": \"b\"}]}\n");
        ChatRowEncoder encoder = new ChatRowEncoder(format(), TrainOn.ASSISTANT);
        for (boolean first : List.of(true, false)) {
            assertThat(wasBuilt(file, encoder)).isEqualTo(first);
        }
        TrainOn users = new TrainOn(Set.of("user"), false, false, 0);
        assertThat(wasBuilt(file, new ChatRowEncoder(format(), users))).isTrue();
    }

    private static boolean wasBuilt(Path file, RowEncoder encoder) {
        TokenJob job = new TokenJob(List.of(file), encoder, Map.of(), folder.resolve("cache"), 2);
        TokenisedData data = TokenisedData.open(job, Progress.SILENT);
        try (TokenCache cache = data.cache()) {
            assertThat(cache.trainedTokens()).isEqualTo(2);
            return data.builtBecause().isPresent();
        }
    }

    private EncodedText encoded(TrainOn on, String row) throws IOException {
        Path file = Files.createTempFile(folder, "row", ".jsonl");
        Files.writeString(file, row + "\n");
        try (ExampleStream rows = ExampleStream.open(List.of(file))) {
            Optional<Example> example = rows.next();
            rows.faults().throwIfAny("Cannot read");
            return new ChatRowEncoder(format(), on).text(example.orElseThrow());
        }
    }

    private static String learned(EncodedText text) {
        List<String> parts = new ArrayList<>();
        text.trained().forEach(span -> parts.add(span.of(text.text())));
        return String.join("", parts);
    }
}
