package dev.attune.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import org.bytedeco.javacpp.IntPointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

import java.util.List;
import java.util.Optional;

class LeakCheckTest {
    @Test
    void aTestThatLeavesTwoNativeObjectsFailsAndSaysSo() {
        assertThat(failureOf("leavesTwo"))
                .hasValue(
                        "2 native objects leaked: a scope, a tape, a generator or the gradient of a"
                                + " parameter was not closed");
    }

    @Test
    void aLeakIsFoundEvenAfterTheCollectorCameBy() {
        assertThat(failureOf("leavesOneToTheCollector")).get().asString().startsWith("1 native");
    }

    @Test
    void aTestThatFreesWhatItMadePasses() {
        assertThat(failureOf("freesAll")).isEmpty();
    }

    @Test
    void aTestThatFailsByItselfKeepsItsOwnFailure() {
        assertThat(failureOf("failsByItself")).hasValue("its own failure");
    }

    private static Optional<String> failureOf(String method) {
        List<Event> ended =
                EngineTestKit.engine("junit-jupiter")
                        .selectors(selectMethod(Planted.class, method))
                        .execute()
                        .testEvents()
                        .finished()
                        .list();
        assertThat(ended).hasSize(1);
        return ended.getFirst()
                .getRequiredPayload(TestExecutionResult.class)
                .getThrowable()
                .map(Throwable::getMessage);
    }

    @ExtendWith(LeakCheck.class)
    static final class Planted {
        @Test
        void leavesTwo() {
            assertThat(new IntPointer(4).isNull()).isFalse();
            assertThat(new IntPointer(4).isNull()).isFalse();
        }

        @Test
        void leavesOneToTheCollector() {
            assertThat(new IntPointer(4).isNull()).isFalse();
            System.gc();
        }

        @Test
        void freesAll() {
            try (var numbers = new IntPointer(4)) {
                assertThat(numbers.isNull()).isFalse();
            }
        }

        @Test
        void failsByItself() {
            assertThat(new IntPointer(4).isNull()).isFalse();
            throw new IllegalStateException("its own failure");
        }
    }
}
