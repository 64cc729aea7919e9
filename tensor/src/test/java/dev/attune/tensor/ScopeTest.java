package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.testkit.LeakCheck;

import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.util.concurrent.CompletableFuture;

@ExtendWith(LeakCheck.class)
class ScopeTest {
    @Test
    void closingAScopeFreesWhatWasMadeInIt() {
        long before = Pointer.totalCount();
        Tensor tensor;
        try (var _ = Scope.open("step")) {
            tensor = one();
            assertThat(tensor).hasToString("Tensor[float32[1] cpu]");
        }
        assertThat(tensor).hasToString("Tensor[freed]");
        assertThat(Pointer.totalCount()).isEqualTo(before);
    }

    @Test
    void adoptedTensorLivesUntilItsOwnerCloses() {
        Scope model = Scope.owning("model");
        Tensor weight;
        try (var _ = Scope.open("load")) {
            weight = one();
            assertThat(model.adopt(weight)).isSameAs(weight);
        }
        assertThat(weight.elements()).isEqualTo(1);
        model.close();
        assertThat(weight).hasToString("Tensor[freed]");
    }

    @Test
    void tensorAdoptedByTwoLivesUntilTheLastOfThemCloses() {
        Tensor weight;
        try (var _ = Scope.owning("first")) {
            try (var second = Scope.owning("second");
                    var load = Scope.open("load")) {
                weight = load.adopt(second.adopt(one()));
            }
            assertThat(weight).hasToString("Tensor[freed]");
        }
    }

    @Test
    void anOwningScopeTakesNoPartInNesting() {
        try (var _ = Scope.open("step")) {
            try (var _ = Scope.owning("model")) {
                assertThat(one().item()).isEqualTo(1);
            }
        }
    }

    @Test
    void closingTwiceIsRefused() {
        Scope step = Scope.open("step");
        step.close();
        assertThatThrownBy(step::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("scope 'step' is closed already");
        Scope model = Scope.owning("model");
        model.close();
        assertThatThrownBy(model::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("scope 'model' is closed already");
    }

    @Test
    void closingAnOuterScopeFirstIsRefused() {
        try (var outer = Scope.open("outer");
                var _ = Scope.open("inner")) {
            assertThatThrownBy(outer::close)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("cannot close scope 'outer': the innermost is scope 'inner'");
        }
    }

    @Test
    void closingOnAnotherThreadIsRefused() {
        try (var step = Scope.open("step")) {
            String mine = Thread.currentThread().getName();
            assertThatThrownBy(() -> CompletableFuture.runAsync(step::close).join())
                    .hasRootCauseInstanceOf(IllegalStateException.class)
                    .hasRootCauseMessage(
                            "scope 'step' belongs to thread " + mine + ", not to this one");
        }
    }

    @Test
    void aTensorMadeWithNoOpenScopeIsRefused() {
        long before = Pointer.totalCount();
        assertThatThrownBy(ScopeTest::one)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "a tensor was made while no scope is open on thread "
                                + Thread.currentThread().getName());
        assertThat(Pointer.totalCount()).isEqualTo(before);
    }

    @Test
    void aResultMadeWithNoOpenScopeIsRefusedAndFreed() {
        Scope model = Scope.owning("model");
        Tensor weight;
        try (var _ = Scope.open("load")) {
            weight = model.adopt(one());
        }
        assertThatThrownBy(() -> weight.plus(weight))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("a tensor was made while no scope is open on thread");
        model.close();
    }

    @Test
    void useAfterCloseSaysSo() {
        Tensor tensor;
        try (var _ = Scope.open("step")) {
            tensor = one();
        }
        assertThatThrownBy(tensor::floats)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a tensor was used after its scope had closed");
        try (var _ = Scope.open("later")) {
            assertThatThrownBy(() -> one().plus(tensor))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("a tensor was used after its scope had closed");
        }
    }

    @Test
    void twoHundredStepsOfLargeTemporariesDoNotGrowMemory() {
        long settled = 0;
        for (int step = 0; step < 200; step++) {
            try (var _ = Scope.open("step")) {
                Tensor large = Tensor.zeros(Dtype.FLOAT32, Device.CPU, 1 << 20);
                assertThat(large.plus(1).times(2).sum().item()).isEqualTo(2 << 20);
            }
            if (step == 20) {
                settled = Pointer.physicalBytes();
            }
        }
        long grownBytes = Pointer.physicalBytes() - settled;
        assertThat(grownBytes).as("a leak would be 2 GB").isLessThan(100 << 20);
    }

    private static Tensor one() {
        return Tensor.full(1, Dtype.FLOAT32, Device.CPU, 1);
    }
}
