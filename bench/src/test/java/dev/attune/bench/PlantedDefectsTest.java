package dev.attune.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;

class PlantedDefectsTest {
    @TempDir Path folder;

    @Test
    void promisedDefectsAreFoundAndLittleElse() throws IOException {
        assertThat(new PlantedDefects(600, 40, 7).scores(folder))
                .hasSize(39)
                .filteredOn(score ->
                        score.strength().equals("all promised")
                                || score.check().equals("structure"))
                .hasSize(12)
                .allSatisfy(score -> {
                    assertThat(score.recall()).as("recall of %s", score).isGreaterThan(0.95);
                    assertThat(score.precision()).as("precision of %s", score).isGreaterThan(0.95);
                });
    }
}
