package dev.attune.text;

/// How much a template may do before it ends with an error; no template of a person comes near.
///
/// @param maxSteps expressions and statements evaluated
/// @param maxChars characters and list elements made on the way, all of them together
/// @param maxOutputChars characters of the rendered text
/// @param maxDepth macros and blocks inside one another while running
public record RenderLimits(long maxSteps, long maxChars, long maxOutputChars, int maxDepth) {
    /// Enough for a conversation of some megabytes: seconds of time and a few hundred megabytes.
    public static final RenderLimits DEFAULT =
            new RenderLimits(50_000_000, 256_000_000, 64_000_000, 200);

    /// Refuses limits below one.
    public RenderLimits {
        if (maxSteps < 1 || maxChars < 1 || maxOutputChars < 1 || maxDepth < 1) {
            throw new IllegalArgumentException("limits must be at least 1");
        }
    }
}
