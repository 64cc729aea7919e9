package dev.attune.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.testkit.LeakCheck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A model with neither a chat template nor an end-of-text token.
@ExtendWith(LeakCheck.class)
class TemplatelessModelTest {
    @TempDir private Path folder;

    @Test
    void isRefusedOnceAndNotForEachRow() throws IOException {
        SmallRun small = SmallRun.in(folder);
        Path model = Files.createDirectory(folder.resolve("model"));
        for (String name : new String[] {"tokenizer.json", "model.safetensors"}) {
            Files.copy(small.model().resolve(name), model.resolve(name));
        }
        String config = Files.readString(small.model().resolve("config.json"));
        Files.writeString(
                model.resolve("config.json"), config.replaceAll("\"eos_token_id\": \\d+,", ""));
        SmallRun bare = new SmallRun(folder, model);

        assertThatThrownBy(() -> Training.begin(bare.recipe("run"), bare.host()))
                .hasMessage(
                        """
                        The rows are conversations, but the model has no chat template and no \
                        end-of-text token for a plain one.
                          at   %s
                          fix  Give a template file as chat_template, or use rows with a prompt \
                        and a completion.\
                        """
                                .formatted(model));
        assertThat(folder.resolve("run")).doesNotExist();
    }
}
