package dev.attune.bench;

import java.util.List;

/// What a piece of work took.
///
/// @param seconds by the clock
/// @param cpuSeconds what all threads of this process computed
record Timed(double seconds, double cpuSeconds) {
    /// Does it, and takes the time.
    static Timed of(Runnable work) {
        double cpu = cpuNow();
        long start = System.nanoTime();
        work.run();
        return new Timed((System.nanoTime() - start) / 1e9, cpuNow() - cpu);
    }

    /// The median of each figure.
    static Timed median(List<Timed> runs) {
        return new Timed(
                middle(runs.stream().mapToDouble(Timed::seconds).sorted().toArray()),
                middle(runs.stream().mapToDouble(Timed::cpuSeconds).sorted().toArray()));
    }

    private static double middle(double[] sorted) {
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    private static double cpuNow() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(spent -> spent.toNanos() / 1e9)
                .orElse(Double.NaN);
    }
}
