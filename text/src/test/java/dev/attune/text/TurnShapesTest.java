package dev.attune.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// The emitted text of templates of every shape that real ones have.
class TurnShapesTest {
    private static final RenderSettings SETTINGS =
            RenderSettings.of(Map.of("eos_token", "</s>"), Conversations.CLOCK);
    private static final Conversation CHAT =
            Conversation.of(
                    Message.of("user", "Q"),
                    Message.of("assistant", "A"),
                    Message.of("user", "Q2"),
                    Message.of("assistant", "A2"));

    @Test
    void endsWithTheEndOfTurnTokenAndNotTheNewlineBehindIt() {
        assertThat(
                        emitted(
                                "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}"
                                        + "<|im_end|>\n\n{% endfor %}",
                                Set.of("<|im_end|>")))
                .containsExactly("A<|im_end|>", "A2<|im_end|>");
    }

    @Test
    void beginsWhereTheGenerationPromptEnds() {
        assertThat(
                        emitted(
                                "{% for m in messages %}<|{{ m.role }}|>"
                                        + "{% if m.role == 'assistant' %}<think></think>{% endif %}"
                                        + "{{ m.content }}</s>{% endfor %}"
                                        + "{% if add_generation_prompt %}<|assistant|>{% endif %}",
                                Set.of("</s>")))
                .containsExactly("<think></think>A</s>", "<think></think>A2</s>");
    }

    @Test
    void takesAStopTokenThatOnlyTheNextTurnWrites() {
        assertThat(
                        emitted(
                                "{% for m in messages %}<|{{ m.role }}|>\n{{ m.content }}"
                                        + "{% endfor %}",
                                Set.of("<|user|>")))
                .containsExactly("A<|user|>", "A2");
    }

    @Test
    void takesAnEosThatStandsBehindTheLoop() {
        assertThat(
                        emitted(
                                "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% endfor %}"
                                        + "{{ eos_token }}",
                                Set.of("</s>")))
                .containsExactly("A", "A2</s>");
    }

    @Test
    void followsMessagesThatAreReachedByIndex() {
        assertThat(
                        emitted(
                                "{% for i in range(messages | length) %}{% set m = messages[i] %}"
                                        + "[{{ m.role }}] {{ m.content }}</s>{% endfor %}",
                                Set.of("</s>")))
                .containsExactly("A</s>", "A2</s>");
    }

    @Test
    void followsMessagesThroughMacrosAndCapturedBlocks() {
        assertThat(
                        emitted(
                                "{% macro turn(m) %}<{{ m.role }}>{{ m.content }}<end>{% endmacro"
                                        + " %}{% for m in messages %}{% set text %}{{ turn(m) }}{%"
                                        + " endset %}{{ text }}{% endfor %}",
                                Set.of("<end>")))
                .containsExactly("A<end>", "A2<end>");
    }

    @Test
    void fallsBackOnSourcesWhereTheMarksStandInAMacro() {
        assertThat(
                        emitted(
                                "{% macro turn(m) %}{% generation %}{{ m.content }}</s>"
                                        + "{% endgeneration %}{% endmacro %}"
                                        + "{% for m in messages %}{% if m.role == 'assistant' %}"
                                        + "{{ turn(m) }}{% else %}[{{ m.content }}]{% endif %}"
                                        + "{% endfor %}",
                                Set.of("</s>")))
                .containsExactly("A</s>", "A2</s>");
    }

    @Test
    void takesTheTemplatesOwnMarksWhereItHasThem() {
        assertThat(
                        emitted(
                                "{% for m in messages %}<{{ m.role }}>{% if m.role == 'assistant'"
                                    + " %}{% generation %}{{ m.content }}<e>!{% endgeneration %}{%"
                                    + " else %}{{ m.content }}<e>{% endif %}{% endfor %}",
                                Set.of("<e>")))
                .containsExactly("A<e>!", "A2<e>!");
    }

    private static List<String> emitted(String template, Set<String> stops) {
        Rendered rendered = ChatTemplate.parse("t", template).render(CHAT, SETTINGS);
        return rendered.trainable(TrainOn.ASSISTANT, stops).stream()
                .map(span -> span.of(rendered.text()))
                .toList();
    }
}
