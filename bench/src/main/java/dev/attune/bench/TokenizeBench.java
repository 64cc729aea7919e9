package dev.attune.bench;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;

import dev.attune.text.Tokenizer;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// How fast texts become tokens with their places in the text, on several cores, beside one call
/// after the other of the library alone.
@Command(
        name = "tokenize",
        description = "Times tokenising, beside the library's own calls on one core.",
        mixinStandardHelpOptions = true)
final class TokenizeBench implements Callable<Integer> {
    /// Characters of a row, about a page.
    private static final int ROW_CHARS = 2000;

    @Option(names = "--model", required = true, description = "A folder with a tokenizer.json.")
    private Path model = Path.of("");

    @Option(
            names = "--file",
            description = "UTF-8 text, repeated as need be (default: made-up words).")
    private @Nullable Path file;

    @Option(names = "--megabytes", defaultValue = "100", description = "How much text.")
    private int megabytes;

    @Option(names = "--threads", defaultValue = "2", description = "How many threads.")
    private int threads;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException {
        List<String> rows = rows(file == null ? words() : Files.readString(file));
        long bytes = 0;
        for (String row : rows) {
            bytes += row.getBytes(StandardCharsets.UTF_8).length;
        }
        int repeats = (int) Math.max(1, Math.ceilDiv(megabytes * 1_000_000L, bytes));
        double library = library(rows, Math.max(1, repeats / 10)) / 1e6;
        long started = System.nanoTime();
        long tokens = ours(rows, repeats);
        double seconds = (System.nanoTime() - started) / 1e9;
        double rate = bytes * (double) repeats / 1e6 / seconds;
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("megabytes", bytes * repeats / 1_000_000);
        fields.put("tokens", tokens);
        fields.put("threads", threads);
        fields.put("seconds", rounded(seconds));
        fields.put("mb_per_second", rounded(rate));
        fields.put("mb_per_second_per_thread", rounded(rate / threads));
        fields.put("library_mb_per_second", rounded(library));
        fields.put("library_over_ours_per_thread", rounded(library / (rate / threads)));
        if (json) {
            System.out.println(JsonMapper.shared().writeValueAsString(fields));
        } else {
            fields.forEach((name, value) -> System.out.printf("%-30s  %s%n", name, value));
        }
        return 0;
    }

    private static double rounded(double value) {
        return Double.parseDouble(String.format(Locale.ROOT, "%.3f", value));
    }

    /// Bytes a second of the library's own call, one after the other, after a warm-up.
    private double library(List<String> rows, int repeats) throws IOException {
        Map<String, String> options =
                Map.of("truncation", "false", "padding", "false", "addSpecialTokens", "false");
        try (HuggingFaceTokenizer tokenizer =
                HuggingFaceTokenizer.newInstance(model.resolve("tokenizer.json"), options)) {
            rows.forEach(tokenizer::encode);
            long bytes = 0;
            long started = System.nanoTime();
            for (int i = 0; i < repeats; i++) {
                for (String row : rows) {
                    bytes += row.getBytes(StandardCharsets.UTF_8).length;
                    tokenizer.encode(row);
                }
            }
            return bytes * 1e9 / (System.nanoTime() - started);
        }
    }

    private long ours(List<String> rows, int repeats)
            throws InterruptedException, ExecutionException {
        AtomicInteger next = new AtomicInteger();
        int all = rows.size() * repeats;
        try (Tokenizer tokenizer = Tokenizer.load(model);
                ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<Long>> parts = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                parts.add(
                        pool.submit(() -> {
                            long tokens = 0;
                            for (int i = next.getAndIncrement();
                                    i < all;
                                    i = next.getAndIncrement()) {
                                tokens += tokenizer.encode(rows.get(i % rows.size())).length();
                            }
                            return tokens;
                        }));
            }
            long tokens = 0;
            for (Future<Long> part : parts) {
                tokens += part.get();
            }
            return tokens;
        }
    }

    private static List<String> rows(String text) {
        List<String> rows = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            int to = Math.min(text.length(), from + ROW_CHARS);
            if (to < text.length() && Character.isLowSurrogate(text.charAt(to))) {
                to++;
            }
            rows.add(text.substring(from, to));
            from = to;
        }
        return rows;
    }

    /// A megabyte of words of a made-up language, with commas, full stops and paragraphs.
    private static String words() {
        Random random = new Random(1);
        List<String> syllables =
                List.of("ka", "ro", "ti", "mu", "shen", "al", "per", "ing", "tor", "est", "lo");
        List<String> vocabulary = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            StringBuilder word = new StringBuilder();
            for (int k = 0; k <= random.nextInt(4); k++) {
                word.append(syllables.get(random.nextInt(syllables.size())));
            }
            vocabulary.add(word.toString());
        }
        StringBuilder text = new StringBuilder();
        while (text.length() < 1_000_000) {
            int rank = (int) (vocabulary.size() * Math.pow(random.nextDouble(), 3));
            text.append(vocabulary.get(rank));
            int mark = random.nextInt(60);
            text.append(mark == 0 ? ".\n\n" : mark < 4 ? ". " : mark < 9 ? ", " : " ");
        }
        return text.toString();
    }
}
