package dev.attune.cli;

import com.sun.management.OperatingSystemMXBean;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a run on this machine has to work with.
///
/// @param os the operating system and its version
/// @param arch the processor's architecture in Java's words: `amd64`, `aarch64`
/// @param cores the processors the JVM may use
/// @param memoryBytes the physical memory
/// @param freeMemoryBytes the part of it that no process holds
/// @param heapBytes the largest Java heap of this process
/// @param java the Java release and its vendor
/// @param javaHome the folder of that Java
/// @param nativesCache where libtorch is unpacked on first use
/// @param environment the variables of [#VARIABLES] that are set
record Machine(
        String os,
        String arch,
        int cores,
        long memoryBytes,
        long freeMemoryBytes,
        long heapBytes,
        String java,
        Path javaHome,
        Path nativesCache,
        SortedMap<String, String> environment) {

    /// The environment variables that change how a run behaves; the launcher sets the first six.
    static final List<String> VARIABLES =
            List.of(
                    "OMP_WAIT_POLICY",
                    "GOMP_SPINCOUNT",
                    "MALLOC_MMAP_THRESHOLD_",
                    "MALLOC_TRIM_THRESHOLD_",
                    "MALLOC_TOP_PAD_",
                    "OPT_OUT_TRACKING",
                    "OMP_NUM_THREADS",
                    "CUDA_VISIBLE_DEVICES",
                    "ATTUNE_JAVA_OPTS");

    Machine {
        environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
    }

    /// The machine this process runs on.
    static Machine here() {
        var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return new Machine(
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(),
                system.getTotalMemorySize(),
                system.getFreeMemorySize(),
                Runtime.getRuntime().maxMemory(),
                Runtime.version() + " " + System.getProperty("java.vendor"),
                Path.of(System.getProperty("java.home")),
                nativesCache(System.getProperty("org.bytedeco.javacpp.cachedir", "")),
                known(System.getenv()));
    }

    /// Whether libtorch is published for this system: Linux and Windows on x86-64, macOS on arm64.
    boolean supported() {
        boolean intel = arch.equals("amd64") || arch.equals("x86_64");
        return os.startsWith("Mac")
                ? arch.equals("aarch64")
                : intel && (os.startsWith("Linux") || os.startsWith("Windows"));
    }

    private static Path nativesCache(String configured) {
        return configured.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".javacpp", "cache")
                : Path.of(configured);
    }

    private static SortedMap<String, String> known(Map<String, String> all) {
        var known = new TreeMap<>(all);
        known.keySet().retainAll(VARIABLES);
        return known;
    }
}
