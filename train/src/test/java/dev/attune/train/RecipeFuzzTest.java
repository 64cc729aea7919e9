package dev.attune.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import dev.attune.base.AttuneException;
import dev.attune.base.ErrorKind;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// Any bytes are either a recipe that is read back as it was written, or a USER error; nothing else
/// comes out.
///
/// The seeds beside the test resources run in every build; `JAZZER_FUZZ=1` looks for more.
class RecipeFuzzTest {
    private static final Path FOLDER = Path.of("/home/me").toAbsolutePath();
    private static final Path FILE = Path.of("r.yaml");
    private static final List<String> LEAST = List.of("model=starter", "data=a.jsonl");

    @FuzzTest(maxDuration = "1m")
    void readsOrRefusesAFile(byte[] yaml) {
        try {
            Recipe recipe = RecipeReader.parse(yaml, FILE, LEAST, FOLDER).recipe();
            byte[] written = RecipeWriter.yaml(recipe).getBytes(StandardCharsets.UTF_8);
            assertThat(RecipeReader.parse(written, FILE, List.of(), FOLDER).recipe())
                    .isEqualTo(recipe);
        } catch (AttuneException e) {
            assertThat(e.kind()).as("kind of %s", e.what()).isEqualTo(ErrorKind.USER);
        }
    }
}
