package dev.attune.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;

import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// `attune export --to ollama --create`, with a script in place of ollama and a server in place of
/// its own.
@DisabledOnOs(OS.WINDOWS)
class OllamaExportTest {
    private static final String ROWS =
            """
            {"messages": [{"role": "user", "content": "Where is it?"}, \
            {"role": "assistant", "content": "Here."}]}
            """;

    @TempDir private Path folder = Path.of("");

    private final List<String> asked = new ArrayList<>();
    private HttpServer server;

    OllamaExportTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @BeforeEach
    void start() {
        serve("/api/version", "{\"version\": \"0.9\"}");
        serve("/api/chat", "{\"message\": {\"role\": \"assistant\", \"content\": \"There.\\n\"}}");
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void hasOllamaMakeTheModelAndAsksItARow() throws IOException {
        ollama("echo \"$@\" > \"$HOME/called\"; pwd >> \"$HOME/called\"; echo success");
        Path rows = Files.writeString(folder.resolve("rows.jsonl"), ROWS);

        Ran ran = export("--create", "support:v1", "--data", rows.toString());

        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(Files.readAllLines(folder.resolve("called")))
                .containsExactly(
                        "create support:v1 -f Modelfile",
                        folder.resolve("target").toRealPath().toString());
        assertThat(asked.getLast())
                .contains("\"model\":\"support:v1\"", "\"content\":\"Where is it?\"")
                .doesNotContain("Here.");
        assertThat(ran.err()).contains("ollama: success");
        assertThat(ran.out())
                .contains(
                        """
                        created  support:v1, for ollama run support:v1
                        asked    Where is it?
                        answer   There.
                        data     Here.
                        """);
    }

    @Test
    void tellsMachinesWhatTheModelSaid() throws IOException {
        ollama("echo success");

        Ran ran = export("--create", "support", "--json");

        assertThat(ran.json().path("ollama").toString())
                .isEqualTo(
                        "{\"name\":\"support\",\"question\":\"Hello!\",\"answer\":\"There.\\n\","
                                + "\"expected\":\"\"}");
    }

    @Test
    void writesNothingWhereThereIsNoOllama() {
        Ran ran = export("--create", "support");

        assertThat(ran.exitCode()).isEqualTo(4);
        assertThat(ran.err())
                .contains("There is no program ollama on the PATH", "Nothing was written.")
                .contains("fix  Install Ollama, or leave --create out");
        assertThat(folder.resolve("target")).doesNotExist();
    }

    @Test
    void writesNothingWhereTheServerIsSilent() throws IOException {
        ollama("echo success");
        stop();

        Ran ran = export("--create", "support");

        assertThat(ran.exitCode()).isEqualTo(4);
        assertThat(ran.err())
                .contains("Ollama's server does not answer")
                .contains("fix  Start it with ollama serve, or set OLLAMA_HOST");
        assertThat(folder.resolve("target")).doesNotExist();
    }

    @Test
    void refusesANameThatOllamaWould() {
        Ran ran = export("--create", "-f/etc");

        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err()).contains("Ollama takes no model name such as \"-f/etc\".");
    }

    @Test
    void keepsTheFolderWhereOllamaFails() throws IOException {
        ollama("echo 'Error: unsupported architecture' >&2; exit 1");

        Ran ran = export("--create", "support");

        assertThat(ran.exitCode()).isEqualTo(4);
        assertThat(ran.err())
                .contains(
                        "ollama create ended with exit code 1; it said last: Error: unsupported"
                                + " architecture.")
                .contains("fix  The folder is complete; in it, run: ollama create support");
        assertThat(folder.resolve("target/Modelfile")).exists();
    }

