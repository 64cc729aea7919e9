package dev.attune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.format.SafetensorsFile;
import dev.attune.testkit.SharedData;
import dev.attune.train.RunFolder;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/// Kills a run's process again and again, at any moment, and lets `attune resume` go on.
class KillTest {
    private static final int KILLS = 22;
    private static final int STEPS = 150;
    private static final long MOST_SECONDS = 240;

    @TempDir Path folder;

    @BeforeEach
    void writeRows() throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            rows.append(
                    "{\"messages\":[{\"role\":\"user\",\"content\":\"Who has ball %d?\"},{\"role\":\"assistant\",\"content\":\"Tom has ball %d.\"}]}\n"
                            .formatted(i, i));
        }
        Files.writeString(folder.resolve("rows.jsonl"), rows);
    }

    @Test
    void aRunThatWasKilledTwentyTimesEndsBitByBitAsOneThatWasNot() throws Exception {
        String model = SharedData.path("models/tinystories-656K").toAbsolutePath().toString();
        assertThat(ended(start("train", settings(model, "whole")))).isZero();

        Random random = new Random(20261121);
        RunFolder run = RunFolder.at(folder.resolve("killed"));
        int kills = 0;
        while (kills < KILLS) {
            Process process =
                    RunFolder.is(run.path())
                            ? start("resume", List.of(run.path().toString()))
                            : start("train", settings(model, "killed"));
            if (random.nextInt(4) == 0) {
                process.waitFor(random.nextInt(2_000), TimeUnit.MILLISECONDS);
            } else {
                awaitLines(process, run, random.nextInt(12));
                process.waitFor(random.nextInt(40), TimeUnit.MILLISECONDS);
            }
            assertThat(process.isAlive())
                    .as("kill %d: %s", kills, tail(folder.resolve("log.txt")))
                    .isTrue();
            process.destroyForcibly().waitFor();
            kills++;
            assertCheckpointsAreComplete(run);
        }
        assertThat(ended(start("resume", List.of(run.path().toString())))).isZero();

        RunFolder whole = RunFolder.at(folder.resolve("whole"));
        for (String each : List.of("checkpoint-" + STEPS, "adapter")) {
            assertSameFiles(whole.path().resolve(each), run.path().resolve(each));
        }
        List<String> expected = timeless(whole);
        List<String> found = timeless(run);
        for (int i = 0; i < Math.min(expected.size(), found.size()); i++) {
            assertThat(found.get(i)).as("event " + i).isEqualTo(expected.get(i));
        }
        assertThat(found).hasSameSizeAs(expected);
        assertThat(run.checkpoints()).isEqualTo(whole.checkpoints());
        try (var left = Files.list(run.path())) {
            assertThat(left.map(path -> path.getFileName().toString()))
                    .noneMatch(
                            name -> name.startsWith(".checkpoint") || name.startsWith(".adapter"));
        }
    }

    private List<String> settings(String model, String name) {
        return List.of(
                "--model",
                model,
                "--data",
                folder.resolve("rows.jsonl").toString(),
                "-o",
                folder.resolve(name).toString(),
                "max_length=64",
                "eval_split=0.2",
                "max_steps=" + STEPS,
                "lora_dropout=0.1",
                "neftune_noise_alpha=5",
                "gradient_accumulation_steps=1",
                "eval_steps=5",
                "save_steps=1",
                "save_total_limit=3");
    }

    /// A process of the real command line, with what the test's own JVM runs on.
    private Process start(String command, List<String> arguments) throws IOException {
        List<String> all = new ArrayList<>();
        all.add(ProcessHandle.current().info().command().orElseThrow());
        all.addAll(
                List.of(
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xshare:auto",
                        "--enable-native-access=ALL-UNNAMED",
                        "dev.attune.cli.Attune",
                        command));
        all.addAll(arguments);
        File log = folder.resolve("log.txt").toFile();
        ProcessBuilder builder =
                new ProcessBuilder(all)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        return builder.start();
    }

    private static String tail(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 12), lines.size()));
    }

    private int ended(Process process) throws InterruptedException, IOException {
        assertThat(process.waitFor(MOST_SECONDS, TimeUnit.SECONDS))
                .as(Files.readString(folder.resolve("log.txt")))
                .isTrue();
        return process.exitValue();
    }

    /// Waits until the run has written so many more lines, or its process has ended.
    private static void awaitLines(Process process, RunFolder run, int more)
            throws InterruptedException, IOException {
        long before = lines(run);
        boolean isOver = false;
        for (int i = 0; i < 40_000 && !isOver; i++) {
            // A run that goes on drops the lines behind its checkpoint first.
            long now = lines(run);
            before = Math.min(before, now);
            isOver = now >= before + more || process.waitFor(3, TimeUnit.MILLISECONDS);
        }
    }

    private static long lines(RunFolder run) throws IOException {
        return Files.exists(run.events())
                ? Files.readString(run.events()).chars().filter(c -> c == '\n').count()
                : 0;
    }

    private static void assertCheckpointsAreComplete(RunFolder run) throws IOException {
        if (!Files.isDirectory(run.path())) {
            return;
        }
        for (long step : run.checkpoints()) {
            Path checkpoint = run.checkpoint(step);
            for (String name : List.of("adapter_model.safetensors", "optimizer.safetensors")) {
                SafetensorsFile.open(checkpoint.resolve(name)).close();
            }
            assertThat(checkpoint.resolve("trainer_state.json")).content().endsWith("}");
            assertThat(checkpoint.resolve("adapter_config.json")).exists();
            assertThat(checkpoint.resolve("rng_state.json")).exists();
        }
    }

    private static void assertSameFiles(Path expected, Path found) throws IOException {
        try (var files = Files.list(expected)) {
            for (Path file : files.toList()) {
                assertThat(found.resolve(expected.relativize(file).toString()))
                        .hasSameBinaryContentAs(file);
            }
        }
    }

    /// The events without the time of day and without how long things took.
    private static List<String> timeless(RunFolder run) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(run.events())) {
            ObjectNode event = (ObjectNode) JsonMapper.shared().readTree(line);
            event.remove(List.of("time", "seconds"));
            lines.add(event.toString());
        }
        return lines;
    }
}
