package dev.attune.data;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The shapes that rows can be written in: one for each that is read.
public enum TargetShape {
    /// `messages` of role and content.
    MESSAGES(StandardShape.MESSAGES),
    /// `prompt` and `completion`, as texts or messages.
    PROMPT_COMPLETION(StandardShape.PROMPT_COMPLETION),
    /// `instruction`, `input`, `output`, `system` and `history`.
    ALPACA(ToolShape.ALPACA, "input", "system", "history"),
    /// `conversations` of from and value.
    SHAREGPT(ToolShape.SHAREGPT, "system"),
    /// `text`.
    TEXT(StandardShape.TEXT),
    /// `segments` of text and label, true where they are learned.
    SEGMENTS(ToolShape.SEGMENTS),
    /// `prompt`, `chosen` and `rejected`.
    PREFERENCE(StandardShape.PREFERENCE, "prompt"),
    /// `input`, `preferred_output` and `non_preferred_output`.
    OPENAI_PREFERENCE(ToolShape.OPENAI_PREFERENCE),
    /// `conversations` of from and value, `chosen` and `rejected`.
    SHAREGPT_PREFERENCE(ToolShape.SHAREGPT_PREFERENCE, "system"),
    /// `instruction`, `input`, `chosen`, `rejected`, `system` and `history`.
    ALPACA_PREFERENCE(ToolShape.ALPACA_PREFERENCE, "input", "system", "history"),
    /// `prompt`, `completion` and `label`.
    FEEDBACK(StandardShape.FEEDBACK),
    /// `messages` and a `label` on the last of them.
    MESSAGES_FEEDBACK(StandardShape.MESSAGES_FEEDBACK),
    /// `prompt`, `completions` and `labels`.
    STEPWISE(ToolShape.STEPWISE),
    /// `prompt`.
    PROMPT_ONLY(ToolShape.PROMPT_ONLY);

    @SuppressWarnings("ImmutableEnumChecker") // shapes are enums
    private final RowShape shape;

    @SuppressWarnings("ImmutableEnumChecker") // it is a copy that cannot be changed
    private final Set<String> keys;

    TargetShape(RowShape shape, String... more) {
        this.shape = shape;
        this.keys =
                Stream.concat(shape.keys().stream(), Arrays.stream(more))
                        .collect(Collectors.toUnmodifiableSet());
    }

    /// The shape that a row of this kind is read as.
    public RowShape shape() {
        return shape;
    }

    /// The columns that say something of their own in this shape, so that no other can have their
    /// names.
    Set<String> keys() {
        return keys;
    }

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
        List<String> names = Arrays.stream(values()).map(TargetShape::told).toList();
        return AttuneException.user(
                        "There is no shape %s to write; expected one of %s."
                                .formatted(Quoted.of(name), String.join(", ", names)))
                .fix(
                        Nearest.to(name, names)
                                .map(near -> "Did you mean " + near + "?")
                                .orElse("Choose one of these."));
    }
}
