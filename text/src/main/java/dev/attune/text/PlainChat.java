package dev.attune.text;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/// A chat template for base models, which have none: headings that need no special tokens of their
/// own, and the model's end-of-text token behind each answer.
///
/// ```
/// You are brief.
///
/// ### User:
/// What is two and two?
///
/// ### Assistant:
/// Four.</s>
/// ```
final class PlainChat {
    private static final String ENDING = "ENDING";
    private static final String TEMPLATE =
            """
            {{- bos_token | default('') -}}
            {%- for message in messages -%}
                {%- if message.role == 'system' -%}
                    {{- message.content + '\\n\\n' -}}
                {%- elif message.role == 'user' -%}
                    {{- '### User:\\n' + message.content + '\\n\\n' -}}
                {%- elif message.role == 'assistant' -%}
                    {{- '### Assistant:\\n' -}}
                    {%- generation -%}{{- message.content + 'ENDING' -}}{%- endgeneration -%}
                    {{- '\\n\\n' if not loop.last else '' -}}
                {%- else -%}
                    {{- raise_exception('the plain chat template knows system, user and assistant, not ' + message.role) -}}
                {%- endif -%}
            {%- endfor -%}
            {%- if add_generation_prompt -%}{{- '### Assistant:\\n' -}}{%- endif -%}
            """;

    private PlainChat() {}

    /// The template for a tokenizer, in Jinja.
    ///
    /// The end-of-text token is written so that the tokenizer reads it as one: some know it only
    /// behind a space.
    ///
    /// @param eos the text of the end-of-text token
    /// @return nothing if the tokenizer reads no such token in a text
    static Optional<String> template(Tokenizer tokenizer, String eos) {
        OptionalInt id = tokenizer.id(eos);
        int[] alone = tokenizer.encode("a.").ids();
        return Stream.of("", " ", "\n")
                .map(space -> space + eos)
                .filter(ending -> {
                    int[] ids = tokenizer.encode("a." + ending).ids();
                    return ids.length == alone.length + 1
                            && OptionalInt.of(ids[ids.length - 1]).equals(id);
                })
                .findFirst()
                .map(ending -> TEMPLATE.replace(ENDING, quoted(ending)));
    }

    private static String quoted(String ending) {
        return ending.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n");
    }
}
