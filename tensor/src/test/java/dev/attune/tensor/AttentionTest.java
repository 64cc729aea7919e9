package dev.attune.tensor;

import dev.attune.testkit.LeakCheck;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Each way to hide, cap and share, against the whole square of scores one head at a time.
@ExtendWith(LeakCheck.class)
class AttentionTest {
    private static final Documents ONE = Documents.ofLengths(11);

    @OnRandomShapes
    void causalAttentionEqualsTheMaskedComposition(Dtype dtype, long seed) {
        try (var shapes = new Oracle(Dtype.FLOAT32, seed, 1)) {
            int heads = shapes.size(1, 4);
            AttentionChecks.check(
                    dtype,
                    seed,
                    AttentionChecks.shape(heads, heads, shapes.size(1, 16)),
                    Documents.ofLengths(shapes.size(1, 30)));
        }
    }

    @OnRandomShapes
    void groupedQueriesShareTheirKeysAndValues(Dtype dtype, long seed) {
        try (var shapes = new Oracle(Dtype.FLOAT32, seed, 1)) {
            int keyValueHeads = shapes.size(1, 3);
            AttentionChecks.check(
                    dtype,
                    seed,
                    AttentionChecks.shape(
                            keyValueHeads * shapes.size(2, 4), keyValueHeads, shapes.size(2, 12)),
                    Documents.ofLengths(shapes.size(1, 20), shapes.size(1, 20)));
        }
    }

    @InBothTypes
    void multiQueryAttentionSharesOneKeyAndValueHead(Dtype dtype) {
        AttentionChecks.check(dtype, 20, AttentionChecks.shape(5, 1, 8), ONE);
    }

    @InBothTypes
    void oneHeadOfOneFeatureWorks(Dtype dtype) {
        AttentionChecks.check(dtype, 21, AttentionChecks.shape(1, 1, 1), ONE);
    }

    @InBothTypes
    void oneTokenAttendsToItselfAlone(Dtype dtype) {
        AttentionChecks.check(dtype, 22, AttentionChecks.shape(4, 2, 8), Documents.ofLengths(1));
    }

    @InBothTypes
    void slidingWindowShorterThanTheTextEqualsTheMaskedComposition(Dtype dtype) {
        AttentionChecks.check(dtype, 23, AttentionChecks.windowed(4), ONE);
    }

    @InBothTypes
    void slidingWindowOfOneTokenSeesThatTokenAlone(Dtype dtype) {
        AttentionChecks.check(dtype, 24, AttentionChecks.windowed(1), ONE);
    }

    @InBothTypes
    void slidingWindowOneShorterThanTheTextHidesOnePair(Dtype dtype) {
        AttentionChecks.check(dtype, 25, AttentionChecks.windowed(10), ONE);
    }

    @InBothTypes
    void slidingWindowAsLongAsTheTextHidesNothing(Dtype dtype) {
        AttentionChecks.check(dtype, 26, AttentionChecks.windowed(11), ONE);
    }

    @InBothTypes
    void slidingWindowLongerThanTheTextHidesNothing(Dtype dtype) {
        AttentionChecks.check(dtype, 27, AttentionChecks.windowed(4096), ONE);
    }

    @OnRandomShapes
    void softCapBendsTheScores(Dtype dtype, long seed) {
        AttentionChecks.check(
                dtype, seed, new AttentionShape(4, 2, 8, 1 / Math.sqrt(8), 1.5, 0), ONE);
    }

    @InBothTypes
    void documentsOfEqualLengthDoNotSeeEachOther(Dtype dtype) {
        AttentionChecks.check(dtype, 28, AttentionChecks.shape(4, 2, 8), Documents.uniform(3, 9));
    }

    @InBothTypes
    void documentsOfUnequalLengthDoNotSeeEachOther(Dtype dtype) {
        AttentionChecks.check(
                dtype, 29, AttentionChecks.shape(4, 2, 8), Documents.ofLengths(3, 7, 7, 1, 12, 1));
    }

    @ParameterizedTest
    @CsvSource({"127", "128", "129", "256", "257", "300"})
    void textsAroundTheEdgeOfABlockEqualTheMaskedComposition(int tokens) {
        for (Dtype dtype : AttentionChecks.TYPES) {
            AttentionChecks.check(
                    dtype, 30, AttentionChecks.shape(2, 1, 8), Documents.ofLengths(tokens));
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "100", "127", "128", "129", "200", "299", "300", "301"})
    void windowOverSeveralBlocksEqualsTheMaskedComposition(int window) {
        for (Dtype dtype : AttentionChecks.TYPES) {
            AttentionChecks.check(
                    dtype, 31, AttentionChecks.windowed(window), Documents.ofLengths(300));
        }
    }

    /// Tokens, window, heads, soft cap: rows of queries with two and three tiles of keys.
    @ParameterizedTest
    @CsvSource({"513, 0, 2, 0", "1100, 0, 1, 1.5", "1100, 600, 4, 0", "1100, 900, 2, 0"})
    void textsOfSeveralTilesEqualTheMaskedComposition(
            int tokens, int window, int heads, double softCap) {
        var shape = new AttentionShape(heads, 1, 4, 0.5, softCap, window);
        for (Dtype dtype : AttentionChecks.TYPES) {
            Documents documents = Documents.ofLengths(tokens, 3);
            AttentionChecks.check(WideAttention::apply, dtype, 32, shape, documents);
        }
    }

    @OnRandomShapes
    void windowSoftCapGroupsAndDocumentsWorkTogether(Dtype dtype, long seed) {
        try (var shapes = new Oracle(Dtype.FLOAT32, seed, 1)) {
            int length = shapes.size(1, 150);
            AttentionChecks.check(
                    dtype,
                    seed,
                    new AttentionShape(6, 2, 8, 0.5, 3, shapes.size(1, 140)),
                    Documents.ofLengths(length, length, shapes.size(1, 150), 1));
        }
    }
}
