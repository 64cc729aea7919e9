package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.LeakCheck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The path of the fused kernel, with the CPU's in place of a GPU's.
@ExtendWith(LeakCheck.class)
class FusedAttentionTest {
    @InBothTypes
    void equalsTheComposition(Dtype dtype) {
        check(dtype, 91, AttentionChecks.shape(4, 4, 16), Documents.ofLengths(33));
    }

    @InBothTypes
    void groupedQueriesShareTheirKeysAndValues(Dtype dtype) {
        check(dtype, 92, AttentionChecks.shape(6, 2, 8), Documents.ofLengths(20));
    }

    @InBothTypes
    void documentsDoNotSeeEachOther(Dtype dtype) {
        check(dtype, 93, AttentionChecks.shape(4, 2, 8), Documents.ofLengths(5, 5, 1, 17));
    }

    @Test
    void theCpuComposesAndNeverComesHere() {
        try (var _ = Scope.open("test")) {
            Tensor q = Tensor.zeros(Dtype.BFLOAT16, Device.CPU, 4, 32);
            Documents documents = Documents.ofLengths(4);
            assertThat(FusedAttention.serves(q, AttentionChecks.shape(4, 4, 8), documents))
                    .isFalse();
        }
    }

    private static void check(Dtype dtype, long seed, AttentionShape shape, Documents documents) {
        AttentionChecks.check(FusedAttention::apply, dtype, seed, shape, documents);
    }
}
