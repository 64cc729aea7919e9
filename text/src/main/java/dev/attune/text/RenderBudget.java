package dev.attune.text;

/// What is left of the [RenderLimits] of one rendering. Not for several threads.
final class RenderBudget {
    /// What an element of a list counts, in characters: about the bytes it takes.
    static final int ITEM = 16;

    /// What a text or list counts beyond its characters or elements.
    static final int OBJECT = 64;

    /// What a run of a text counts.
    static final int RUN = 12;

    private static final int CHARS_PER_STEP = 64;
    private static final int MAX_NESTING = 200;

    private final RenderLimits limits;
    private long steps;
    private long chars;
    private int depth;
    private int dived;

    RenderBudget(RenderLimits limits) {
        this.limits = limits;
    }

    /// One expression or statement more.
    void step() {
        step(1);
    }

    /// As much work as `count` expressions are.
    void step(long count) {
        steps += count;
        if (steps > limits.maxSteps()) {
            throw TemplateFault.limit(
                    "the template took more than " + limits.maxSteps() + " steps");
        }
    }

    /// `count` characters looked at, of which many are one step.
    void read(long count) {
        step(count / CHARS_PER_STEP);
    }

    /// A text is made, or a part of one as long as it.
    void make(SourcedText text) {
        make(text.length() + (long) RUN * text.runs());
    }

    /// `count` elements of a list more, asked for before they are made.
    void items(long count) {
        make(count > Long.MAX_VALUE / ITEM ? Long.MAX_VALUE : ITEM * count);
    }

    /// Into a value inside of a value that is compared.
    void dive() {
        if (++dived > MAX_NESTING) {
            throw TemplateFault.limit("values are nested deeper than " + MAX_NESTING + " levels");
        }
    }

    /// And back.
    void rise() {
        dived--;
    }

    /// `count` characters or their like more, asked for before they are made.
    void make(long count) {
        chars += count;
        if (chars > limits.maxChars() || chars < 0) {
            throw TemplateFault.limit(
                    "the template made more than " + limits.maxChars() + " characters");
        }
    }

    /// The output has this length now.
    void output(long length) {
        if (length > limits.maxOutputChars()) {
            throw TemplateFault.limit(
                    "the rendered text is longer than " + limits.maxOutputChars() + " characters");
        }
    }

    /// One macro or block deeper.
    void enter() {
        if (++depth > limits.maxDepth()) {
            throw TemplateFault.limit(
                    "macros and blocks are nested deeper than " + limits.maxDepth() + " levels");
        }
    }

    /// And back.
    void leave() {
        depth--;
    }
}