    @Test
    void endsAnOllamaThatTakesTooLong() throws IOException {
        ollama("sleep 600 & echo $! > \"$HOME/child\"; echo working; wait");
        OllamaProgram program = OllamaProgram.find(environment());
        Path here = Files.createDirectory(folder.resolve("here"));

        assertThatThrownBy(() -> program.create("support", here, _ -> {}, Duration.ofSeconds(3)))
                .hasMessageContaining(
                        "ollama create took too long and was ended; it said last: working.");

        long child = Long.parseLong(Files.readString(folder.resolve("child")).strip());
        // One that waits for its parent to take note has no command any more.
        assertThat(ProcessHandle.of(child).flatMap(each -> each.info().command())).isEmpty();
    }

    @Test
    void writesAFolderThatOllamaImports() throws IOException {
        ollama("cp Modelfile \"$HOME/seen\"; ls > \"$HOME/files\"");

        Ran ran = export("--create", "support", "--safetensors", "--system", "Be kind.");

        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(Files.readString(folder.resolve("seen")))
                .startsWith("FROM .\nTEMPLATE ")
                .contains("\nSYSTEM \"Be kind.\"\n");
        assertThat(Files.readAllLines(folder.resolve("files")))
                .contains(
                        "Modelfile", "OLLAMA.md", "README.md", "config.json", "model.safetensors");
        assertThat(ran.out()).contains("logits   differ by at most", "answer   There.\n");
    }

    @Test
    void refusesAFolderThatOllamaCannotImport() {
        Ran ran = export("--safetensors", "--quant", "q8_0");
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err()).contains("--quant does not go with --safetensors.");

        String gpt2 = SharedData.path("reference/gpt2").toString();
        Ran other =
                Ran.of(
                        environment(),
                        "export",
                        gpt2,
                        "--to",
                        "ollama",
                        "--safetensors",
                        "-o",
                        folder.resolve("target").toString());
        assertThat(other.exitCode()).isEqualTo(2);
        assertThat(other.err())
                .contains("Ollama imports no GPT2LMHeadModel from safetensors; it imports Llama")
                .contains("fix  Leave --safetensors out");
    }

    @Test
    void refusesItsOptionsForOtherFormats() {
        Ran ran =
                Ran.of(
                        "export",
                        folder.toString(),
                        "--to",
                        "gguf",
                        "--create",
                        "x",
                        "-o",
                        folder.resolve("target").toString());

        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err()).contains("--create goes with --to ollama only, not with --to gguf.");
    }

    @ParameterizedTest
    @CsvSource({
        "'', http://127.0.0.1:11434",
        "0.0.0.0, http://127.0.0.1:11434",
        "box, http://box:11434",
        "box:99, http://box:99",
        ":99, http://127.0.0.1:99",
        "http://box, http://box:80",
        "https://box/, https://box:443",
        "[::1]:99, http://[::1]:99",
        "0.0.0.0:8080, http://127.0.0.1:8080"
    })
    void readsOllamaHostAsOllamaDoes(String host, String address) {
        assertThat(OllamaServer.address(host)).hasToString(address);
    }

    private Ran export(String... more) {
        List<String> args =
                new ArrayList<>(
                        List.of(
                                "export",
                                SharedData.path("models/tinystories-656K").toString(),
                                "--to",
                                "ollama",
                                "--no-check",
                                "-o",
                                folder.resolve("target").toString()));
        args.addAll(List.of(more));
        return Ran.of(environment(), args.toArray(String[]::new));
    }

    private Map<String, String> environment() {
        return Map.of(
                "PATH",
                folder.resolve("bin") + ":/usr/bin:/bin",
                "HOME",
                folder.toString(),
                "OLLAMA_HOST",
                "127.0.0.1:" + server.getAddress().getPort());
    }

    private void ollama(String script) throws IOException {
        Path file = Files.createDirectories(folder.resolve("bin")).resolve("ollama");
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void serve(String path, String answer) {
        server.createContext(
                path,
                exchange -> {
                    byte[] body = exchange.getRequestBody().readAllBytes();
                    asked.add(new String(body, StandardCharsets.UTF_8));
                    byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, bytes.length);
                    exchange.getResponseBody().write(bytes);
                    exchange.close();
                });
    }
}
