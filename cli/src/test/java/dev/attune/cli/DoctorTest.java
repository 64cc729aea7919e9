package dev.attune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.tensor.Libtorch;

import org.junit.jupiter.api.Test;

import picocli.CommandLine;

import tools.jackson.databind.json.JsonMapper;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

class DoctorTest {
    @Test
    void showsTheMachineAndEachVariableSetOrNot() {
        assertThat(doctor(machine("Linux 6.1", "amd64")))
                .contains("Linux 6.1, amd64")
                .doesNotContain("published")
                .containsPattern("memory +16\\.0 GB, 2\\.5 GB free")
                .containsPattern("java +25 vendor at ")
                .containsPattern("OMP_WAIT_POLICY +PASSIVE")
                .containsPattern("OMP_NUM_THREADS +not set");
    }

    @Test
    void saysWhereLibtorchIsPublishedOnAnotherSystem() {
        assertThat(doctor(machine("Linux 6.1", "aarch64"))).contains("Linux and Windows on x86-64");
        assertThat(machine("Mac OS X 15.1", "aarch64").supported()).isTrue();
        assertThat(machine("Mac OS X 13.0", "x86_64").supported()).isFalse();
        assertThat(machine("Windows 11 10.0", "amd64").supported()).isTrue();
    }

    @Test
    void jsonIsOneObjectOfPlainFacts() {
        var facts = JsonMapper.shared().readTree(doctor(machine("Linux 6.1", "amd64"), "--json"));
        assertThat(facts.get("memory_bytes").asLong()).isEqualTo(16_000_000_000L);
        assertThat(facts.get("supported").asBoolean()).isTrue();
        assertThat(facts.get("environment").get("OMP_WAIT_POLICY").asString()).isEqualTo("PASSIVE");
    }

    @Test
    void readsTheFactsOfThisMachine() {
        Machine here = Machine.here();
        assertThat(here.cores()).isPositive();
        assertThat(here.memoryBytes()).isGreaterThan(here.freeMemoryBytes());
        assertThat(here.environment()).containsEntry("OMP_WAIT_POLICY", "PASSIVE");
        assertThat(Machine.VARIABLES).containsAll(here.environment().keySet());
    }

    private static Machine machine(String os, String arch) {
        return new Machine(
                os,
                arch,
                4,
                16_000_000_000L,
                2_500_000_000L,
                2_000_000_000L,
                "25 vendor",
                Path.of("/jdk"),
                Path.of("/nowhere/cache"),
                new TreeMap<>(Map.of("OMP_WAIT_POLICY", "PASSIVE")));
    }

    private static String doctor(Machine machine, String... options) {
        var out = new StringWriter();
        var line =
                new CommandLine(new Doctor(() -> machine, () -> new Libtorch("2.10", 4, "AVX2", 0)))
                        .setOut(new PrintWriter(out));
        assertThat(line.execute(options)).isZero();
        return out.toString();
    }
}
