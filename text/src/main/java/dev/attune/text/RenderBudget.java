package dev.attune.text;

/// What is left of the [RenderLimits] of one rendering. Not for several threads.
final class RenderBudget {
    private final RenderLimits limits;
    private long steps;
    private long chars;
    private int depth;

    RenderBudget(RenderLimits limits) {
        this.limits = limits;
    }

    /// One expression or statement more.
    void step() {
        if (++steps > limits.maxSteps()) {
            throw TemplateFault.limit(
                    "the template took more than " + limits.maxSteps() + " steps");
        }
    }

    /// `count` characters or elements more, asked for before they are made.
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
