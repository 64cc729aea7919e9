package dev.attune.cli;

import dev.attune.base.AttuneException;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// Says in words what keeps libtorch from being loaded or from getting memory.
final class Natives {
    private static final String BINDING = "org.bytedeco.";

    private Natives() {}

    /// The error of a system that libtorch is not published for.
    static AttuneException unsupported(Machine machine) {
        return AttuneException.environment(
                        "There is no libtorch for " + machine.os() + ", " + machine.arch() + ".")
                .fix("Use Linux or Windows on x86-64, or macOS on arm64.");
    }

    /// What a failure to link means: an error of the machine if it came from libtorch's binding,
    /// else a fault of Attune.
    static AttuneException explain(LinkageError error, Machine machine) {
        if (!isOfBinding(error)) {
            return AttuneException.internal(error.toString()).causedBy(error);
        }
        if (!machine.supported()) {
            return unsupported(machine).causedBy(error);
        }
        String reason = reason(error);
        return AttuneException.environment("libtorch could not be loaded: " + reason)
                .at(machine.nativesCache())
                .fix(fix(reason))
                .causedBy(error);
    }

    /// The same exception, or the error it means when libtorch found no memory.
    static Exception explain(Exception exception) {
        String message = Objects.toString(exception.getMessage(), "");
        boolean outOfMemory =
                message.contains("DefaultCPUAllocator") || message.contains("CUDA out of memory");
        if (exception instanceof AttuneException || !outOfMemory) {
            return exception;
        }
        return AttuneException.resources("Out of memory for tensors: " + firstLine(message))
                .fix("Take a smaller model, fewer tokens, or bfloat16.")
                .causedBy(exception);
    }

    private static String fix(String reason) {
        if (reason.contains("libcu") || reason.contains("libnccl")) {
            return "Install CUDA 13 with cuDNN 9, or build without -Pcuda: ATTUNE_REBUILD=1.";
        }
        return "libtorch is unpacked there once and takes 350 MB: make room and let the folder be"
                + " written, or name another by"
                + " ATTUNE_JAVA_OPTS=-Dorg.bytedeco.javacpp.cachedir=DIR.";
    }

    private static boolean isOfBinding(Throwable error) {
        return causes(error).anyMatch(Natives::namesBinding);
    }

    private static boolean namesBinding(Throwable cause) {
        return Objects.toString(cause.getMessage(), "").replace('/', '.').contains(BINDING)
                || Arrays.stream(cause.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().startsWith(BINDING));
    }

    /// What lies deepest.
    private static String reason(Throwable error) {
        List<Throwable> causes = causes(error).toList();
        return firstLine(Objects.toString(causes.getLast().getMessage(), error.toString()));
    }

    private static Stream<Throwable> causes(Throwable error) {
        return Stream.iterate(error, Objects::nonNull, Throwable::getCause);
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse(text).strip();
    }
}
