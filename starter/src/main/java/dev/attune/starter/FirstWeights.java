package dev.attune.starter;

import dev.attune.model.Decoder;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tensor;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;

/// Weights to begin with, so that a short pre-training suffices.
///
/// Random attention finds only after many millions of tokens that it can look back for what came
/// after the same token before, and until then a model copies no name and no number. Three things
/// are put in by hand; training goes on from there and is free to change them.
///
/// ```
/// all layers      o_proj and down_proj small: at first the tokens themselves are what is seen
/// embedding       one direction u that all tokens share
/// layer 0, head 0 k = w·u, q = w·u turned back by one place      looks at the token before (i-1)
///                 v = P x, o = U v                                writes its mark P x into U
/// layer 1, head 0 q = P x of this token, k = Uᵀ of another       looks where the mark is this token:
///                 v = Q x, o = Qᵀ v                               just behind its last occurrence
/// ```
///
/// P, Q and U are random. Positions turn the first pairs of a head fast and the last ones slowly;
/// so the place is read off the first, the mark off the last.
///
/// @param shape of the decoder
/// @param seed of P, Q and U
record FirstWeights(StarterShape shape, long seed) {
    private static final double QUIET = 0.1;
    private static final double SHARED = 0.14;
    private static final double PLACE = 1.0;
    private static final double MARK = 0.06;
    private static final double MATCH = 2.0;
    private static final double COPY = 0.4;

    /// Pairs of a head that turn fast enough to tell neighbours apart.
    private static final int FAST_PAIRS = 6;

    /// Changes the weights of a random decoder.
    void putInto(Decoder decoder) {
        Map<String, Parameter> byName =
                decoder.parameters().stream()
                        .collect(Collectors.toMap(Parameter::name, Function.identity()));
        int hidden = shape.hiddenSize();
        int headDim = hidden / shape.numAttentionHeads();
        try (var _ = Scope.open("first weights")) {
            for (Parameter weight : byName.values()) {
                if (weight.name().contains("o_proj") || weight.name().contains("down_proj")) {
                    weight.data().multiplyInPlace(QUIET);
                }
            }
            RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
            int marks = headDim - 2 * FAST_PAIRS;
            double[][] apart = Rows.apart(random, 1 + 2 * marks + headDim, hidden);
            double[] shared = apart[0];
            double[][] read = Arrays.copyOfRange(apart, 1, 1 + marks);
            double[][] written = Arrays.copyOfRange(apart, 1 + marks, 1 + 2 * marks);
            double[][] copied = Arrays.copyOfRange(apart, 1 + 2 * marks, apart.length);

            change(byName, "embed_tokens", table -> Rows.addToAll(table, shared, SHARED));
            change(byName, "layers.0.self_attn.k_proj", k -> lookAt(k, shared, headDim, 0));
            change(byName, "layers.0.self_attn.q_proj", q -> lookAt(q, shared, headDim, 1));
            change(byName, "layers.0.self_attn.v_proj", v -> Rows.put(v, read, 0, 1));
            change(byName, "layers.0.self_attn.o_proj", o -> Rows.putColumns(o, written, MARK));
            change(byName, "layers.1.self_attn.q_proj", q -> slow(q, read, headDim));
            change(byName, "layers.1.self_attn.k_proj", k -> slow(k, written, headDim));
            change(byName, "layers.1.self_attn.v_proj", v -> Rows.put(v, copied, 0, 1));
            change(byName, "layers.1.self_attn.o_proj", o -> Rows.putColumns(o, copied, COPY));
        }
    }

    private interface Change {
        void of(Rows rows);
    }

    private static void change(Map<String, Parameter> weights, String part, Change change) {
        Parameter weight =
                weights.values().stream()
                        .filter(each -> each.name().contains(part))
                        .findFirst()
                        .orElseThrow();
        Tensor data = weight.data();
        int width = (int) data.size(1);
        Rows rows = new Rows(data.floats(), width);
        change.of(rows);
        data.copyInPlace(Tensor.of(rows.values(), data.shape()));
    }

    /// Rows of the fast pairs read the shared direction, turned back by `places`; the others
    /// nothing.
    private static void lookAt(Rows rows, double[] shared, int headDim, int places) {
        int pairs = headDim / 2;
        for (int pair = 0; pair < pairs; pair++) {
            double angle = places * Math.pow(10_000, -pair / (double) pairs);
            double size = pair < FAST_PAIRS ? PLACE : 0;
            rows.set(pair, shared, size * Math.cos(angle));
            rows.set(pair + pairs, shared, -size * Math.sin(angle));
        }
    }

    /// Rows of the slow pairs read marks; the others nothing.
    private static void slow(Rows rows, double[][] marks, int headDim) {
        int pairs = headDim / 2;
        int next = 0;
        for (int row = 0; row < headDim; row++) {
            boolean isFast = row % pairs < FAST_PAIRS;
            rows.set(row, isFast ? marks[0] : marks[next++], isFast ? 0 : MATCH);
        }
    }

    /// A matrix on its way in.
    private static final class Rows {
        private final float[] values;
        private final int width;

        Rows(float[] values, int width) {
            this.values = values;
            this.width = width;
        }

        float[] values() {
            return values;
        }

        /// Random rows of length one, each at right angles to the others.
        static double[][] apart(RandomGenerator random, int rows, int width) {
            double[][] drawn = new double[rows][width];
            for (int row = 0; row < rows; row++) {
                for (int i = 0; i < width; i++) {
                    drawn[row][i] = random.nextGaussian();
                }
                for (int other = 0; other < row; other++) {
                    add(drawn[row], drawn[other], -product(drawn[row], drawn[other]));
                }
                double length = Math.sqrt(product(drawn[row], drawn[row]));
                for (int i = 0; i < width; i++) {
                    drawn[row][i] /= length;
                }
            }
            return drawn;
        }

        private static double product(double[] a, double[] b) {
            double sum = 0;
            for (int i = 0; i < a.length; i++) {
                sum += a[i] * b[i];
            }
            return sum;
        }

        private static void add(double[] to, double[] other, double size) {
            for (int i = 0; i < to.length; i++) {
                to[i] += size * other[i];
            }
        }

        static void addToAll(Rows rows, double[] direction, double size) {
            for (int i = 0; i < rows.values.length; i++) {
                rows.values[i] += (float) (size * direction[i % rows.width]);
            }
        }

        static void put(Rows rows, double[][] source, int from, double size) {
            for (int row = 0; row < source.length; row++) {
                rows.set(from + row, source[row], size);
            }
        }

        /// The first columns become the given vectors.
        static void putColumns(Rows rows, double[][] source, double size) {
            for (int column = 0; column < source.length; column++) {
                for (int row = 0; row < source[column].length; row++) {
                    rows.values[row * rows.width + column] = (float) (size * source[column][row]);
                }
            }
        }

        void set(int row, double[] direction, double size) {
            for (int i = 0; i < width; i++) {
                values[row * width + i] = (float) (size * direction[i]);
            }
        }
    }
}
