package dev.attune.text;

/// A second native tokenizer that knows no special tokens, opened when it is first asked for.
///
/// Thread-safe; closed by the tokenizer that it belongs to.
final class PlainTokenizer implements AutoCloseable {
    private final TokenizerFile file;
    private final Object place;
    private NativeTokenizer[] opened = new NativeTokenizer[0];
    private boolean closed;

    PlainTokenizer(TokenizerFile file, Object place) {
        this.file = file;
        this.place = place;
    }

    synchronized NativeTokenizer library() {
        if (closed) {
            throw new IllegalStateException("the tokenizer is closed");
        }
        if (opened.length == 0) {
            opened =
                    new NativeTokenizer[] {
                        NativeTokenizer.open(file.withoutSpecialTokens(), place)
                    };
        }
        return opened[0];
    }

    @Override
    public synchronized void close() {
        closed = true;
        for (NativeTokenizer library : opened) {
            library.close();
        }
    }
}
