package dev.attune.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What a cleaning does, each step chosen by name; nothing else is done.
///
/// @param dropFaulty whether rows that cannot be understood, or have no answer, are dropped
/// @param normalise whether white space and Unicode are normalised
/// @param redact whether personal data is replaced by its kind
/// @param decisions what a person decided about single rows
/// @param length how long rows may be
public record CleanSteps(
        boolean dropFaulty,
        Duplicates duplicates,
        Contradictions contradictions,
        boolean normalise,
        boolean redact,
        Decisions decisions,
        Optional<LengthCap> length) {
    /// Does nothing.
    public static final CleanSteps NONE =
            new CleanSteps(
                    false,
                    Duplicates.KEEP,
                    Contradictions.KEEP,
                    false,
                    false,
                    Decisions.NONE,
                    Optional.empty());

    /// What becomes of several rows that say the same. Exact ones are the same but for case,
    /// punctuation and spaces.
    public enum Duplicates {
        /// All stay.
        KEEP,
        /// The first of those that are the same stays.
        EXACT,
        /// The first of those that are the same or nearly the same stays.
        NEAR,
        /// Those that are the same become one: the one with the longest answer, with the columns
        /// that it lacks and others have.
        MERGE_EXACT,
        /// Those that are the same or nearly the same become one, in the same way.
        MERGE_NEAR
    }

    /// Which of several rows with different short answers to one question are right and stay.
    public enum Contradictions {
        /// All.
        KEEP,
        /// None.
        DROP,
        /// Those with the most frequent answer; none where two are as frequent.
        MAJORITY,
        /// Those with the answer of the first.
        FIRST,
        /// Those with the answer of the last.
        LAST,
        /// Those with the longest answer, the first of several as long.
        LONGEST
    }

    /// Whether rows must be compared with one another.
    boolean compares() {
        return duplicates != Duplicates.KEEP
                || contradictions != Contradictions.KEEP
                || decisions.rows().values().stream()
                        .anyMatch(decision -> decision.verb() == Decisions.Verb.KEEP);
    }

    /// The chosen steps in the order in which they are done, in words.
    public List<String> told() {
        List<String> told = new ArrayList<>();
        if (dropFaulty) {
            told.add("drop faulty rows");
        }
        if (!decisions.rows().isEmpty()) {
            told.add("%,d decisions".formatted(decisions.rows().size()));
        }
        if (contradictions != Contradictions.KEEP) {
            told.add("contradictions: " + contradictions.name().toLowerCase(Locale.ROOT));
        }
        switch (duplicates) {
            case KEEP -> {}
            case EXACT -> told.add("drop duplicates: exact");
            case NEAR -> told.add("drop duplicates: near");
            case MERGE_EXACT -> told.add("merge duplicates: exact");
            case MERGE_NEAR -> told.add("merge duplicates: near");
        }
        if (normalise) {
            told.add("normalise");
        }
        if (redact) {
            told.add("redact");
        }
        length.ifPresent(cap ->
                told.add("at most %,d tokens: %s".formatted(cap.maxTokens(), cap.policy().told())));
        return told;
    }
}
