package dev.attune.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.generate.SamplingConfig;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

class ChatSettingsTest {
    @TempDir private Path folder = Path.of("");

    @Test
    void withoutAWordFromTheModelAnswersAreDrawnMildly() throws IOException {
        SamplingConfig found = given("{\"eos_token_id\": 2}");
        assertThat(found.temperature()).isEqualTo(0.7);
        assertThat(found.topP()).isEqualTo(0.9);
        assertThat(found.maxNewTokens()).isEqualTo(1024);
        assertThat(found.eosTokenIds()).containsExactly(2);
    }

    @Test
    void theModelsOwnWordsAreObeyedAndNothingIsAddedToThem() throws IOException {
        SamplingConfig found =
                given("{\"do_sample\": true, \"temperature\": 0.6, \"top_k\": 20, \"seed\": null}");
        assertThat(found.isGreedy()).isFalse();
        assertThat(found.temperature()).isEqualTo(0.6);
        assertThat(found.topK()).isEqualTo(20);
        assertThat(found.topP()).isEqualTo(1);
    }

    @Test
    void aModelThatDoesNotWantToBeDrawnIsNot() throws IOException {
        SamplingConfig found = given("{\"do_sample\": false, \"temperature\": 0.6}");
        assertThat(found.isGreedy()).isTrue();
    }

    @Test
    void aBadNumberIsRefusedWithItsFile() {
        assertThatThrownBy(() -> given("{\"top_p\": 3}"))
                .hasMessageContaining("top_p is 3.0, expected between 0 and 1.")
                .hasMessageContaining("generation_config.json");
    }

    private SamplingConfig given(String json) throws IOException {
        Files.writeString(folder.resolve("generation_config.json"), json);
        return ChatSettings.of(folder, Set.of(2)).sampling(0);
    }
}
