package dev.attune.testkit;

import dev.attune.base.AttuneException;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The C functions of a shared library. It stays loaded as long as the process runs.
///
/// Any thread may call, as far as the functions themselves allow it.
final class NativeLibrary {
    private final Path file;
    private final SymbolLookup symbols;
    private final Map<String, MethodHandle> handles = new ConcurrentHashMap<>();

    private NativeLibrary(Path file, SymbolLookup symbols) {
        this.file = file;
        this.symbols = symbols;
    }

    /// Loads a library, and with it those that it names.
    ///
    /// @throws AttuneException of kind ENVIRONMENT if it cannot be loaded
    @SuppressWarnings("restricted")
    static NativeLibrary open(Path file) {
        try {
            return new NativeLibrary(file, SymbolLookup.libraryLookup(file, Arena.global()));
        } catch (IllegalArgumentException e) {
            throw AttuneException.environment(
                            "Cannot load the library: it is not one of this machine's kind, or"
                                    + " another that it needs does not lie beside it.")
                    .at(file)
                    .fix("See what it needs with ldd (Linux) or otool -L (macOS).")
                    .causedBy(e);
        }
    }

    Path file() {
        return file;
    }

    boolean has(String name) {
        return symbols.find(name).isPresent();
    }

    /// Names those that are not there, all together.
    ///
    /// @throws AttuneException of kind USER if there are such
    void require(List<String> names) {
        List<String> missing = new ArrayList<>(names);
        missing.removeIf(this::has);
        if (!missing.isEmpty()) {
            throw AttuneException.user(
                            "The library lacks "
                                    + String.join(", ", missing)
                                    + ": this llama.cpp is too old or too new.")
                    .at(file)
                    .fix(
                            "Take a build between b4916 (March 2025) and v0.5.0, with its C"
                                    + " interface.");
        }
    }

    /// Calls a function.
    ///
    /// @param type what it takes and gives
    @SuppressWarnings("restricted")
    Object call(String name, FunctionDescriptor type, Object... arguments) {
        MethodHandle handle =
                handles.computeIfAbsent(
                        name,
                        _ -> Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), type));
        try {
            return handle.invokeWithArguments(arguments);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("calling " + name, e);
        }
    }

    /// Calls a function that gives a pointer.
    MemorySegment pointer(String name, FunctionDescriptor type, Object... arguments) {
        return (MemorySegment) call(name, type, arguments);
    }

    /// Calls a function that gives an int.
    int whole(String name, FunctionDescriptor type, Object... arguments) {
        return (int) call(name, type, arguments);
    }
}
