package dev.attune.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

class TokenizerConfigTest {
    @TempDir private Path folder;

    @Test
    void readsTokensWrittenAsTextsAndAsObjects() throws IOException {
        put(
                "tokenizer_config.json",
                """
                {"bos_token": {"content": "<s>", "lstrip": false}, "eos_token": "</s>",
                 "pad_token": null, "add_bos_token": true, "image_token": "<image>",
                 "extra_special_tokens": {"audio_token": "<audio>"}}\
                """);
        put(
                "special_tokens_map.json",
                """
                {"eos_token": "other", "unk_token": {"content": "<unk>"}}\
                """);

        SpecialTokens tokens = TokenizerConfig.read(folder).specialTokens();

        assertThat(tokens.asVariables())
                .as("variables")
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(
                                "bos_token", "<s>",
                                "eos_token", "</s>",
                                "unk_token", "<unk>",
                                "image_token", "<image>",
                                "audio_token", "<audio>"));
        assertThat(tokens.bos()).as("bos").contains("<s>");
        assertThat(tokens.unk()).as("unk").contains("<unk>");
        assertThat(tokens.pad()).as("a null pad").isEmpty();
        assertThat(tokens.addBos()).as("add_bos").contains(true);
        assertThat(tokens.addEos()).as("add_eos, not said").isEmpty();
    }

    @Test
    void readsChatTemplatesFromEveryPlace() throws IOException {
        put(
                "tokenizer_config.json",
                """
                {"chat_template": [{"name": "default", "template": "A"},
                                   {"name": "tool_use", "template": "B"}]}\
                """);
        assertThat(TokenizerConfig.read(folder).chatTemplates())
                .as("of a list")
                .isEqualTo(Map.of("default", "A", "tool_use", "B"));

        put("chat_template.json", "{\"chat_template\": \"C\"}");
        assertThat(TokenizerConfig.read(folder).chatTemplates())
                .as("with chat_template.json")
                .isEqualTo(Map.of("default", "C", "tool_use", "B"));

        put("chat_template.jinja", "D");
        Files.createDirectory(folder.resolve("additional_chat_templates"));
        put("additional_chat_templates/rag.jinja", "E");
        assertThat(TokenizerConfig.read(folder).chatTemplates())
                .as("with files of their own")
                .isEqualTo(Map.of("default", "D", "tool_use", "B", "rag", "E"));
    }

    @Test
    void readsTheMetadataOfAGguf() {
        Path file = SharedData.path("tokenizers/gguf-vocab/ggml-vocab-phi-3.gguf");

        TokenizerConfig config = TokenizerSource.of(file).config();

        assertThat(config.specialTokens().asVariables())
                .as("tokens")
                .containsEntry("bos_token", "<s>")
                .containsEntry("eos_token", "<|endoftext|>")
                .containsEntry("unk_token", "<unk>");
        assertThat(config.specialTokens().addBos()).as("add_bos").contains(true);
        assertThat(config.chatTemplates().get("default")).as("template").contains("<|assistant|>");
    }

    @Test
    void refusesSettingsThatAreNoJson() throws IOException {
        put("tokenizer_config.json", "{\"bos_token\": ");

        assertThatThrownBy(() -> TokenizerConfig.read(folder))
                .hasMessageContaining("This is not JSON")
                .hasMessageContaining("tokenizer_config.json");
    }

    @Test
    void collectsTheStopTokensOfAllSources() throws IOException {
        Path model = SentencePieceTest.resource("sentencepiece/bpe-user.model");
        Files.copy(model, folder.resolve("tokenizer.model"));
        put("tokenizer_config.json", "{\"eos_token\": \"</s>\"}");
        put("generation_config.json", "{\"eos_token_id\": [1, 2, 9999]}");

        try (Tokenizer tokenizer = Tokenizer.load(folder)) {
            StopTokens stops =
                    StopTokens.of(tokenizer, folder, List.of("[SEP]", "the", "<|absent|>"));

            assertThat(stops.texts())
                    .as("stop tokens")
                    .isEqualTo(Map.of(1, "<s>", 2, "</s>", 3, "[SEP]"));
            put("generation_config.json", "{\"eos_token_id\": 1}");
            assertThat(StopTokens.of(tokenizer, folder, List.of()).ids())
                    .as("ids with a single number")
                    .isEqualTo(Set.of(1, 2));
            put("generation_config.json", "{\"eos_token_id\": \"x\"}");
            assertThatThrownBy(() -> StopTokens.of(tokenizer, folder, List.of()))
                    .hasMessageContaining("The eos_token_id is \"x\"; expected a token id.");
        }
    }

    private void put(String name, String content) throws IOException {
        Files.writeString(folder.resolve(name), content);
    }
}
