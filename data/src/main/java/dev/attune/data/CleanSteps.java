package dev.attune.data;

import java.util.Optional;
import java.util.Set;

/// What a cleaning does, each step chosen by name; nothing else is done.
///
/// @param dropFaulty whether rows that cannot be understood, or have no answer, are dropped
/// @param normalise whether white space and Unicode are normalised
/// @param redact whether personal data is replaced by its kind
/// @param decided rows that a person decided to drop, as `file:line`
/// @param length how long rows may be
public record CleanSteps(
        boolean dropFaulty,
        Duplicates duplicates,
        Contradictions contradictions,
        boolean normalise,
        boolean redact,
        Set<String> decided,
        Optional<LengthCap> length) {
    /// Does nothing.
    public static final CleanSteps NONE =
            new CleanSteps(
                    false,
                    Duplicates.KEEP,
                    Contradictions.KEEP,
                    false,
                    false,
                    Set.of(),
                    Optional.empty());

    /// Copies the set.
    public CleanSteps {
        decided = Set.copyOf(decided);
    }

    /// Which of several rows that say the same are kept.
    public enum Duplicates {
        /// All.
        KEEP,
        /// The first of those that are the same but for case, punctuation and spaces.
        EXACT,
        /// The first of those that are nearly the same as well.
        NEAR
    }

    /// Which of several rows with different short answers to one question are kept.
    public enum Contradictions {
        /// All.
        KEEP,
        /// None.
        DROP,
        /// Those with the most frequent answer; none where two are as frequent.
        MAJORITY
    }

    /// Whether rows must be compared with one another.
    boolean compares() {
        return duplicates != Duplicates.KEEP || contradictions != Contradictions.KEEP;
    }
}
