package dev.attune.bench;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import tools.jackson.databind.json.JsonMapper;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;

/// Writes a file of conversations of any size, a twentieth of them near duplicates of the one
/// before. Their words are made of syllables, common ones and rare ones, so that however many
/// questions there are, most have no neighbour.
@Command(
        name = "rows",
        description = "Writes made-up conversations, to measure data commands with.",
        mixinStandardHelpOptions = true)
final class MakeRows implements Callable<Integer> {
    private static final int WORDS = 60_000;
    private static final int LEAST_ASKED = 8;
    private static final int MORE_ASKED = 12;

    @Option(names = "--rows", defaultValue = "100000", description = "How many conversations.")
    private int rows;

    @Option(names = "--bytes", defaultValue = "1000", description = "Of a row, about.")
    private int bytes;

    @Option(names = "--seed", defaultValue = "1", description = "Of the conversations.")
    private long seed;

    @Option(
            names = {"-o", "--output"},
            required = true,
            description = "The file.")
    private Path out = Path.of("");

    @Override
    public Integer call() throws IOException {
        Random random = new Random(seed);
        List<String> words = words(random);
        List<Rewording> ways =
                Arrays.stream(Rewording.values()).filter(Rewording::isPromised).toList();
        JsonMapper json = JsonMapper.shared();
        MadeUpRows.Row row = row(words, random);
        try (BufferedWriter file = Files.newBufferedWriter(out)) {
            for (int i = 0; i < rows; i++) {
                row =
                        i % 20 == 19
                                ? row.with(ways.get(random.nextInt(ways.size())).of(row, random))
                                : row(words, random);
                file.write("{\"messages\":[{\"role\":\"user\",\"content\":");
                file.write(json.writeValueAsString(row.prompt()));
                file.write("},{\"role\":\"assistant\",\"content\":");
                file.write(json.writeValueAsString(row.answer()));
                file.write("}]}\n");
            }
        }
        System.out.printf("%,d rows, %,d MB: %s%n", rows, Files.size(out) / 1_000_000, out);
        return 0;
    }

    private MadeUpRows.Row row(List<String> words, Random random) {
        List<String> asked = new ArrayList<>();
        for (int i = LEAST_ASKED + random.nextInt(MORE_ASKED); i > 0; i--) {
            asked.add(word(words, random));
        }
        StringBuilder answer = new StringBuilder();
        int prompt = asked.stream().mapToInt(word -> word.length() + 1).sum();
        int wanted = bytes - prompt - 80;
        while (answer.length() < wanted) {
            answer.append(answer.isEmpty() ? "" : " ").append(word(words, random));
            if (random.nextInt(12) == 0) {
                answer.append('.');
            }
        }
        return new MadeUpRows.Row(
                "How do I " + String.join(" ", asked) + "?", answer.toString(), asked);
    }

    /// The square makes the first words common, as words are.
    private static String word(List<String> words, Random random) {
        double at = random.nextDouble();
        return words.get((int) (at * at * WORDS));
    }

    private static List<String> words(Random random) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < WORDS; i++) {
            StringBuilder word = new StringBuilder();
            for (int syllables = 2 + random.nextInt(3); syllables > 0; syllables--) {
                word.append("bdfgklmnprstvw".charAt(random.nextInt(14)))
                        .append("aeiou".charAt(random.nextInt(5)));
            }
            words.add(word.toString());
        }
        return words;
    }
}
