package dev.attune.data;

/// What is wrong with an Arrow file, as the end of a sentence.
final class ArrowFault extends Exception {
    private static final long serialVersionUID = 1L;

    ArrowFault(String what) {
        super(what);
    }

    /// What is wrong.
    String what() {
        return String.valueOf(getMessage());
    }
}
