package dev.attune.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/// What prompts are about: a sample of them in clusters, and as points of a map.
///
/// A prompt is the hashed vector of its content words, weighed by rarity (tf-idf); clusters are
/// those of spherical k-means, begun with k-means++; the map shows the two directions in which the
/// vectors differ most, found by power iteration. The sample is a reservoir; all is drawn from a
/// fixed seed.
final class PromptClusters implements RowCheck {
    static final int SAMPLE = 1500;

    private static final int DIMENSIONS = 256;
    private static final int ROUNDS = 12;
    private static final int MAX_WORDS = 200;
    private static final int MIN_SAMPLE = 10;

    private final Random random = new Random(17);
    private final List<List<String>> sample = new ArrayList<>();
    private long seen;

    /// A point of the map, both coordinates within -1 and 1.
    record Point(double x, double y, int cluster) {}

    /// A cluster: the words that set it apart, and how many of the sample it holds.
    record Cluster(String words, int rows) {}

    /// The map.
    record Picture(List<Cluster> clusters, List<Point> points) {
        /// Copies the lists.
        Picture {
            clusters = List.copyOf(clusters);
            points = List.copyOf(points);
        }
    }

    @Override
    public void see(CheckedRow checked) {
        int at = sample.size();
        if (at == SAMPLE) {
            at = (int) random.nextLong(seen + 1);
        }
        seen++;
        if (at >= SAMPLE) {
            return;
        }
        List<String> words = checked.asked().content();
        List<String> few = words.subList(0, Math.min(MAX_WORDS, words.size()));
        if (at == sample.size()) {
            sample.add(few);
        } else {
            sample.set(at, few);
        }
    }

    @Override
    public List<Finding> findings(RowIndex index) {
        Picture picture = picture();
        long thin = picture.clusters.stream().filter(c -> c.rows * 50 < sample.size()).count();
        if (sample.size() < 100 || thin == 0) {
            return List.of();
        }
        String about =
                picture.clusters.stream()
                        .filter(c -> c.rows * 50 < sample.size())
                        .map(Cluster::words)
                        .collect(Collectors.joining("; "));
        return List.of(
                new Finding.InSet(
                        Finding.Severity.NOTE,
                        "thin_cluster",
                        "%d of %d topics hold less than 2 %% of the prompts: %s."
                                .formatted(thin, picture.clusters.size(), about),
                        "Add rows on these topics, or leave the topics out."));
    }

    /// The clusters, the largest first, and the map of the sample.
    Picture picture() {
        int n = sample.size();
        if (n < MIN_SAMPLE) {
            return new Picture(List.of(), List.of());
        }
        Map<String, Integer> rarity = rarity();
        double[][] vectors = vectors(rarity);
        double[][] centres = centres(vectors, clusterCount(n));
        int[] cluster = new int[n];
        for (int i = 0; i < n; i++) {
            cluster[i] = nearest(vectors[i], centres, centres.length);
        }
        return new Picture(clusters(cluster, centres.length, rarity), points(vectors, cluster));
    }

    /// Says of any prompt which cluster of the sample it is nearest to; all are in one where the
    /// sample is too small for clusters.
    Nearest nearest() {
        int n = sample.size();
        Map<String, Integer> rarity = rarity();
        double[][] centres =
                n < MIN_SAMPLE
                        ? new double[1][DIMENSIONS]
                        : centres(vectors(rarity), clusterCount(n));
        return words -> {
            List<String> content = words.content();
            List<String> few = content.subList(0, Math.min(MAX_WORDS, content.size()));
            return nearest(vector(few, rarity, n), centres, centres.length);
        };
    }

    /// Which cluster a prompt belongs to, from 0 on, in the order of [#picture].
    @FunctionalInterface
    interface Nearest {
        int cluster(Words asked);
    }

    private static int clusterCount(int n) {
        return Math.clamp((int) Math.sqrt(n / 4.0), 2, 12);
    }

    private Map<String, Integer> rarity() {
        Map<String, Integer> rarity = new HashMap<>();
        sample.forEach(
                words -> new HashSet<>(words).forEach(word -> rarity.merge(word, 1, Integer::sum)));
        return rarity;
    }

    private double[][] vectors(Map<String, Integer> rarity) {
        double[][] vectors = new double[sample.size()][];
        for (int i = 0; i < vectors.length; i++) {
            vectors[i] = vector(sample.get(i), rarity, vectors.length);
        }
        return vectors;
    }

    private static double[] vector(List<String> words, Map<String, Integer> rarity, int n) {
        double[] vector = new double[DIMENSIONS];
        for (String word : words) {
            long hash = Hash64.of(word);
            int at = (int) (hash & (DIMENSIONS - 1));
            double weight = Math.log((1.0 + n) / (double) rarity.getOrDefault(word, 1));
            vector[at] += (hash & (1L << 40)) == 0 ? weight : -weight;
        }
        double length = Math.sqrt(dot(vector, vector));
        for (int i = 0; i < DIMENSIONS && length > 0; i++) {
            vector[i] /= length;
        }
        return vector;
    }

