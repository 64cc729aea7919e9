package dev.attune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.LeakCheck;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The example recipes train, each with a small model and a few rows in place of the user's.
@ExtendWith(LeakCheck.class)
class RecipesTest {
    private static final Path RECIPES = Path.of(System.getProperty("attune.root"), "recipes");

    @TempDir Path folder;

    static List<Path> recipes() throws IOException {
        try (Stream<Path> all = Files.list(RECIPES)) {
            return all.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void theRecipeTrains(Path recipe) throws IOException {
        String model = SharedData.path("models/tinystories-656K").toString();
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            rows.append(
                    "{\"prompt\":\"Who has ball %d?\",\"completion\":\" Tom has it.\"}\n"
                            .formatted(i));
        }
        Path data = folder.resolve("rows.jsonl");
        Files.writeString(data, rows);
        Path run = folder.resolve("run");
        Ran ran =
                Ran.of(
                        "train",
                        recipe.toString(),
                        "model_name_or_path=" + model,
                        "data=" + data,
                        "output_dir=" + run,
                        "max_steps=2",
                        "--json");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.json().path("reason").stringValue()).isEqualTo("finished");
    }
}
