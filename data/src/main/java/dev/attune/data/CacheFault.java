package dev.attune.data;

/// Why a token cache cannot be used, and is built anew.
public final class CacheFault extends Exception {
    private static final long serialVersionUID = 1;

    private final Kind kind;

    /// The kinds of fault.
    public enum Kind {
        /// There is no file.
        ABSENT,
        /// It is some other file.
        NO_CACHE,
        /// It is of other data, another template or tokenizer, or other settings.
        STALE,
        /// It ends too early.
        CUT_SHORT,
        /// Its content is not what was written.
        DAMAGED,
        /// An earlier Attune wrote it.
        TOO_OLD,
        /// A later Attune wrote it.
        TOO_NEW
    }

    CacheFault(Kind kind, String what) {
        super(what);
        this.kind = kind;
    }

    /// The kind of fault.
    public Kind kind() {
        return kind;
    }

    /// What is wrong, in words without a capital or a full stop: `the file has 100 bytes of 4096`.
    public String what() {
        return String.valueOf(getMessage());
    }
}
