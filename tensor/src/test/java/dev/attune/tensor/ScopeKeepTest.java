package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.testkit.LeakCheck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The one way for a tensor to leave its scope.
@ExtendWith(LeakCheck.class)
class ScopeKeepTest {
    @Test
    void keepHandsATensorToTheEnclosingScope() {
        Tensor kept;
        try (var _ = Scope.open("step")) {
            try (var part = Scope.open("part")) {
                kept = one();
                assertThat(part.keep(kept)).isSameAs(kept);
            }
            assertThat(kept.item()).isEqualTo(1);
        }
        assertThat(kept).hasToString("Tensor[freed]");
    }

    @Test
    void keepLeavesATensorOfAnOuterScopeWithItsOwner() {
        try (var _ = Scope.open("outer")) {
            Tensor outer;
            try (var middle = Scope.open("middle")) {
                outer = one();
                middle.keep(outer);
                try (var inner = Scope.open("inner")) {
                    assertThat(inner.keep(outer)).isSameAs(outer);
                }
                assertThat(outer.item()).isEqualTo(1);
            }
            assertThat(outer.item()).isEqualTo(1);
        }
    }

    @Test
    void keepTwiceIsKeepOnce() {
        Tensor kept;
        try (var _ = Scope.open("outer")) {
            try (var _ = Scope.open("middle")) {
                try (var inner = Scope.open("inner")) {
                    kept = one();
                    inner.keep(kept);
                    inner.keep(kept);
                }
                assertThat(kept.item()).isEqualTo(1);
            }
            assertThat(kept).hasToString("Tensor[freed]");
        }
    }

    @Test
    void keepOfAnAdoptedTensorLeavesItToItsOwner() {
        try (var owner = Scope.owning("model")) {
            Tensor weight;
            try (var _ = Scope.open("load")) {
                weight = owner.adopt(one());
            }
            try (var _ = Scope.open("step")) {
                try (var part = Scope.open("part")) {
                    part.keep(weight.to(Dtype.FLOAT32));
                }
                assertThat(weight.item()).isEqualTo(1);
            }
            assertThat(weight.raw().isNull()).isFalse();
        }
    }

    @Test
    void keepInTheOutermostScopeSaysThatNoneEnclosesIt() {
        try (var step = Scope.open("step")) {
            Tensor tensor = one();
            assertThatThrownBy(() -> step.keep(tensor))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("no scope encloses scope 'step'");
        }
    }

    @Test
    void keepByAScopeThatIsNotTheInnermostIsRefused() {
        try (var outer = Scope.open("outer");
                var _ = Scope.open("inner")) {
            Tensor tensor = one();
            assertThatThrownBy(() -> outer.keep(tensor))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(
                            "cannot keep a tensor of scope 'outer': the innermost is scope"
                                    + " 'inner'");
        }
    }

    private static Tensor one() {
        return Tensor.full(1, Dtype.FLOAT32, Device.CPU, 1);
    }
}
