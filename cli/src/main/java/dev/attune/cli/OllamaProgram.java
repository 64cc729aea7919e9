package dev.attune.cli;

import dev.attune.base.AttuneException;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The `ollama` of this machine.
///
/// @param executable its file
/// @param environment what it is started with
record OllamaProgram(Path executable, Map<String, String> environment) {
    private static final Pattern NAME =
            Pattern.compile(
                    "[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*(:[A-Za-z0-9_.-]+)?");
    private static final Duration GONE = Duration.ofSeconds(2);
    private static final Pattern TERMINAL_CODES = Pattern.compile("\u001b\\[[0-9;?]*[A-Za-z]");

    OllamaProgram {
        environment = Map.copyOf(environment);
    }

    /// Looks for it where the shell would.
    ///
    /// @throws AttuneException of kind ENVIRONMENT if it is not there
    static OllamaProgram find(Map<String, String> environment) {
        return Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .filter(folder -> !folder.isEmpty())
                .flatMap(folder ->
                        Stream.of("ollama", "ollama.exe").map(name -> Path.of(folder, name)))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst()
                .map(file -> new OllamaProgram(file, environment))
                .orElseThrow(() ->
                        AttuneException.environment(
                                        "There is no program ollama on the PATH, so --create has"
                                                + " nothing to run. Nothing was written.")
                                .fix(
                                        "Install Ollama, or leave --create out: the folder then"
                                                + " says which two commands to run where it is."));
    }

    /// Refuses a name that Ollama would refuse.
    static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw AttuneException.user("Ollama takes no model name such as \"" + name + "\".")
                    .fix("Use letters, digits, dots, dashes and underscores, as in support:v1.");
        }
    }

    /// Makes a model of a folder with a Modelfile.
    ///
    /// The program ends with this one: also when this one is stopped.
    ///
    /// @param said takes each line that it prints
    /// @param most how long it may take
    /// @throws AttuneException of kind ENVIRONMENT if it does not end well
    void create(String name, Path folder, Consumer<String> said, Duration most) {
        ProcessBuilder builder =
                new ProcessBuilder(executable.toString(), "create", name, "-f", "Modelfile")
                        .directory(folder.toFile())
                        .redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        AtomicReference<String> last = new AtomicReference<>("nothing");
        try {
            Process process = builder.start();
            Thread end = new Thread(() -> kill(process), "end of ollama");
            Runtime.getRuntime().addShutdownHook(end);
            try {
                process.getOutputStream().close();
                Thread reader =
                        Thread.ofVirtual()
                                .start(() ->
                                        lines(
                                                process,
                                                line -> {
                                                    last.set(line);
                                                    said.accept(line);
                                                }));
                boolean ended = process.waitFor(most.toMillis(), TimeUnit.MILLISECONDS);
                if (ended) {
                    boolean _ = reader.join(GONE);
                }
                requireMade(name, folder, ended ? process.exitValue() : -1, last.get());
            } finally {
                kill(process);
                forget(end);
            }
        } catch (IOException e) {
            throw failed("cannot be started", name, folder).causedBy(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed("was interrupted", name, folder).causedBy(e);
        }
    }

    private static void requireMade(String name, Path folder, int exitCode, String last) {
        if (exitCode == -1) {
            throw failed("took too long and was ended; it said last: " + last, name, folder);
        }
        if (exitCode != 0) {
            throw failed(
                    "ended with exit code %d; it said last: %s".formatted(exitCode, last),
                    name,
                    folder);
        }
    }

    private static AttuneException failed(String how, String name, Path folder) {
        return AttuneException.environment("ollama create " + how + ".")
                .at(folder)
                .fix(
                        "The folder is complete; in it, run: ollama create %s -f Modelfile"
                                .formatted(name));
    }

    /// Lines end with a line feed or, where progress is shown, a carriage return.
    private static void lines(Process process, Consumer<String> line) {
        try (var reader =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                String plain = TERMINAL_CODES.matcher(text).replaceAll("").strip();
                if (!plain.isEmpty()) {
                    line.accept(plain);
                }
            }
        } catch (IOException | UncheckedIOException _) {
            // The program was ended while it spoke.
            line.accept("(cut off)");
        }
    }

    /// Ends the program and what it started, and waits a moment for them to be gone.
    private static void kill(Process process) {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.forEach(ProcessHandle::destroyForcibly);
        long deadline = System.nanoTime() + GONE.toNanos();
        for (ProcessHandle each : all) {
            try {
                each.onExit().get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (ExecutionException | TimeoutException _) {
                // They are asked to end, and time is up.
                return;
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static void forget(Thread end) {
        try {
            Runtime.getRuntime().removeShutdownHook(end);
        } catch (IllegalStateException _) {
            // The process is ending, and the hook runs.
            Thread.onSpinWait();
        }
    }
}
