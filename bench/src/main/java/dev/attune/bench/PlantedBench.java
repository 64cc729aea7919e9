package dev.attune.bench;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/// What data check finds of defects that were planted into clean data.
@Command(
        name = "planted",
        description = "Plants defects into clean data and counts what data check finds.",
        mixinStandardHelpOptions = true)
final class PlantedBench implements Callable<Integer> {
    @Option(names = "--rows", defaultValue = "4000", description = "Clean rows of each kind.")
    private int rows;

    @Option(names = "--planted", defaultValue = "200", description = "Defects of each strength.")
    private int planted;

    @Option(names = "--seed", defaultValue = "1", description = "Of the rows and the defects.")
    private long seed;

    @Option(names = "--json", description = "Write one JSON object a line.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        Path folder = Files.createTempDirectory("attune-planted");
        List<PlantedDefects.Score> scores;
        try {
            scores = new PlantedDefects(rows, planted, seed).scores(folder);
        } finally {
            delete(folder);
        }
        for (PlantedDefects.Score score : scores) {
            System.out.println(
                    json
                            ? JsonMapper.shared()
                                    .writeValueAsString(
                                            Map.of(
                                                    "check", score.check(),
                                                    "strength", score.strength(),
                                                    "planted", score.planted(),
                                                    "found", score.found(),
                                                    "wrong", score.wrong()))
                            : String.format(
                                    Locale.ROOT,
                                    "%-15s %-19s planted %5d  found %5d  wrong %4d  recall %.3f"
                                            + "  precision %.3f",
                                    score.check(),
                                    score.strength(),
                                    score.planted(),
                                    score.found(),
                                    score.wrong(),
                                    score.recall(),
                                    score.precision()));
        }
        return 0;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
