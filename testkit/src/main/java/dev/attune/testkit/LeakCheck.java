package dev.attune.testkit;

import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Fails a test that ends with more native objects alive than it began with.
///
/// ```
/// @ExtendWith(LeakCheck.class)
/// class LinearTest { … }
/// ```
///
/// JavaCPP counts each native object from its making to its freeing, whoever frees it. It would let
/// the garbage collector free leaked ones too, now and then; this ends the thread that does so, and
/// the count is exact.
///
/// A test that fails by itself is not checked: its scopes may not have closed.
public class LeakCheck implements BeforeEachCallback, AfterEachCallback {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(LeakCheck.class);

    static {
        Pointer.interruptDeallocatorThread();
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        context.getStore(NAMESPACE).put(LeakCheck.class, Pointer.totalCount());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        long before = context.getStore(NAMESPACE).getOrDefault(LeakCheck.class, Long.class, 0L);
        long more = Pointer.totalCount() - before;
        if (more > 0 && context.getExecutionException().isEmpty()) {
            throw new AssertionError(
                    more
                            + " native objects leaked: a scope, a tape, a generator or the gradient"
                            + " of a parameter was not closed");
        }
    }
}
