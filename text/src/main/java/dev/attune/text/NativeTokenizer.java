package dev.attune.text;

import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;

import dev.attune.base.AttuneException;

import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.LongFunction;

/// The only door to the library: Hugging Face's tokenizers, called one level below DJL's own class,
/// which would truncate at 512 tokens by default, call home, and copy eight arrays per text.
///
/// Whoever opens it closes it. Any thread may use it; [#close] waits for calls under way, and a
/// later call is an `IllegalStateException`.
final class NativeTokenizer implements AutoCloseable {
    private final TokenizersLibrary library;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private long handle;

    private NativeTokenizer(TokenizersLibrary library, long handle) {
        this.library = library;
        this.handle = handle;
    }

    /// Opens the tokenizer that `json`, the text of a `tokenizer.json`, describes; truncation and
    /// padding that it asks for are switched off.
    ///
    /// @throws AttuneException at `place`, of kind USER if the library refuses the description,
    ///   ENVIRONMENT if the library itself cannot be loaded
    static NativeTokenizer open(String json, Object place) {
        TokenizersLibrary library = library();
        try {
            long handle = library.createTokenizerFromString(json);
            library.disableTruncation(handle);
            library.disablePadding(handle);
            return new NativeTokenizer(library, handle);
        } catch (RuntimeException e) {
            throw AttuneException.user("The tokenizer is not understood: " + e.getMessage() + ".")
                    .at(place)
                    .fix("Get the file again; if it is whole, it needs a newer Attune.")
                    .causedBy(e);
        }
    }

    /// The ids of the text, special tokens not added. The text must have no lone surrogate.
    int[] ids(String text) {
        return encoded(text, encoding -> ints(library.getTokenIds(encoding)));
    }

    /// As [#ids], with the code points that each token stands for.
    Pieces pieces(String text) {
        return encoded(
                text,
                encoding ->
                        new Pieces(
                                ints(library.getTokenIds(encoding)),
                                library.getTokenCharSpans(encoding)));
    }

    /// The ids of the text with the special tokens that the post-processor adds.
    int[] idsWithSpecialTokens(String text) {
        return called(tokenizer -> read(library.encode(tokenizer, text, true), this::idsOf));
    }

    /// The text of the ids; unknown ones are left out.
    String decode(int[] ids, boolean skipSpecialTokens) {
        long[] longs = new long[ids.length];
        for (int i = 0; i < ids.length; i++) {
            longs[i] = ids[i];
        }
        return called(tokenizer -> library.decode(tokenizer, longs, skipSpecialTokens));
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (handle != 0) {
                library.deleteTokenizer(handle);
                handle = 0;
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private int[] idsOf(long encoding) {
        return ints(library.getTokenIds(encoding));
    }

    private <T> T encoded(String text, LongFunction<T> read) {
        return called(tokenizer -> read(library.encode(tokenizer, text, false), read));
    }

    private <T> T read(long encoding, LongFunction<T> read) {
        try {
            return read.apply(encoding);
        } finally {
            library.deleteEncoding(encoding);
        }
    }

    private <T> T called(LongFunction<T> call) {
        lock.readLock().lock();
        try {
            if (handle == 0) {
                throw new IllegalStateException("the tokenizer is closed");
            }
            return call.apply(handle);
        } catch (RuntimeException e) {
            if (e.getClass() != RuntimeException.class) {
                throw e;
            }
            throw AttuneException.user("The tokenizer fails at this text: " + e.getMessage() + ".")
                    .fix("Its vocabulary has no token for what is unknown: use another tokenizer.")
                    .causedBy(e);
        } finally {
            lock.readLock().unlock();
        }
    }

    private static int[] ints(long[] longs) {
        int[] ints = new int[longs.length];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = (int) longs[i];
        }
        return ints;
    }

    private static TokenizersLibrary library() {
        // Without the first DJL would report its use over the network; without the second it would
        // look for a GPU build of the library there. What the user has set stays.
        setUnlessSet("OPT_OUT_TRACKING", "true");
        setUnlessSet("RUST_FLAVOR", "cpu");
        try {
            LibUtils.checkStatus();
            return TokenizersLibrary.LIB;
        } catch (RuntimeException | LinkageError e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw AttuneException.environment(
                            "The tokenizers library cannot be loaded: " + cause.getMessage() + ".")
                    .fix(
                            "It unpacks 15 MB into the folder that DJL_CACHE_DIR names, by default"
                                    + " ~/.djl.ai: set it to a folder that can be written to.")
                    .causedBy(e);
        }
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /// Ids, and beside each the code points it stands for; null where it stands for none.
    static final class Pieces {
        final int[] ids;
        final CharSpan[] spans;

        Pieces(int[] ids, CharSpan[] spans) {
            this.ids = ids;
            this.spans = spans;
        }
    }
}
