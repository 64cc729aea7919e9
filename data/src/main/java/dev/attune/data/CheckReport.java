package dev.attune.data;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What `DataCheck` found, the gravest first, with what pictures are drawn from.
///
/// @param rows how many rows there are, understood or not
/// @param heldOutRows how many of them are held out
/// @param answerChars lengths of the answers
/// @param promptChars lengths of the prompts
/// @param tokens lengths of the rows in tokens, where a model was given
/// @param labels rows of each class, the most frequent first
/// @param tones how many answers are casual, formal and neither
/// @param forms how many answers are of each form, the most frequent first
public record CheckReport(
        List<String> files,
        long rows,
        long heldOutRows,
        Map<String, Long> shapes,
        List<Finding> findings,
        LengthHistogram answerChars,
        LengthHistogram promptChars,
        Optional<LengthHistogram> tokens,
        Map<String, Long> labels,
        List<Long> tones,
        Map<String, Long> forms,
        Topics topics) {
    /// Copies the lists.
    public CheckReport {
        files = List.copyOf(files);
        findings = List.copyOf(findings);
        tones = List.copyOf(tones);
        labels = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(labels));
        forms = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(forms));
        shapes = Map.copyOf(shapes);
    }

    /// The topics of the prompts, for the map.
    public record Topics(List<Topic> topics, List<Dot> dots) {
        /// Copies the lists.
        public Topics {
            topics = List.copyOf(topics);
            dots = List.copyOf(dots);
        }
    }

    /// A topic: its words, and how many prompts of the sample it holds.
    public record Topic(String words, int prompts) {}

    /// A prompt on the map, both coordinates within -1 and 1.
    public record Dot(double x, double y, int topic) {}

    /// How many findings are of a severity.
    public long count(Finding.Severity severity) {
        return findings.stream().filter(finding -> finding.severity() == severity).count();
    }

    /// The finding with a code, if there is one.
    public Optional<Finding> finding(String code) {
        return findings.stream().filter(finding -> finding.code().equals(code)).findFirst();
    }
}