    private static double[][] centres(double[][] vectors, int k) {
        Random seeds = new Random(29);
        double[][] centres = new double[k][];
        centres[0] = vectors[seeds.nextInt(vectors.length)].clone();
        for (int c = 1; c < k; c++) {
            centres[c] = far(vectors, centres, c, seeds).clone();
        }
        for (int round = 0; round < ROUNDS; round++) {
            double[][] sums = new double[k][DIMENSIONS];
            for (int i = 0; i < vectors.length; i++) {
                int nearest = nearest(vectors[i], centres, k);
                for (int d = 0; d < DIMENSIONS; d++) {
                    sums[nearest][d] += vectors[i][d];
                }
            }
            for (int c = 0; c < k; c++) {
                double length = Math.sqrt(dot(sums[c], sums[c]));
                for (int d = 0; d < DIMENSIONS && length > 0; d++) {
                    centres[c][d] = sums[c][d] / length;
                }
            }
        }
        return centres;
    }

    /// A vector drawn with a chance that grows with its distance from all centres so far.
    private static double[] far(double[][] vectors, double[][] centres, int k, Random seeds) {
        double[] distance = new double[vectors.length];
        double sum = 0;
        for (int i = 0; i < vectors.length; i++) {
            distance[i] =
                    Math.max(0, 1 - dot(vectors[i], centres[nearest(vectors[i], centres, k)]));
            sum += distance[i];
        }
        double at = seeds.nextDouble() * sum;
        for (int i = 0; i < vectors.length; i++) {
            at -= distance[i];
            if (at <= 0) {
                return vectors[i];
            }
        }
        return vectors[vectors.length - 1];
    }

    private static int nearest(double[] vector, double[][] centres, int k) {
        int best = 0;
        double most = -2;
        for (int c = 0; c < k; c++) {
            double likeness = dot(vector, centres[c]);
            if (likeness > most) {
                most = likeness;
                best = c;
            }
        }
        return best;
    }

    /// Names each cluster by the words that are most over-represented in it; empty ones are left
    /// out.
    private List<Cluster> clusters(int[] cluster, int k, Map<String, Integer> rarity) {
        List<Cluster> clusters = new ArrayList<>();
        for (int c = 0; c < k; c++) {
            Map<String, Integer> counts = new HashMap<>();
            int rows = 0;
            for (int i = 0; i < cluster.length; i++) {
                if (cluster[i] == c) {
                    rows++;
                    Set<String> words = new HashSet<>(sample.get(i));
                    words.forEach(word -> counts.merge(word, 1, Integer::sum));
                }
            }
            String words =
                    counts.entrySet().stream()
                            .filter(e -> e.getKey().length() > 2)
                            .sorted(
                                    Comparator.comparingDouble((Map.Entry<String, Integer> e) ->
                                                    -(double) e.getValue()
                                                            * (double) e.getValue()
                                                            / rarity.getOrDefault(e.getKey(), 1))
                                            .thenComparing(Map.Entry::getKey))
                            .limit(3)
                            .map(e -> Quoted.plain(e.getKey(), 20))
                            .collect(Collectors.joining(", "));
            clusters.add(new Cluster(words, rows));
        }
        return clusters;
    }

    private static List<Point> points(double[][] vectors, int[] cluster) {
        double[] mean = new double[DIMENSIONS];
        for (double[] vector : vectors) {
            for (int d = 0; d < DIMENSIONS; d++) {
                mean[d] += vector[d] / vectors.length;
            }
        }
        double[] first = direction(vectors, mean, new double[DIMENSIONS]);
        double[] second = direction(vectors, mean, first);
        double[] xs = new double[vectors.length];
        double[] ys = new double[vectors.length];
        double most = 1e-9;
        for (int i = 0; i < vectors.length; i++) {
            xs[i] = dot(vectors[i], first) - dot(mean, first);
            ys[i] = dot(vectors[i], second) - dot(mean, second);
            most = Math.max(most, Math.max(Math.abs(xs[i]), Math.abs(ys[i])));
        }
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < vectors.length; i++) {
            points.add(new Point(xs[i] / most, ys[i] / most, cluster[i]));
        }
        return points;
    }

    /// The direction of the largest variance at right angles to `other`.
    private static double[] direction(double[][] vectors, double[] mean, double[] other) {
        Random seeds = new Random(31);
        double[] at = new double[DIMENSIONS];
        for (int d = 0; d < DIMENSIONS; d++) {
            at[d] = seeds.nextGaussian();
        }
        for (int round = 0; round < 20; round++) {
            double[] next = new double[DIMENSIONS];
            double shift = dot(mean, at);
            for (double[] vector : vectors) {
                double along = dot(vector, at) - shift;
                for (int d = 0; d < DIMENSIONS; d++) {
                    next[d] += along * (vector[d] - mean[d]);
                }
            }
            double shared = dot(next, other);
            for (int d = 0; d < DIMENSIONS; d++) {
                next[d] -= shared * other[d];
            }
            double length = Math.sqrt(dot(next, next));
            for (int d = 0; d < DIMENSIONS && length > 0; d++) {
                at[d] = next[d] / length;
            }
        }
        return at;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
