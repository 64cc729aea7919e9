package dev.attune.data;

import dev.attune.data.Finding.Severity;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Marks of prompt injection and profanity, as notes; nothing is dropped for them.
final class MarkerCheck implements RowCheck {
    private static final Pattern INJECTION =
            Pattern.compile(
                    "(?i)ignore (?:all |any )?(?:the |your )?(?:previous|prior|above)"
                        + " (?:instructions|prompts?)|disregard (?:all |the"
                        + " )?(?:previous|above|prior)|you are now (?:dan|in developer mode)|reveal"
                        + " (?:your|the) system prompt|do anything"
                        + " now|<\\|im_start\\|>|\\[INST\\]|<\\|eot_id\\|>");
    private static final List<String> INJECTION_SIGNS =
            List.of("ignor", "disregard", "you are now", "reveal", "anything now", "<|", "[inst]");
    private static final WordSet PROFANITY =
            WordSet.of(
                    "fuck",
                    "fucking",
                    "fucked",
                    "fucker",
                    "fuckin",
                    "shit",
                    "shitty",
                    "bullshit",
                    "asshole",
                    "bitch",
                    "bitches",
                    "bastard",
                    "cunt",
                    "dickhead",
                    "motherfucker",
                    "scheiße",
                    "scheisse",
                    "arschloch");

    private final RowTally tally;

    MarkerCheck(int maxRows) {
        tally =
                new RowTally(maxRows)
                        .kind(
                                Severity.NOTE,
                                "prompt_injection",
                                "%,d rows hold what is used to turn a model against its"
                                        + " instructions, or control tokens of a template.",
                                "Keep them if the answer shows how to refuse; else drop them.")
                        .kind(
                                Severity.NOTE,
                                "profanity",
                                "%,d rows hold profanity.",
                                "Look whether it is quoted or answered; drop it from answers.");
    }

    @Override
    public void see(CheckedRow checked) {
        RowText text = checked.text();
        injection(text.system())
                .or(() -> injection(text.prompt()))
                .or(() -> injection(text.answer()))
                .ifPresent(found -> tally.add("prompt_injection", text.origin(), found));
        profanity(checked.prompt())
                .or(() -> profanity(checked.answer()))
                .ifPresent(word -> tally.add("profanity", text.origin(), word));
    }

    private static Optional<String> injection(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        for (String sign : INJECTION_SIGNS) {
            if (lower.contains(sign)) {
                Matcher matcher = INJECTION.matcher(text);
                return matcher.find() ? Optional.of(matcher.group()) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static Optional<String> profanity(Words words) {
        for (String word : words.all()) {
            if (PROFANITY.contains(word)) {
                return Optional.of(word);
            }
        }
        return Optional.empty();
    }

    @Override
    public List<Finding> findings(RowIndex index) {
        return tally.findings();
    }
}
