package dev.attune.bench;

import dev.attune.data.CheckReport;
import dev.attune.data.ColumnMapping;
import dev.attune.data.DataCheck;
import dev.attune.data.Progress;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import tools.jackson.databind.json.JsonMapper;

import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;

/// How long data check takes on made-up conversations, a twentieth of them near duplicates.
@Command(
        name = "check",
        description = "Times data check on made-up conversations.",
        mixinStandardHelpOptions = true)
final class CheckBench implements Callable<Integer> {
    private static final int MAX_DIFFERENT = 1_500_000;

    @Option(names = "--rows", defaultValue = "100000", description = "How many conversations.")
    private int rows;

    @Option(names = "--seed", defaultValue = "1", description = "Of the conversations.")
    private long seed;

    @Override
    public Integer call() throws IOException {
        Path file = Files.createTempFile("attune-check", ".jsonl");
        try {
            System.out.println(JsonMapper.shared().writeValueAsString(figures(file)));
        } finally {
            Files.delete(file);
        }
        return 0;
    }

    private Map<String, Object> figures(Path file) throws IOException {
        write(file);
        long started = System.nanoTime();
        long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        CheckReport report =
                new DataCheck(
                                List.of(file),
                                List.of(),
                                ColumnMapping.NONE,
                                Optional.empty(),
                                DataCheck.FEW)
                        .run(Progress.SILENT);
        double cpuSeconds =
                (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu) / 1e9;
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("rows", rows);
        fields.put("megabytes", Files.size(file) / 1_000_000);
        fields.put("seconds", (System.nanoTime() - started) / 1e9);
        fields.put("cpu_seconds", cpuSeconds);
        fields.put("heap_limit_mb", Runtime.getRuntime().maxMemory() / 1_000_000);
        report.findings().forEach(finding -> fields.put(finding.code(), finding.count()));
        return fields;
    }

    private void write(Path file) throws IOException {
        MadeUpRows made = new MadeUpRows(seed);
        Random random = new Random(seed);
        Rewording[] ways = Rewording.values();
        MadeUpRows.Row before = made.next();
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (int i = 0; i < rows; i++) {
                boolean again = i % 20 == 19 || i > MAX_DIFFERENT;
                MadeUpRows.Row row =
                        again
                                ? before.with(ways[random.nextInt(ways.length)].of(before, random))
                                : made.next();
                before = row.words().isEmpty() ? before : row;
                out.write(conversation(row));
                out.newLine();
            }
        }
    }

    private static String conversation(MadeUpRows.Row row) {
        JsonMapper json = JsonMapper.shared();
        return "{\"messages\":[{\"role\":\"system\",\"content\":\"You are a help desk. Be"
                + " brief.\"},{\"role\":\"user\",\"content\":"
                + json.writeValueAsString(row.prompt())
                + "},{\"role\":\"assistant\",\"content\":"
                + json.writeValueAsString(row.answer())
                + "}]}";
    }
}
