package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.base.AttuneException;
import dev.attune.base.ErrorKind;
import dev.attune.testkit.LeakCheck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class KeyValueCacheTest {
    private static final KeyValueCache.Form FORM =
            new KeyValueCache.Form(3, 2, 4, Dtype.FLOAT32, Device.CPU);

    private static void add(KeyValueCache cache, int slot, int tokens) {
        cache.adding(Documents.ofLengths(tokens), slot).done();
    }

    @Test
    void growsByDoublingUpToItsLimit() {
        try (KeyValueCache cache = KeyValueCache.growing(FORM, 2, 300)) {
            assertThat(cache.capacityTokens()).isZero();
            add(cache, 1, 10);
            assertThat(cache.capacityTokens()).isEqualTo(64);
            add(cache, 1, 55);
            assertThat(cache.capacityTokens()).isEqualTo(128);
            add(cache, 0, 129);
            assertThat(cache.capacityTokens()).isEqualTo(256);
            add(cache, 0, 128);
            assertThat(cache.capacityTokens()).isEqualTo(300);
            assertThat(cache.length(0)).isEqualTo(257);
            assertThat(cache.length(1)).isEqualTo(65);
        }
    }

    @Test
    void reservedMemoryDoesNotGrow() {
        try (KeyValueCache cache = KeyValueCache.reserved(FORM, 2, 100, 100)) {
            add(cache, 0, 100);
            assertThat(cache.capacityTokens()).isEqualTo(100);
        }
    }

    @Test
    void keepsWhatItHoldsWhenItGrows() {
        try (KeyValueCache cache = KeyValueCache.growing(FORM, 2, 300);
                var _ = Scope.open("test")) {
            KeyValueCache.Addition addition = cache.adding(Documents.ofLengths(5, 5), 0, 1);
            KeyValueCache.Run run = addition.runs().getFirst();
            addition.keys(2, run).fillInPlace(7);
            addition.values(2, run).fillInPlace(8);
            addition.done();
            KeyValueCache.Addition next = cache.adding(Documents.ofLengths(200), 1);
            KeyValueCache.Run second = next.runs().getFirst();
            assertThat(next.keys(2, second).narrow(2, 0, 5).floats()).containsOnly(7).hasSize(40);
            assertThat(next.values(2, second).narrow(2, 0, 5).floats()).containsOnly(8);
        }
    }

    @Test
    void aPassThatIsNotDoneChangesNoLength() {
        try (KeyValueCache cache = KeyValueCache.growing(FORM, 1, 300)) {
            add(cache, 0, 3);
            assertThat(cache.adding(Documents.ofLengths(4), 0).cachedTokens()).containsExactly(3);
            assertThat(cache.length(0)).isEqualTo(3);
            cache.clear(0);
            assertThat(cache.length(0)).isZero();
        }
    }

    @Test
    void saysWhenItIsFull() {
        try (KeyValueCache cache = KeyValueCache.growing(FORM, 2, 70)) {
            add(cache, 1, 60);
            assertThatThrownBy(() -> cache.adding(Documents.ofLengths(2, 11), 0, 1))
                    .isInstanceOfSatisfying(
                            AttuneException.class,
                            e -> assertThat(e.kind()).isEqualTo(ErrorKind.RESOURCES))
                    .hasMessage(
                            """
                            The key-value cache is full: a text of 71 tokens, with room for 70.
                              fix  Ask for fewer new tokens, or shorten the prompt.\
                            """);
        }
    }

    @Test
    void refusesASlotTwiceAndDocumentsWithoutOne() {
        try (KeyValueCache cache = KeyValueCache.growing(FORM, 2, 70)) {
            assertThatThrownBy(() -> cache.adding(Documents.ofLengths(1, 1), 1, 1))
                    .hasMessage("2 documents for slots [1, 1]");
            assertThatThrownBy(() -> cache.adding(Documents.ofLengths(1, 1), 1))
                    .hasMessage("2 documents for slots [1]");
        }
        assertThatThrownBy(() -> KeyValueCache.reserved(FORM, 1, 9, 8))
                .hasMessage("1 slots of 9 to 8 tokens");
    }
}
