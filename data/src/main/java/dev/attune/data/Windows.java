package dev.attune.data;

import java.util.Optional;
import java.util.function.Consumer;

/// Cuts running text into windows of one length: the tokens of all documents end to end, whatever
/// the bounds between them.
///
/// ```
/// documents  a a a e b b e c c c c e
/// window 0   a a a e b               labels  a a e b b
/// window 1             b e c c c     labels  e c c c c
/// remainder                      c e   one prediction too few for a window: recorded, not packed
/// ```
///
/// This is the packing of pre-training; documents see one another. Each should end with the EOS
/// token. Constant memory. Not thread-safe.
public final class Windows {
    private final Consumer<Window> windows;
    private final int[] held;
    private int count;
    private Optional<Origin> first = Optional.empty();
    private long tokens;
    private long given;

    /// Gives windows of `length` tokens to `windows`, as they fill.
    public Windows(int length, Consumer<Window> windows) {
        if (length < 1) {
            throw new IllegalArgumentException("windows of " + length + " tokens");
        }
        this.windows = windows;
        this.held = new int[length + 1];
    }

    /// Adds a document.
    public void add(int[] ids, Origin origin) {
        for (int id : ids) {
            if (first.isEmpty()) {
                first = Optional.of(origin);
            }
            held[count++] = id;
            tokens++;
            if (count == held.length) {
                windows.accept(new Window(held, first.orElseThrow()));
                given++;
                held[0] = id; // the last label is the next window's first token
                count = 1;
                first = Optional.of(origin);
            }
        }
    }

    /// What is in no window so far. Its first token may be the last label of the last window.
    public Remainder remainder() {
        return new Remainder(tokens, given, count, first);
    }

    /// What was left over.
    ///
    /// @param tokens how many tokens there were in all
    /// @param windows how many windows they filled
    /// @param leftTokens how many tokens are in no window's `inputIds`
    /// @param from the document in which these begin
    public record Remainder(long tokens, long windows, int leftTokens, Optional<Origin> from) {}
}
