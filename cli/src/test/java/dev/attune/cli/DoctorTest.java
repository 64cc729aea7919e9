package dev.attune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.tensor.Libtorch;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

class DoctorTest {
    private final StringWriter err = new StringWriter();
    private Supplier<Libtorch> torch = () -> new Libtorch("2.10", 4, "AVX2", false, 0);

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
        assertThat(doctor(machine("Linux 6.1", "aarch64"), 4))
                .contains("Linux and Windows on x86-64")
                .containsPattern("computes on +nothing");
        assertThat(err.toString())
                .startsWith(
                        "attune: There is no libtorch for Linux 6.1, aarch64.\n  fix  Use Linux");
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
    void saysWhatBfloat16IsWorthOnThisProcessor() {
        Machine linux = machine("Linux 6.1", "amd64");
        assertThat(doctor(linux)).containsPattern("bfloat16 +.*: it saves memory, not time");
        torch = () -> new Libtorch("2.10", 4, "AVX512", true, 0);
        assertThat(doctor(linux)).containsPattern("bfloat16 +.*: it saves memory and time");
        assertThat(JsonMapper.shared().readTree(doctor(linux, "--json")).get("bfloat16_fast"))
                .hasToString("true");
    }

    @Test
    void showsTheRestWhereLibtorchCannotBeLoadedAndSaysWhatToDo() {
        var error = new UnsatisfiedLinkError("cannot load org.bytedeco.pytorch");
        error.initCause(new IOException("No space left on device"));
        torch =
                () -> {
                    throw error;
                };
        assertThat(doctor(machine("Linux 6.1", "amd64"), 4))
                .containsPattern("cores +4")
                .containsPattern("computes on +nothing");
        assertThat(err.toString())
                .startsWith("attune: libtorch could not be loaded: No space left on device")
                .contains("  at   /nowhere/cache\n")
                .contains("ATTUNE_JAVA_OPTS=-Dorg.bytedeco.javacpp.cachedir=DIR")
                .doesNotContain("\tat ");
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

    private String doctor(Machine machine, String... options) {
        return doctor(machine, 0, options);
    }

    private String doctor(Machine machine, int exitCode, String... options) {
        var out = new StringWriter();
        var line =
                Attune.commandLine(new Doctor(() -> machine, torch))
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(err, true));
        String[] words =
                Stream.concat(Stream.of("doctor"), Stream.of(options)).toArray(String[]::new);
        assertThat(Attune.run(line, words)).isEqualTo(exitCode);
        return out.toString();
    }
}
