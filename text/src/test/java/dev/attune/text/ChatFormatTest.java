package dev.attune.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A model's tokenizer, templates and stop tokens together.
class ChatFormatTest {
    private static final Optional<Path> NO_FILE = Optional.empty();

    @TempDir private Path folder;

    @Test
    void stopsWhereTheConfigurationTheTokenizerAndTheTemplateSay() throws IOException {
        Path llama = SharedData.path("tokenizers/llama3/tokenizer.json");
        Files.copy(llama, folder.resolve("tokenizer.json"));
        Files.writeString(
                folder.resolve("tokenizer_config.json"), "{\"eos_token\": \"<|end_of_text|>\"}");
        Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": [128008]}");
        Files.writeString(
                folder.resolve("chat_template.jinja"),
                "{% for m in messages %}<|start_header_id|>{{ m.role }}<|end_header_id|>"
                        + "{{ m.content }}<|eot_id|>{% endfor %}");
        try (ChatFormat format = ChatFormat.load(folder, Conversations.CLOCK)) {
            assertThat(format.stopTokens().texts().values())
                    .containsExactlyInAnyOrder(
                            "<|reserved_special_token_4|>", "<|end_of_text|>", "<|eot_id|>");
        }
    }

    @Test
    void endsATextWithTheModelsStopTokenWhereTheTokenizerNamesNone() throws IOException {
        Path gpt2 = SharedData.path("tokenizers/gpt2/tokenizer.json");
        Files.copy(gpt2, folder.resolve("tokenizer.json"));
        Files.writeString(folder.resolve("config.json"), "{\"eos_token_id\": 50256}");
        try (ChatFormat format = ChatFormat.loadOrPlain(folder, NO_FILE, Conversations.CLOCK)) {
            EncodedText row = format.encodeCompletion("2 + 2 =", " 4", TrainOn.ASSISTANT);
            assertThat(row.firstUnstopped(format.stopTokens().ids())).isEmpty();
            assertThat(row.encoding().id(row.encoding().length() - 1)).isEqualTo(50256);
            assertThat(format.isPlain()).isTrue();
        }
    }

    @Test
    void prefersTheStopTokensOfTheGenerationConfiguration() throws IOException {
        Path gpt2 = SharedData.path("tokenizers/gpt2/tokenizer.json");
        Files.copy(gpt2, folder.resolve("tokenizer.json"));
        Files.writeString(folder.resolve("config.json"), "{\"eos_token_id\": 50256}");
        Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": 13}");
        try (ChatFormat format = ChatFormat.load(folder, Conversations.CLOCK)) {
            assertThat(format.stopTokens().ids()).containsExactly(13);
        }
    }

    @Test
    void usesTheTemplateForToolsWhereThereAreTools() throws IOException {
        Path model = SharedData.path("models/stories260K-hf/tokenizer.json");
        Files.copy(model, folder.resolve("tokenizer.json"));
        Files.writeString(
                folder.resolve("tokenizer_config.json"),
                """
                {"chat_template": [{"name": "default", "template": "plain"},
                {"name": "tool_use", "template": "tools"}]}\
                """);
        try (ChatFormat format = ChatFormat.load(folder, Conversations.CLOCK)) {
            Conversation plain = Conversation.of(Message.of("user", "x"));
            assertThat(format.render(plain, false).text()).isEqualTo("plain");
            Conversation tools =
                    Conversations.of(
                            Conversations.JSON.readTree(
                                    "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}],"
                                            + " \"tools\": []}"));
            assertThat(format.render(tools, false).text()).isEqualTo("tools");
        }
    }

    @Test
    void hasAKeyThatChangesWithTheTemplate() throws IOException {
        Path model = SharedData.path("models/stories260K-hf");
        Path template = folder.resolve("a.jinja");
        Files.writeString(template, "a");
        String first = key(model, template);
        assertThat(key(model, template)).isEqualTo(first);
        Files.writeString(template, "b");
        assertThat(key(model, template)).isNotEqualTo(first);
    }

    private static String key(Path model, Path template) {
        try (ChatFormat format =
                ChatFormat.load(model, Optional.of(template), Conversations.CLOCK)) {
            return format.key();
        }
    }

    @Test
    void saysWhatToDoWithoutATemplate() {
        Path model = SharedData.path("models/stories260K-hf");
        try (ChatFormat format = ChatFormat.load(model, Conversations.CLOCK)) {
            assertThat(format.hasTemplate()).isFalse();
            assertThatThrownBy(() -> format.prompt(Conversation.of(Message.of("user", "x"))))
                    .hasMessageContaining("The model has no chat template.")
                    .hasMessageContaining("put a chat_template.jinja into the model's folder");
        }
    }

    @Test
    void placesTheErrorsOfATemplateInItsFile() throws IOException {
        Path model = SharedData.path("models/stories260K-hf");
        Path template = folder.resolve("broken.jinja");
        Files.writeString(template, "line one\n{% for m in messages %}");
        assertThatThrownBy(() -> ChatFormat.load(model, Optional.of(template), Conversations.CLOCK))
                .hasMessageContaining("The chat template cannot be read: for has no endfor.")
                .hasMessageContaining("at   " + template + ":2:");
    }
}
