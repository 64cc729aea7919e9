package dev.attune.testkit;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayDeque;
import java.util.Deque;

/// What llama.cpp reports: kept for error messages, rather than written to the standard error.
///
/// llama.cpp calls from any of its threads.
final class LlamaCppLog {
    private static final int ERROR = 4;
    private static final int KEPT = 8;

    private final Deque<String> errors = new ArrayDeque<>();

    /// The function that llama.cpp calls, for as long as the process runs.
    @SuppressWarnings("restricted")
    MemorySegment stub() {
        try {
            return Linker.nativeLinker()
                    .upcallStub(
                            MethodHandles.lookup()
                                    .bind(
                                            this,
                                            "line",
                                            MethodType.methodType(
                                                    void.class,
                                                    int.class,
                                                    MemorySegment.class,
                                                    MemorySegment.class)),
                            FunctionDescriptor.ofVoid(JAVA_INT, ADDRESS, ADDRESS),
                            Arena.global());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Called by llama.cpp.
    @SuppressWarnings("unused") // through its handle
    synchronized void line(int level, MemorySegment text, MemorySegment user) {
        if (level == ERROR) {
            errors.addLast(LlamaCpp.text(text).strip());
            if (errors.size() > KEPT) {
                errors.removeFirst();
            }
        }
    }

    synchronized void clear() {
        errors.clear();
    }

    /// The errors since the log was cleared, in its own words.
    synchronized String errors() {
        return errors.isEmpty() ? "it does not say why" : String.join("; ", errors);
    }
}
