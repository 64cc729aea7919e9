package dev.attune.data;

import dev.attune.text.Span;

import tools.jackson.databind.node.ArrayNode;

import java.util.ArrayList;
import java.util.List;

/// The text of the model's EOS, which training puts behind texts and completions, but which
/// segments must hold themselves since they are learned as they stand.
///
/// @param eos `</s>` or the like; empty where it is not known
record EndOfText(String eos) {
    /// It is not known.
    static final EndOfText UNKNOWN = new EndOfText("");

    /// Writes it as the last learned piece, unless `text` ends with it.
    void append(ArrayNode segments, String text, ShapeChanges changes) {
        if (eos.isEmpty()) {
            changes.loses(
                    "the EOS that training puts behind a text, but not behind segments",
                    "name it: --eos '</s>'");
        } else if (!text.endsWith(eos)) {
            segments.addObject().put("text", eos).put("label", true);
        }
    }

    /// The text of segments without the EOS that they hold.
    String cut(Segments row, ShapeChanges changes) {
        String text = row.text();
        if (ends(text, row.trained())) {
            return text.substring(0, text.length() - eos.length());
        }
        changes.alters("training puts an EOS behind it, which segments do not have by themselves");
        return text;
    }

    /// Whether a text ends with the EOS, and that is learned.
    boolean ends(String text, List<Span> trained) {
        return !eos.isEmpty()
                && text.endsWith(eos)
                && !trained.isEmpty()
                && trained.getLast().to() == text.length()
                && trained.getLast().from() <= text.length() - eos.length();
    }

    /// The parts of spans that lie before `length`.
    static List<Span> within(List<Span> spans, int length) {
        List<Span> within = new ArrayList<>();
        for (Span span : spans) {
            if (span.from() < length) {
                within.add(new Span(span.from(), Math.min(span.to(), length)));
            }
        }
        return within;
    }
}
