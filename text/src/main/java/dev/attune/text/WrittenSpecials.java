package dev.attune.text;

import java.util.ArrayList;
import java.util.List;

/// Special tokens that stand in what somebody wrote, not in what the template writes: a model takes
/// them for the end of a turn, and whoever wrote them can speak for another.
final class WrittenSpecials {
    private final Tokenizer tokenizer;
    private final Rendered rendered;

    WrittenSpecials(Tokenizer tokenizer, Rendered rendered) {
        this.tokenizer = tokenizer;
        this.rendered = rendered;
    }

    /// A note for each of them.
    List<String> notes(Encoding encoding) {
        List<String> notes = new ArrayList<>();
        SourcedText text = rendered.sourced();
        int run = 0;
        for (int i = 0; i < encoding.length(); i++) {
            if (!tokenizer.isSpecial(encoding.id(i))) {
                continue;
            }
            while (run < text.runs() && text.end(run) <= encoding.start(i)) {
                run++;
            }
            if (run < text.runs()
                    && text.source(run) >= 0
                    && encoding.end(i) <= text.end(run)
                    && encoding.end(i) > encoding.start(i)) {
                Origin origin = rendered.origins().get(text.source(run));
                notes.add(
                        "message "
                                + origin.message()
                                + ", "
                                + origin.path()
                                + ": holds the special token "
                                + text.chars().substring(encoding.start(i), encoding.end(i)));
            }
        }
        return notes;
    }
}
