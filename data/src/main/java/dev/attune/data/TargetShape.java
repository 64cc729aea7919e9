package dev.attune.data;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// The shapes that rows can be written in.
public enum TargetShape {
    /// `messages` of role and content.
    MESSAGES,
    /// `prompt` and `completion`, as texts or messages.
    PROMPT_COMPLETION,
    /// `instruction`, `input`, `output`, `system` and `history`.
    ALPACA,
    /// `conversations` of from and value.
    SHAREGPT,
    /// `text`.
    TEXT,
    /// `prompt`, `chosen` and `rejected`.
    PREFERENCE,
    /// `input`, `preferred_output` and `non_preferred_output`.
    OPENAI_PREFERENCE,
    /// `prompt`, `completion` and `label`.
    FEEDBACK,
    /// `prompt`.
    PROMPT_ONLY;

    /// The shape that a person calls `name`: `prompt-completion`.
    ///
    /// @throws AttuneException of kind USER if there is none
    public static TargetShape of(String name) {
        return Arrays.stream(values())
                .filter(shape -> shape.told().equals(name.replace('_', '-')))
                .findFirst()
                .orElseThrow(() -> unknown(name));
    }

    /// What a person calls it.
    public String told() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static AttuneException unknown(String name) {
        var names = Arrays.stream(values()).map(TargetShape::told).toList();
        return AttuneException.user(
                        "There is no shape %s to write; expected one of %s."
                                .formatted(
                                        Quoted.of(name),
                                        names.stream().collect(Collectors.joining(", "))))
                .fix(
                        Nearest.to(name, names)
                                .map(near -> "Did you mean " + near + "?")
                                .orElse("Choose one of these."));
    }
}
