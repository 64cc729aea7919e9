package dev.attune.cli;

import dev.attune.text.ChatFormat;
import dev.attune.text.EncodedText;
import dev.attune.text.Encoding;
import dev.attune.text.Span;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// A row for the eye: its text and its tokens, with what is learned marked.
///
/// @param colors how it is marked
/// @param format whose stop tokens are shown
record RowPicture(Colors colors, ChatFormat format) {
    /// The text, the stop tokens in it shown.
    String text(EncodedText encoded) {
        Set<Integer> stops = format.stopTokens().ids();
        Encoding encoding = encoded.encoding();
        List<Span> stopSpans = new ArrayList<>();
        for (int i = 0; i < encoding.length(); i++) {
            boolean written = encoding.end(i) > encoding.start(i);
            if (written && encoded.tokens().isTrained(i) && stops.contains(encoding.id(i))) {
                stopSpans.add(new Span(encoding.start(i), encoding.end(i)));
            }
        }
        StringBuilder out = new StringBuilder();
        int from = 0;
        for (Span span : encoded.trained()) {
            out.append(encoded.text(), from, span.from());
            from = span.from();
            for (Span stop : stopSpans) {
                if (stop.from() >= from && stop.to() <= span.to()) {
                    out.append(learned(encoded.text().substring(from, stop.from())));
                    out.append(colors.stop(stop.of(encoded.text())));
                    from = stop.to();
                }
            }
            out.append(learned(encoded.text().substring(from, span.to())));
            from = span.to();
        }
        return out.append(encoded.text().substring(from)).toString();
    }

    private String learned(String piece) {
        return piece.isEmpty() ? "" : colors.learned(piece);
    }

    /// The tokens, each as its id and its text.
    String tokens(EncodedText encoded) {
        Encoding encoding = encoded.encoding();
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < encoding.length(); i++) {
            int id = encoding.id(i);
            String token = id + ":" + format.tokenizer().token(id).orElse("?");
            boolean stop = format.stopTokens().ids().contains(id);
            out.append(i == 0 ? "" : " ");
            out.append(
                    !encoded.tokens().isTrained(i)
                            ? token
                            : stop ? colors.stop(token) : colors.learned(token));
        }
        return out.toString();
    }
}
