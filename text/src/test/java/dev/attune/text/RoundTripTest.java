package dev.attune.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Map;

/// What a template changes or leaves out of the messages is told, and nothing else.
class RoundTripTest {
    private static final RenderSettings SETTINGS = RenderSettings.of(Map.of(), Conversations.CLOCK);

    @Test
    void tellsNothingWhenAllIsWritten() {
        assertThat(changes("{{ messages[0].content }}", " a b ")).isEmpty();
        assertThat(changes("{{ messages[0].content }}", "")).isEmpty();
        assertThat(changes("{{ messages[0].content | trim }}", "   ")).isEmpty();
    }

    @Test
    void tellsTrimmedWhiteSpace() {
        assertThat(changes("{{ messages[0].content | trim }}", " a b \n"))
                .containsExactly(new RoundTrip(0, "content", RoundTrip.Change.TRIMMED, "  \n"));
    }

    @Test
    void tellsTheThinkingThatWasCut() {
        assertThat(
                        changes(
                                "{{ messages[0].content.split('</think>')[-1].lstrip('\\n') }}",
                                "<think>\nhm\n</think>\n\nyes"))
                .singleElement()
                .satisfies(change -> {
                    assertThat(change.change()).isEqualTo(RoundTrip.Change.CUT);
                    assertThat(change.lost()).isEqualTo("<think>\nhm\n</think>\n\n");
                    assertThat(change.described())
                            .isEqualTo(
                                    "message 0, content: left out in part: \"<think>\\nhm\\n"
                                            + "</think>\" by the chat template");
                });
    }

    @Test
    void tellsContentThatIsNotWritten() {
        assertThat(changes("{{ messages[0].role }}", "lost"))
                .containsExactly(new RoundTrip(0, "content", RoundTrip.Change.DROPPED, "lost"));
    }

    @Test
    void tellsCharactersThatWereChanged() {
        assertThat(changes("{{ messages[0].content | upper }}", "abc"))
                .containsExactly(new RoundTrip(0, "content", RoundTrip.Change.ALTERED, ""));
        assertThat(changes("{{ messages[0].content | tojson }}", "a\"b"))
                .containsExactly(new RoundTrip(0, "content", RoundTrip.Change.ALTERED, ""));
    }

    @Test
    void tellsPartsOfAListAndToolCallsApart() {
        ObjectNode message =
                (ObjectNode)
                        Conversations.JSON.readTree(
                                """
                                {"role": "assistant", "content": [{"type": "text", "text": "a"},
                                {"type": "text", "text": "b"}],
                                "tool_calls": [{"function": {"name": "f", "arguments": {}}}]}\
                                """);
        Rendered rendered =
                ChatTemplate.parse("t", "{{ messages[0].content[1].text }}")
                        .render(Conversation.of(new Message(message)), SETTINGS);
        assertThat(rendered.changes())
                .extracting(RoundTrip::path, RoundTrip::change)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                "content[0].text", RoundTrip.Change.DROPPED),
                        org.assertj.core.groups.Tuple.tuple(
                                "tool_calls", RoundTrip.Change.DROPPED));
    }

    private static List<RoundTrip> changes(String template, String content) {
        return ChatTemplate.parse("t", template)
                .render(Conversation.of(Message.of("assistant", content)), SETTINGS)
                .changes();
    }
}
