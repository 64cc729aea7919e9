package dev.attune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;

import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;

/// The whole program in a process of its own: the `attune` script, a JVM with its options,
/// libtorch.
///
/// The script finds a folder that looks built, with one jar that names this test's class path.
@DisabledOnOs(OS.WINDOWS)
class WholeProgramTest {
    private static final Path ROOT = Path.of(System.getProperty("attune.root"));

    @TempDir private Path temp;
    private Path checkout;

    @BeforeEach
    void makeACheckoutThatIsBuilt() throws IOException {
        checkout = Files.createDirectories(temp.resolve("my check out"));
        copy("attune");
        copy("cli/src/main/program/main-class");
        Path lib = Files.createDirectories(checkout.resolve("cli/target/attune/lib"));
        Files.writeString(lib.resolveSibling("dependencies.txt"), "x");
        try (OutputStream out = Files.newOutputStream(lib.resolve("all.jar"))) {
            new JarOutputStream(out, manifest()).close();
        }
    }

    @Test
    void standardOutputIsOnlyJsonAndStandardErrorIsQuiet() throws Exception {
        String llama = SharedData.path("reference/llama").toString();
        Ran ran =
                attune(
                        List.of(),
                        "model",
                        "probe",
                        llama,
                        "--ids",
                        "5,7,9",
                        "--max-new-tokens",
                        "64",
                        "--json");
        assertThat(ran.err()).isEmpty();
        assertThat(ran.exitCode()).isZero();
        assertThat(ran.out()).startsWith("{").endsWith("}\n").hasLineCount(1);
        JsonNode here =
                Ran.of(
                                "model",
                                "probe",
                                llama,
                                "--ids",
                                "5,7,9",
                                "--max-new-tokens",
                                "64",
                                "--json")
                        .json();
        assertThat(JsonMapper.shared().readTree(ran.out()).get("greedy"))
                .isEqualTo(here.get("greedy"));
    }

    @Test
    void aMistakeIsAMessageAndExitCode2() throws Exception {
        Ran ran = attune(List.of(), "model", "probe", "hf:owner/name", "--ids", "5", "--json");
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).startsWith("attune: The cache has no hf:owner/name.");
    }

    @Test
    void aSystemWithoutLibtorchIsToldSo() throws Exception {
        Ran ran = attune(List.of("-Dos.arch=riscv64"), "doctor", "--json");
        assertThat(ran.exitCode()).isEqualTo(4);
        assertThat(ran.err()).startsWith("attune: There is no libtorch for ").hasLineCount(2);
        assertThat(ran.json().get("supported").asBoolean()).isFalse();
    }

    @Test
    void aFolderThatCannotTakeTheNativesIsNamedWithTheOption() throws Exception {
        String llama = SharedData.path("reference/llama").toString();
        Path file = Files.createFile(temp.resolve("file"));
        List<String> nowhere =
                List.of(
                        "-Dorg.bytedeco.javacpp.cachedir=" + file,
                        "-Duser.home=" + file,
                        "-Djava.io.tmpdir=" + file);
        Ran ran = attune(nowhere, "model", "probe", llama, "--ids", "5", "--json");
        assertThat(ran.exitCode()).isEqualTo(4);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err())
                .contains("attune: libtorch could not be loaded: ", "\n  at   " + file)
                .contains("ATTUNE_JAVA_OPTS=-Dorg.bytedeco.javacpp.cachedir=DIR")
                .doesNotContain("\tat ");
    }

    private Ran attune(List<String> javaOptions, String... args) throws Exception {
        var line = new ArrayList<>(List.of(checkout.resolve("attune").toString()));
        line.addAll(List.of(args));
        Path out = temp.resolve("out");
        Path err = temp.resolve("err");
        var builder = new ProcessBuilder(line).redirectOutput(out.toFile());
        builder.redirectError(err.toFile());
        builder.environment().put("ATTUNE_JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("ATTUNE_JAVA_OPTS", String.join(" ", javaOptions));
        int exitCode = builder.start().waitFor();
        return new Ran(exitCode, Files.readString(out), Files.readString(err));
    }

    private void copy(String file) throws IOException {
        Files.createDirectories(checkout.resolve(file).getParent());
        Files.copy(ROOT.resolve(file), checkout.resolve(file), COPY_ATTRIBUTES);
    }

    private static Manifest manifest() {
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        String path =
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .map(entry -> Path.of(entry).toAbsolutePath().toUri().toString())
                        .collect(Collectors.joining(" "));
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, path);
        return manifest;
    }
}
