package dev.attune.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;

class RecipePageTest {
    private static final Path ROOT = Path.of(System.getProperty("attune.root", ".."));

    @Test
    void thePageInTheRepositoryIsTheTables() throws IOException {
        Path page = ROOT.resolve("docs/formats/recipe.md");
        String rendered = RecipeKeys.markdown();

        Path made = Files.createDirectories(ROOT.resolve("train/target")).resolve("recipe.md");
        Files.writeString(made, rendered);

        assertThat(Files.readString(page).replace("\r\n", "\n"))
                .as("%s; if the tables changed on purpose, copy %s there", page, made)
                .isEqualTo(rendered);
    }

    @Test
    void theTextNamesEveryKey() {
        assertThat(RecipeKeys.text()).contains(RecipeKeys.names());
    }

    @Test
    void everyKeyHasItsOwnNameAndADefaultThatItsTypeAllows() {
        assertThat(RecipeKeys.names()).doesNotHaveDuplicates();
        assertThat(RecipeKeys.all())
                .allSatisfy(key -> {
                    assertThat(key.help()).as("help of " + key.name()).endsWith(".");
                    assertThat(key.reason()).as("reason of " + key.name()).endsWith(".");
                });
    }

    @Test
    void everyAliasStandsForAKeyAndIsNone() {
        var names = new HashSet<>(RecipeKeys.names());
        assertThat(RecipeAliases.all())
                .allSatisfy(alias -> {
                    assertThat(names).doesNotContain(alias.name());
                    alias.key().ifPresent(key -> assertThat(names).contains(key));
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"minimal", "lora", "rslora", "dora", "full"})
    void readsTheRecipesOfTheRepository(String name) {
        var reading =
                RecipeReader.read(
                        Path.of("recipes", name + ".yaml"), List.of(), ROOT.toAbsolutePath());

        assertThat(reading.notes()).as("notes").isEmpty();
        assertThat(reading.recipe().outputDir().getParent())
                .isEqualTo(ROOT.toAbsolutePath().normalize().resolve("recipes"));
    }
}
