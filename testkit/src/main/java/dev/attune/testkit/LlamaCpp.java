package dev.attune.testkit;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.attune.base.AttuneException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A real llama.cpp, loaded from its shared library and called through its C interface: what our
/// GGUF files are held against.
///
/// It serves builds from b4916 (March 2025) to v0.5.0 (2026). Their structs of parameters differ;
/// so each is made by the library itself, and only fields are set whose place is the same in all,
/// or can be found by their defaults ([LlamaCppParams]).
///
/// An assertion in llama.cpp ends the process. The library stays loaded until the process ends.
public final class LlamaCpp {
    private static final Pattern NAME =
            Pattern.compile("(lib)?j?llama(\\.v?[0-9.]+)?\\.(so|dylib|dll)(\\.[0-9.]+)?");

    private static final List<String> NEEDED =
            List.of(
                    "llama_backend_init",
                    "llama_log_set",
                    "llama_model_default_params",
                    "llama_model_load_from_file",
                    "llama_model_free",
                    "llama_model_get_vocab",
                    "llama_vocab_n_tokens",
                    "llama_context_default_params",
                    "llama_init_from_model",
                    "llama_free",
                    "llama_set_n_threads",
                    "llama_decode",
                    "llama_get_logits_ith",
                    "ggml_backend_load_all_from_path",
                    "ggml_quantize_chunk");

    private final NativeLibrary library;
    private final LlamaCppLog log;

    private LlamaCpp(NativeLibrary library, LlamaCppLog log) {
        this.library = library;
        this.log = log;
    }

    /// Loads it.
    ///
    /// @param place the library `libllama.so`, or a folder that holds it with its backends
    /// @throws AttuneException if there is none, or it lacks functions, which are named
    public static LlamaCpp open(Path place) {
        Path file = Files.isDirectory(place) ? inside(place) : place;
        if (!Files.exists(file)) {
            throw none(place, "There is no such file or folder.");
        }
        NativeLibrary library = NativeLibrary.open(file.toAbsolutePath());
        library.require(NEEDED);
        LlamaCppLog log = new LlamaCppLog();
        library.call(
                "llama_log_set", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS), log.stub(), NULL);
        loadBackends(library);
        library.call("llama_backend_init", FunctionDescriptor.ofVoid());
        return new LlamaCpp(library, log);
    }

    static final MemorySegment NULL = MemorySegment.NULL;

    /// Newer builds have one library of kernels for each kind of processor beside the first.
    private static void loadBackends(NativeLibrary library) {
        Path folder = library.file().getParent();
        if (folder != null && names(folder).stream().anyMatch(n -> n.contains("ggml-cpu"))) {
            try (Arena arena = Arena.ofConfined()) {
                library.call(
                        "ggml_backend_load_all_from_path",
                        FunctionDescriptor.ofVoid(ADDRESS),
                        arena.allocateFrom(folder.toString()));
            }
        }
    }

    private static Path inside(Path folder) {
        List<String> found =
                names(folder).stream().filter(name -> NAME.matcher(name).matches()).toList();
        if (found.isEmpty()) {
            throw none(folder, "No libllama.so, libllama.dylib or llama.dll lies in the folder.");
        }
        return folder.resolve(found.getFirst());
    }

    private static AttuneException none(Path place, String what) {
        return AttuneException.user("There is no llama.cpp: " + what)
                .at(place)
                .fix(
                        "Name the folder of its shared libraries, such as build/bin of a build with"
                                + " -DBUILD_SHARED_LIBS=ON.");
    }

    private static List<String> names(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What the library calls itself, or the name of its file where it does not.
    public String version() {
        if (!library.has("llama_version")) {
            return String.valueOf(library.file().getFileName());
        }
        return text(library.pointer("llama_version", FunctionDescriptor.of(ADDRESS)));
    }

    @SuppressWarnings("restricted")
    static String text(MemorySegment pointer) {
        return pointer.reinterpret(Long.MAX_VALUE).getString(0);
    }

    /// Loads a model, which the caller closes before this process ends.
    ///
    /// @throws AttuneException with llama.cpp's own words if it does not
    public LlamaCppModel load(Path file, LlamaCppSettings settings) {
        return LlamaCppModel.load(library, log, file, settings);
    }

    /// Rounds a GGUF file of floats to another, as `llama-quantize` does.
    ///
    /// @param fileType the number of the mix: that of `general.file_type`
    public void quantize(Path from, Path to, int fileType, int threads) {
        quantize(from, to, fileType, threads, Map.of());
    }

    /// The same where columns of weights do not all count the same.
    ///
    /// @param importance for each tensor, by its name in the file, that of each column
    public void quantize(
            Path from, Path to, int fileType, int threads, Map<String, float[]> importance) {
        if (!importance.isEmpty() && !takesImportance()) {
            throw new IllegalArgumentException(
                    "this llama.cpp takes an importance matrix in C++ only: " + version());
        }
        library.require(List.of("llama_model_quantize_default_params", "llama_model_quantize"));
        try (Arena arena = Arena.ofConfined()) {
            LlamaCppParams params =
                    LlamaCppParams.defaults(library, "llama_model_quantize_default_params", arena);
            params.set(0, threads);
            params.set(4, fileType);
            if (!importance.isEmpty()) {
                params.set(24, importance(importance, arena));
            }
            log.clear();
            int failed =
                    library.whole(
                            "llama_model_quantize",
                            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS),
                            arena.allocateFrom(from.toString()),
                            arena.allocateFrom(to.toString()),
                            params.segment());
            if (failed != 0) {
                throw AttuneException.user("llama.cpp cannot quantise the file: " + log.errors())
                        .at(from);
            }
        }
    }

    /// Whether its C interface takes an importance matrix; in earlier builds it is a C++ map.
    public boolean takesImportance() {
        return library.has("llama_version");
    }

    /// An array of name, values and their number, that ends with an empty one.
    private static MemorySegment importance(Map<String, float[]> all, Arena arena) {
        MemorySegment array = arena.allocate(ADDRESS, 3L * (all.size() + 1));
        long at = 0;
        for (Map.Entry<String, float[]> each : all.entrySet()) {
            array.set(ADDRESS, at, arena.allocateFrom(each.getKey()));
            array.set(ADDRESS, at + 8, arena.allocateFrom(JAVA_FLOAT, each.getValue()));
            array.set(JAVA_LONG, at + 16, (long) each.getValue().length);
            at += 24;
        }
        return array;
    }

    /// The bytes of rows of values that are rounded to one of ggml's types.
    ///
    /// @param type its number
    /// @param columns the length of a row
    /// @param importance how much each column counts; empty if all count the same
    /// @param bytes how many there will be
    public byte[] encode(int type, float[] values, int columns, float[] importance, int bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment target = arena.allocate((long) bytes);
            long written =
                    (long)
                            library.call(
                                    "ggml_quantize_chunk",
                                    CHUNK,
                                    type,
                                    arena.allocateFrom(JAVA_FLOAT, values),
                                    target,
                                    0L,
                                    (long) values.length / columns,
                                    (long) columns,
                                    importance.length == 0
                                            ? NULL
                                            : arena.allocateFrom(JAVA_FLOAT, importance));
            if (written != bytes) {
                throw new IllegalStateException(written + " bytes were written, not " + bytes);
            }
            return target.toArray(JAVA_BYTE);
        }
    }

    private static final FunctionDescriptor CHUNK =
            FunctionDescriptor.of(
                    JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                    ADDRESS);
}
