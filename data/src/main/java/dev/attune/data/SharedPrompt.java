package dev.attune.data;

import dev.attune.text.Message;

import java.util.List;

/// The prompt that two answers share: what both begin with, when a row has no `prompt` of its own.
///
/// Messages are compared whole. Texts share their longest common start; a space before the first
/// difference belongs to the answers, as tokenizers glue it to the word that follows (TRL does the
/// same).
record SharedPrompt(Part prompt, Part chosen, Part rejected) {
    /// Splits two parts of the same kind.
    ///
    /// @throws dev.attune.base.AttuneException if they share nothing, or one says no more than what
    ///   they share
    static SharedPrompt of(Part chosen, Part rejected) {
        return switch (chosen) {
            case Part.Text(String text) -> ofTexts(text, ((Part.Text) rejected).text());
            case Part.Turns(List<Message> turns) ->
                    ofTurns(turns, ((Part.Turns) rejected).messages());
        };
    }

    private static SharedPrompt ofTurns(List<Message> chosen, List<Message> rejected) {
        int shared = 0;
        while (shared < Math.min(chosen.size(), rejected.size())
                && chosen.get(shared).equals(rejected.get(shared))) {
            shared++;
        }
        require(shared, chosen.size(), rejected.size());
        return new SharedPrompt(
                new Part.Turns(chosen.subList(0, shared)),
                new Part.Turns(chosen.subList(shared, chosen.size())),
                new Part.Turns(rejected.subList(shared, rejected.size())));
    }

    private static SharedPrompt ofTexts(String chosen, String rejected) {
        int shared = 0;
        while (shared < Math.min(chosen.length(), rejected.length())
                && chosen.charAt(shared) == rejected.charAt(shared)) {
            shared++;
        }
        require(shared, chosen.length(), rejected.length());
        char last = chosen.charAt(shared - 1);
        // Not within a surrogate pair: half a character is no text.
        if (last == ' ' || Character.isHighSurrogate(last)) {
            shared--;
        }
        return new SharedPrompt(
                new Part.Text(chosen.substring(0, shared)),
                new Part.Text(chosen.substring(shared)),
                new Part.Text(rejected.substring(shared)));
    }

    private static void require(int shared, int chosen, int rejected) {
        if (shared == 0) {
            throw RowFields.fault(
                    "There is no `prompt`, and `chosen` and `rejected` do not begin alike.",
                    "Add a `prompt`, or begin both with it.");
        }
        if (shared == chosen || shared == rejected) {
            throw RowFields.fault(
                    chosen == rejected
                            ? "`chosen` and `rejected` are the same."
                            : "`%s` holds nothing but what both begin with."
                                    .formatted(shared == chosen ? "chosen" : "rejected"),
                    "Give two different answers, or add a `prompt` if one of them is empty.");
        }
    }
}
