package dev.attune.text;

/// How much a template may do before it ends with an error; no template of a person comes near.
///
/// @param maxSteps expressions and statements evaluated, and comparisons inside of lists
/// @param maxChars characters made on the way, all of them together; an element of a list counts as
///   16, a text or list of its own as 64
/// @param maxOutputChars characters of the rendered text
/// @param maxDepth macros and blocks inside one another while running
public record RenderLimits(long maxSteps, long maxChars, long maxOutputChars, int maxDepth) {
    /// Enough for a conversation of thousands of messages and some megabytes; at most a few seconds
    /// of time and some 300 MB of memory.
    public static final RenderLimits DEFAULT =
            new RenderLimits(20_000_000, 64_000_000, 16_000_000, 200);

    /// Refuses limits below one.
    public RenderLimits {
        if (maxSteps < 1 || maxChars < 1 || maxOutputChars < 1 || maxDepth < 1) {
            throw new IllegalArgumentException("limits must be at least 1");
        }
    }
}
