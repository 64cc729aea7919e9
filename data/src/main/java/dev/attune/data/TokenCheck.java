package dev.attune.data;

import dev.attune.base.AttuneException;
import dev.attune.data.Finding.Severity;
import dev.attune.text.ChatFormat;
import dev.attune.text.EncodedText;
import dev.attune.text.TrainOn;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Rows as the model gets them: refused by its template, longer than its context, without a token
/// to learn, changed by the template.
final class TokenCheck {
    private final ChatFormat format;
    private final ChatRowEncoder encoder;
    private final int contextTokens;
    private final LengthHistogram tokens = new LengthHistogram();
    private final RowTally tally;
    private long tokensRead;
    private long learned;

    /// @param contextTokens how many tokens the model or the recipe allows a row
    TokenCheck(ChatFormat format, int contextTokens, int maxRows) {
        this.format = format;
        this.encoder = new ChatRowEncoder(format, TrainOn.ASSISTANT);
        this.contextTokens = contextTokens;
        tally =
                new RowTally(maxRows)
                        .kind(
                                Severity.ERROR,
                                "template_refuses",
                                "%,d rows cannot be written by the model's chat template.",
                                "Mend the rows, or give another template.")
                        .kind(
                                Severity.ERROR,
                                "nothing_learned",
                                "%,d rows have no token to be learned.",
                                "Give an answer, or drop them.")
                        .kind(
                                Severity.WARNING,
                                "too_long",
                                "%,d rows are longer than "
                                        + String.format(Locale.ROOT, "%,d", contextTokens)
                                        + " tokens and would be refused or cut.",
                                "attune data clean --max-tokens N --too-long"
                                        + " drop|split|truncate-prompt, or raise max_length.")
                        .kind(
                                Severity.WARNING,
                                "no_stop",
                                "%,d rows do not end with a stop token: the model would not learn"
                                        + " to stop.",
                                "Use a chat template that ends each turn with a stop token.")
                        .kind(
                                Severity.NOTE,
                                "template_changes",
                                "%,d rows are changed by the chat template.",
                                "attune data show --model M shows how.");
    }

    /// Sees a row. Of a preference both answers are read, each behind the prompt, and both are
    /// learned from; its length is that of the longer.
    void see(Example example) {
        switch (example) {
            case ConversationExample _, PromptCompletion _, PlainText _, Segments _ ->
                    encoded(example, List.of(example));
            case Preference row ->
                    encoded(
                            row,
                            List.of(answered(row, row.chosen()), answered(row, row.rejected())));
            case Feedback row ->
                    encoded(
                            row,
                            List.of(
                                    new PromptCompletion(
                                            row.origin(),
                                            row.prompt(),
                                            row.completion(),
                                            row.columns())));
            // Their answers come from elsewhere.
            case PromptOnly _, Stepwise _ -> {}
        }
    }

    private static Example answered(Preference row, Part answer) {
        return new PromptCompletion(row.origin(), row.prompt(), answer, row.columns());
    }

    /// @param read the sequences that are read of the row
    private void encoded(Example row, List<Example> read) {
        List<EncodedText> sequences = new ArrayList<>();
        try {
            read.forEach(each -> sequences.add(encoder.text(each)));
        } catch (AttuneException e) {
            tally.add("template_refuses", row.origin(), e.what());
            return;
        }
        int longest = 0;
        for (EncodedText sequence : sequences) {
            longest = Math.max(longest, sequence.tokens().length());
            tokensRead += sequence.tokens().length();
            learned += sequence.tokens().trainedTokens();
        }
        tokens.add(longest);
        if (sequences.stream().anyMatch(each -> each.tokens().trainedTokens() == 0)) {
            tally.add("nothing_learned", row.origin(), "");
        } else if (!sequences.stream().allMatch(each -> each.stops(format.stopTokens().ids()))) {
            tally.add("no_stop", row.origin(), "");
        }
        if (longest > contextTokens) {
            tally.add("too_long", row.origin(), longest + " tokens");
        }
        sequences.stream()
                .flatMap(each -> each.notes().stream())
                .findFirst()
                .ifPresent(note -> tally.add("template_changes", row.origin(), note));
    }

    /// Lengths of the rows in tokens, of two answers the longer.
    LengthHistogram tokens() {
        return tokens;
    }

    /// What was found, and what an epoch costs.
    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>(tally.findings());
        findings.add(
                new Finding.InSet(
                        Severity.NOTE,
                        "tokens",
                        String.format(
                                Locale.ROOT,
                                "An epoch reads %,d tokens and learns %,d; the longest row has %,d,"
                                        + " the median %,d, the context %,d.",
                                tokensRead,
                                learned,
                                tokens.max(),
                                tokens.quantile(0.5),
                                contextTokens),
                        "Divide by the tokens a second of your machine for the time of an epoch."));
        return findings;
    }
}
