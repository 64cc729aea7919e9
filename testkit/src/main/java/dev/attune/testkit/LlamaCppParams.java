package dev.attune.testkit;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.attune.base.AttuneException;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/// A struct of parameters as llama.cpp fills it with its defaults, whose size is not known.
///
/// Structs of this size are passed in memory by all calling conventions, and the callee reads only
/// the part that it knows; so the same, larger struct serves all versions.
///
/// ```
/// llama_context_params:  n_ctx n_batch n_ubatch n_seq_max ... NULL NULL type_k type_v ...
///                        0     4       8        12            found by its defaults
/// ```
final class LlamaCppParams {
    static final MemoryLayout LAYOUT =
            MemoryLayout.structLayout(MemoryLayout.sequenceLayout(64, JAVA_LONG));

    private static final int F16 = 1;
    private static final int AUTOMATIC = -1;

    private final NativeLibrary library;
    private final MemorySegment segment;

    private LlamaCppParams(NativeLibrary library, MemorySegment segment) {
        this.library = library;
        this.segment = segment;
    }

    /// Asks the library for its defaults.
    ///
    /// @param function that gives them
    static LlamaCppParams defaults(NativeLibrary library, String function, Arena arena) {
        // Fresh memory is zero; behind what the library fills in it stays so.
        MemorySegment segment = arena.allocate(LAYOUT);
        SegmentAllocator allocator = (_, _) -> segment;
        library.call(function, FunctionDescriptor.of(LAYOUT), allocator);
        return new LlamaCppParams(library, segment);
    }

    MemorySegment segment() {
        return segment;
    }

    void set(long at, int value) {
        segment.set(JAVA_INT, at, value);
    }

    void set(long at, MemorySegment pointer) {
        segment.set(ADDRESS, at, pointer);
    }

    /// Sets the types that keys and values are kept in: two half floats by default, behind a
    /// callback and its data, which are null by default.
    void cacheTypes(int type) {
        long found = 0;
        int matches = 0;
        for (long at = 48; at < 160; at += 8) {
            boolean halves =
                    segment.get(JAVA_INT, at) == F16 && segment.get(JAVA_INT, at + 4) == F16;
            if (halves
                    && segment.get(JAVA_LONG, at - 8) == 0
                    && segment.get(JAVA_LONG, at - 16) == 0) {
                found = at;
                matches++;
            }
        }
        if (matches != 1) {
            throw AttuneException.user(
                            "The types of keys and values were found at %d places of llama.cpp's"
                                            .formatted(matches)
                                    + " parameters, expected 1: this build is too new.")
                    .at(library.file());
        }
        set(found, type);
        set(found + 4, type);
    }

    /// Turns attention off that computes in half floats whatever the types of keys and values are:
    /// the last of four choices that all are -1 by default, "automatic". Earlier builds have three,
    /// and such attention is off.
    void plainAttention() {
        int longest = 0;
        long end = 0;
        int run = 0;
        for (long at = 16; at < 72; at += 4) {
            run = segment.get(JAVA_INT, at) == AUTOMATIC ? run + 1 : 0;
            if (run > longest) {
                longest = run;
                end = at;
            }
        }
        boolean chosen = library.has("llama_flash_attn_type_name");
        if (longest != (chosen ? 4 : 3)) {
            throw AttuneException.user(
                            "The kind of attention was not found in llama.cpp's parameters: this"
                                    + " build is too new.")
                    .at(library.file());
        }
        if (chosen) {
            set(end, 0);
        }
    }
}
