package dev.attune.testkit;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.attune.base.AttuneException;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// A GGUF file that llama.cpp has loaded.
///
/// For one thread. Whoever loaded it closes it.
public final class LlamaCppModel implements AutoCloseable {
    private static final FunctionDescriptor FREE = FunctionDescriptor.ofVoid(ADDRESS);
    private static final FunctionDescriptor POINTER = FunctionDescriptor.of(ADDRESS, ADDRESS);
    private static final int F32 = 0;

    /// `n_tokens`, `token`, `embd`, `pos`, `n_seq_id`, `seq_id`, `logits`.
    private static final MemoryLayout BATCH =
            MemoryLayout.structLayout(
                    JAVA_INT,
                    MemoryLayout.paddingLayout(4),
                    ADDRESS,
                    ADDRESS,
                    ADDRESS,
                    ADDRESS,
                    ADDRESS,
                    ADDRESS);

    private final NativeLibrary library;
    private final LlamaCppLog log;
    private final Path file;
    private final LlamaCppSettings settings;
    private final MemorySegment model;

    private LlamaCppModel(
            NativeLibrary library,
            LlamaCppLog log,
            Path file,
            LlamaCppSettings settings,
            MemorySegment model) {
        this.library = library;
        this.log = log;
        this.file = file;
        this.settings = settings;
        this.model = model;
    }

    static LlamaCppModel load(
            NativeLibrary library, LlamaCppLog log, Path file, LlamaCppSettings settings) {
        try (Arena arena = Arena.ofConfined()) {
            LlamaCppParams params =
                    LlamaCppParams.defaults(library, "llama_model_default_params", arena);
            log.clear();
            MemorySegment model =
                    library.pointer(
                            "llama_model_load_from_file",
                            FunctionDescriptor.of(ADDRESS, ADDRESS, LlamaCppParams.LAYOUT),
                            arena.allocateFrom(file.toString()),
                            params.segment());
            if (model.equals(LlamaCpp.NULL)) {
                throw failed(log, "load the file", file);
            }
            return new LlamaCppModel(library, log, file, settings, model);
        }
    }

    private static AttuneException failed(LlamaCppLog log, String what, Path file) {
        return AttuneException.user("llama.cpp cannot " + what + ": " + log.errors()).at(file);
    }

    /// How many tokens it knows.
    public int vocabSize() {
        MemorySegment vocab = library.pointer("llama_model_get_vocab", POINTER, model);
        return library.whole(
                "llama_vocab_n_tokens", FunctionDescriptor.of(JAVA_INT, ADDRESS), vocab);
    }

    /// Takes the logits of a token.
    @FunctionalInterface
    public interface LogitsReader {
        /// Called for one token after the other.
        ///
        /// @param token its place in the text
        /// @param logits of what follows it, (V); the reader's to keep
        void read(int token, float[] logits);
    }

    /// Reads a text at once and gives the logits behind each of its tokens, in their order.
    ///
    /// @throws AttuneException with llama.cpp's own words if it cannot
    public void read(int[] ids, LogitsReader reader) {
        if (ids.length == 0 || ids.length > settings.tokens()) {
            throw new IllegalArgumentException(
                    "%d tokens, expected 1 to %d".formatted(ids.length, settings.tokens()));
        }
        int vocabSize = vocabSize();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment context = context(arena);
            try {
                int status =
                        library.whole(
                                "llama_decode",
                                FunctionDescriptor.of(JAVA_INT, ADDRESS, BATCH),
                                context,
                                batch(ids, arena));
                if (status != 0) {
                    throw failed(log, "compute (status " + status + ")", file);
                }
                for (int i = 0; i < ids.length; i++) {
                    reader.read(i, logits(context, i, vocabSize));
                }
            } finally {
                library.call("llama_free", FREE, context);
            }
        }
    }

    /// The logits behind a text's last token, (V).
    public float[] logits(int... ids) {
        float[][] last = new float[1][];
        read(ids, (_, logits) -> last[0] = logits);
        return last[0];
    }

    @SuppressWarnings("restricted")
    private float[] logits(MemorySegment context, int token, int vocabSize) {
        MemorySegment row =
                library.pointer(
                        "llama_get_logits_ith",
                        FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT),
                        context,
                        token);
        if (row.equals(LlamaCpp.NULL)) {
            throw failed(log, "tell the logits of token " + token, file);
        }
        return row.reinterpret(4L * vocabSize).toArray(JAVA_FLOAT);
    }

    /// A context of its own for each text: how an old one is emptied differs between versions.
    private MemorySegment context(Arena arena) {
        LlamaCppParams params =
                LlamaCppParams.defaults(library, "llama_context_default_params", arena);
        for (int at = 0; at <= 8; at += 4) {
            params.set(at, settings.tokens());
        }
        if (settings.exact()) {
            params.cacheTypes(F32);
            params.plainAttention();
        }
        log.clear();
        MemorySegment context =
                library.pointer(
                        "llama_init_from_model",
                        FunctionDescriptor.of(ADDRESS, ADDRESS, LlamaCppParams.LAYOUT),
                        model,
                        params.segment());
        if (context.equals(LlamaCpp.NULL)) {
            throw failed(log, "make room for %d tokens".formatted(settings.tokens()), file);
        }
        library.call(
                "llama_set_n_threads",
                FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT, JAVA_INT),
                context,
                settings.threads(),
                settings.threads());
        return context;
    }

    /// All tokens of one text, at the places where they stand, logits behind each.
    private static MemorySegment batch(int[] ids, Arena arena) {
        MemorySegment all = arena.allocate((long) ids.length);
        all.fill((byte) 1);
        MemorySegment batch = arena.allocate(BATCH);
        batch.set(JAVA_INT, 0, ids.length);
        batch.set(ADDRESS, 8, arena.allocateFrom(JAVA_INT, ids));
        batch.set(ADDRESS, 48, all.asSlice(0, JAVA_BYTE.byteSize() * ids.length));
        return batch;
    }

    @Override
    public void close() {
        library.call("llama_model_free", FREE, model);
    }
}
