package dev.attune.cli;

import dev.attune.tensor.Libtorch;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import tools.jackson.databind.json.JsonMapper;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/// `attune doctor`: what this machine has and what will be used.
@Command(
        name = "doctor",
        description = "Shows what this machine has and what will be used.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {"", "Examples:", "  attune doctor", "  attune doctor --json | jq .memory_bytes"})
final class Doctor implements Callable<Integer> {
    private static final String UNSUPPORTED =
            " (libtorch is published for Linux and Windows on x86-64 and macOS on arm64 only)";

    private static final String FAST =
            "this processor multiplies it faster than float32: it saves memory and time";
    private static final String SLOW =
            "this processor names no fast products of it, so large ones are made in float32: it"
                    + " saves memory, not time";

    private final Supplier<Machine> machine;
    private final Supplier<Libtorch> libtorch;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    /// @param machine where the facts come from; asked when the command runs
    /// @param libtorch likewise, on a supported machine only
    Doctor(Supplier<Machine> machine, Supplier<Libtorch> libtorch) {
        this.machine = machine;
        this.libtorch = libtorch;
    }

    /// Shows what there is, and then fails if libtorch is not: its facts are left out.
    @Override
    public Integer call() {
        Machine here = machine.get();
        try {
            report(here, here.supported() ? Optional.of(libtorch.get()) : Optional.empty());
        } catch (LinkageError e) {
            report(here, Optional.empty());
            throw Natives.explain(e, here);
        }
        if (!here.supported()) {
            throw Natives.unsupported(here);
        }
        return 0;
    }

    private void report(Machine here, Optional<Libtorch> torch) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonMapper.shared().writeValueAsString(facts(here, torch)));
        } else {
            lines(here, torch).forEach((name, text) -> out.printf("%-22s  %s%n", name, text));
        }
        out.flush();
    }

    private static Map<String, Object> facts(Machine m, Optional<Libtorch> libtorch) {
        var facts = new LinkedHashMap<String, Object>();
        facts.put("attune", Version.number());
        facts.put("os", m.os());
        facts.put("arch", m.arch());
        facts.put("supported", m.supported());
        facts.put("cores", m.cores());
        facts.put("memory_bytes", m.memoryBytes());
        facts.put("free_memory_bytes", m.freeMemoryBytes());
        facts.put("java", m.java());
        facts.put("java_home", m.javaHome().toString());
        facts.put("heap_bytes", m.heapBytes());
        facts.put("natives_cache", m.nativesCache().toString());
        facts.put("natives_unpacked", Files.isDirectory(m.nativesCache()));
        facts.put("environment", m.environment());
        libtorch.ifPresent(torch -> {
            facts.put("libtorch", torch.version());
            facts.put("threads", torch.threads());
            facts.put("cpu_capability", torch.cpuCapability());
            facts.put("bfloat16_fast", torch.multipliesBfloat16Fast());
            facts.put("cuda_devices", torch.cudaDevices());
        });
        facts.put("device", device(libtorch));
        return facts;
    }

    private static Map<String, String> lines(Machine m, Optional<Libtorch> libtorch) {
        var lines = new LinkedHashMap<String, String>();
        lines.put("attune", Version.number());
        lines.put("system", m.os() + ", " + m.arch() + (m.supported() ? "" : UNSUPPORTED));
        lines.put("cores", Integer.toString(m.cores()));
        lines.put(
                "memory",
                gigabytes(m.memoryBytes()) + ", " + gigabytes(m.freeMemoryBytes()) + " free");
        lines.put("java", m.java() + " at " + m.javaHome());
        lines.put("java heap", "at most " + gigabytes(m.heapBytes()));
        lines.put(
                "natives",
                m.nativesCache()
                        + (Files.isDirectory(m.nativesCache())
                                ? ""
                                : " (not there yet; the first use of libtorch unpacks 350 MB)"));
        libtorch.ifPresent(torch -> {
            lines.put(
                    "libtorch",
                    "%s, %d threads, %s"
                            .formatted(torch.version(), torch.threads(), torch.cpuCapability()));
            lines.put("bfloat16", torch.multipliesBfloat16Fast() ? FAST : SLOW);
            lines.put("GPUs", torch.cudaDevices() == 0 ? "none" : torch.cudaDevices() + "");
        });
        lines.put("computes on", device(libtorch));
        for (String name : Machine.VARIABLES) {
            lines.put(name, m.environment().getOrDefault(name, "not set"));
        }
        return lines;
    }

    /// Commands compute on the CPU, whatever GPUs there are.
    private static String device(Optional<Libtorch> libtorch) {
        return libtorch.isPresent() ? "cpu" : "nothing";
    }

    private static String gigabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }
}
