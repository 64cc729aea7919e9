package dev.attune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.LeakCheck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// The whole journey, as a newcomer takes it.
@ExtendWith(LeakCheck.class)
class QuickstartTest {
    @TempDir private Path folder;

    @Test
    void theStarterLearnsToLabelWhatCustomersItHasNotMetWrite() {
        Path run = folder.resolve("first-run");

        Ran ran = ran("quickstart", "-o", run.toString(), "--json");

        assertThat(ran.exitCode()).as(ran.err()).isZero();
        JsonNode told = ran.json();
        assertThat(told.path("base").path("label_accuracy").doubleValue()).isLessThan(0.2);
        assertThat(told.path("tuned").path("label_accuracy").doubleValue()).isGreaterThan(0.9);
        assertThat(told.path("tuned").path("perplexity").doubleValue())
                .isLessThan(told.path("base").path("perplexity").doubleValue() / 10);
        assertThat(told.path("seconds").doubleValue()).isPositive();
        assertThat(run.resolve("model/model.safetensors")).isNotEmptyFile();
        assertThat(run.resolve("report.html")).isNotEmptyFile();
        assertThat(ran.err()).contains("960 rows", "120 held out");

        assertThat(ran("runs", "show", run.toString()).out()).contains("finished");
    }

    /// With a cache of its own, whatever the machine has.
    private Ran ran(String... args) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("ATTUNE_CACHE", folder.resolve("cache").toString());
        return Ran.of(environment, args);
    }
}
