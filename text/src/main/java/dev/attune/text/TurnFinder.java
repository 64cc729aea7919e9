package dev.attune.text;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds the text of each message that a model is to emit, in a rendered conversation whose
/// template does not say so itself.
///
/// ```
///   <|im_start|>assistant\n  <think>\n .. \n</think>\n\n  The answer  <|im_end|>  \n
///   └──── header ─────────┘  └──────────── what the model is to emit ─────────┘
/// ```
///
/// The header ends where the template's generation prompt would end, since there generation begins;
/// in a template that has no such prompt, where the content of a plain turn begins. The turn ends
/// with its end-of-turn token: the first of the stop texts behind the last content, even where the
/// template writes it as the start of what follows, or else all that the template writes for this
/// message but white space at its end.
final class TurnFinder {
    private final String text;
    private final List<Piece> pieces;
    private final TurnShape shape;
    private final Collection<String> stopTexts;

    /// @param stopTexts the texts of the model's stop tokens; empty while they are not known
    TurnFinder(Rendered rendered, TurnShape shape, Collection<String> stopTexts) {
        this.text = rendered.text();
        this.pieces = Piece.of(rendered.sourced(), rendered.origins());
        this.shape = shape;
        this.stopTexts = stopTexts;
    }

    /// A run of characters that belong to one message. What is written again, such as a tool's name
    /// above its answer, is no part of what was to be said.
    ///
    /// @param message the message's index, -1 for none
    /// @param field which part of the message it is, if it is a part
    /// @param isTemplate whether the template wrote it
    private record Piece(int from, int to, int message, Origin.Field field, boolean isTemplate) {
        static List<Piece> of(SourcedText text, List<Origin> origins) {
            List<Piece> pieces = new ArrayList<>();
            Map<Integer, BitSet> seen = new HashMap<>();
            for (int i = 0; i < text.runs(); i++) {
                int source = text.source(i);
                if (source >= 0) {
                    Origin origin = origins.get(source);
                    BitSet written = seen.computeIfAbsent(source, _ -> new BitSet());
                    int last = text.offset(i) + text.end(i) - text.start(i) - 1;
                    boolean again = origin.chars() > 0 && written.get(last);
                    written.set(text.offset(i), last + 1);
                    pieces.add(
                            new Piece(
                                    text.start(i),
                                    text.end(i),
                                    origin.message(),
                                    again ? Origin.Field.OTHER : origin.field(),
                                    false));
                } else {
                    int message = source == SourcedText.NOBODY ? -1 : SourcedText.messageOf(source);
                    pieces.add(
                            new Piece(
                                    text.start(i), text.end(i), message, Origin.Field.OTHER, true));
                }
            }
            return pieces;
        }

        boolean isLearned() {
            return !isTemplate && field.isTrainable();
        }
    }

    /// What a model is to emit of message `message`.
    ///
    /// @param spoken whether an assistant speaks, whose turn may begin with a generation prompt
    List<Span> emitted(int message, boolean spoken) {
        List<List<Piece>> parts = parts(message);
        List<Span> spans = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            List<Piece> part = parts.get(i);
            int to = part.getLast().to();
            int first =
                    part.stream().filter(Piece::isLearned).mapToInt(Piece::from).min().orElse(to);
            int last = part.stream().filter(Piece::isLearned).mapToInt(Piece::to).max().orElse(-1);
            if (last < 0 && i > 0) {
                continue;
            }
            int from = i > 0 ? first : headerEnd(part.getFirst().from(), first, spoken);
            int end = turnEnd(Math.max(last, from), to);
            if (end > from) {
                spans.add(new Span(from, end));
            }
        }
        return spans;
    }

    /// The stretches of text that belong to the message.
    private List<List<Piece>> parts(int message) {
        List<List<Piece>> parts = new ArrayList<>();
        boolean inside = false;
        for (Piece piece : pieces) {
            if (piece.message() == message) {
                if (!inside) {
                    parts.add(new ArrayList<>());
                }
                parts.getLast().add(piece);
            }
            inside = piece.message() == message;
        }
        return parts;
    }

    private int headerEnd(int from, int limit, boolean spoken) {
        String prompt = shape.generationPrompt();
        if (!spoken) {
            return text.substring(from, limit).isBlank() ? from : limit;
        }
        if (prompt.isEmpty()) {
            String header = shape.header();
            int shared = shared(header, from, limit);
            return header.isBlank() || shared > from ? (header.isBlank() ? from : shared) : limit;
        }
        for (int end = limit; end >= from; end--) {
            if (text.startsWith(prompt, end - prompt.length())) {
                return end;
            }
        }
        int shared = shared(prompt, from, limit);
        return shared > from || text.substring(from, limit).isBlank() ? shared : limit;
    }

    /// How far the text follows `prompt`, back to the end of a word of it.
    private int shared(String prompt, int from, int limit) {
        int end = from;
        while (end < limit
                && end - from < prompt.length()
                && text.charAt(end) == prompt.charAt(end - from)) {
            end++;
        }
        boolean whole = end - from == prompt.length() || end == limit;
        while (!whole
                && end > from
                && !Character.isWhitespace(text.charAt(end - 1))
                && ">]:".indexOf(text.charAt(end - 1)) < 0) {
            end--;
        }
        return end;
    }

    /// The end of the stop token behind `from`, in or right behind what ends at `to`.
    private int turnEnd(int from, int to) {
        int end = -1;
        for (String stop : stopTexts) {
            int at = stop.isEmpty() ? -1 : text.indexOf(stop, from, to);
            if (at >= 0 && (end < 0 || at + stop.length() < end)) {
                end = at + stop.length();
            }
        }
        if (end >= 0) {
            return end;
        }
        int trimmed = to;
        while (trimmed > from && Character.isWhitespace(text.charAt(trimmed - 1))) {
            trimmed--;
        }
        return trimmed > from ? trimmed : following(from, to);
    }

    /// The end of a stop token that the template writes only behind `to`; else `from`.
    private int following(int from, int to) {
        int next = to;
        while (next < text.length() && Character.isWhitespace(text.charAt(next))) {
            next++;
        }
        for (String stop : stopTexts) {
            if (!stop.isEmpty() && text.startsWith(stop, next)) {
                return next + stop.length();
            }
        }
        return from;
    }
}
