package dev.attune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/// What `attune chat` refuses, and how.
class ChatErrorsTest {
    @TempDir private Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    /foo               | There is no command /foo.
                    /clera             | Did you mean /clear?
                    /set               | temperature
                    /set temperatur 1  | Did you mean temperature?
                    /set top_p         | The value of top_p is missing.
                    /set top_p 3       | top_p is 3.0, expected between 0 and 1.
                    /set top_k 1.5     | top_k is 1.5, expected a whole number.
                    /temperature 0.2   | temperature is 0.2 now.
                    /adapter on        | This model has no adapter.
                    /compare           | This model has no adapter.
                    /retry             | Nothing was asked yet.
                    /save              | The file is missing.
                    /save a.jsonl      | Nothing was said yet.
                    /system            | There is no system text.
                    """)
    void aCommandSaysWhatItDoesOrLacks(String line, String words) {
        String model = SharedData.path("models/tinystories-656K").toString();
        assertThat(chat(line + "\n", model).err()).contains(words);
    }

    @Test
    void anAdapterAloneNeedsItsBase() {
        String adapter = SharedData.path("reference/adapter-llama-embed").toString();
        Ran ran = chat("", adapter);
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err()).contains("An adapter alone is no model: --base is missing.");
    }

    @Test
    void whatIsNoModelIsRefusedWithWhatWouldBe() {
        Ran ran = chat("", folder.toString());
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err())
                .contains("The folder is no model, adapter or run.")
                .contains("fix  Give a run of attune train, or a folder with config.json");
        assertThat(chat("", folder.resolve("missing").toString()).err())
                .contains("The folder is not there.");
    }

    @Test
    void aBadSettingIsRefusedBeforeWeightsAreRead() {
        String model = SharedData.path("models/tinystories-656K").toString();
        Ran ran = chat("", model, "--top-p", "2");
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err()).contains("top_p is 2.0, expected between 0 and 1.");
        assertThat(chat("", model, "--temperature", "warm").err())
                .contains("temperature is warm, expected a number.");
    }

    @Test
    void aRunKnowsItsBase() {
        SampleRuns.run(folder.resolve("run1"), "starter");
        Ran ran = chat("", folder.resolve("run1").toString(), "--base", "x");
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err()).contains("A run knows its base; --base is for an adapter alone.");
    }

    private static Ran chat(String input, String... args) {
        String[] all = new String[args.length + 1];
        all[0] = "chat";
        System.arraycopy(args, 0, all, 1, args.length);
        var stream = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
        return Ran.of(Map.of(), new StandardInput(stream, false), all);
    }
}
