package dev.attune.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Map;

/// A template gets the arguments of tool calls in the form that it understands.
class ToolArgumentsTest {
    private static final String TEXT = "\"{\\\"city\\\": \\\"Oslo\\\"}\"";
    private static final String OBJECT = "{\"city\": \"Oslo\"}";
    private static final String CALL = "messages[0].tool_calls[0].function.arguments";

    @ParameterizedTest
    @ValueSource(strings = {TEXT, OBJECT})
    void writesJsonOnceWhereTheTemplateWritesIt(String arguments) {
        assertThat(rendered("{{ " + CALL + " | tojson }}", arguments))
                .isEqualTo("{\"city\": \"Oslo\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {TEXT, OBJECT})
    void givesTextWhereTheTemplateAddsItToText(String arguments) {
        assertThat(rendered("{{ 'call' + " + CALL + " }}", arguments).replace(" ", ""))
                .isEqualTo("call{\"city\":\"Oslo\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {TEXT, OBJECT})
    void givesAnObjectWhereTheTemplateGoesThroughIt(String arguments) {
        assertThat(
                        rendered(
                                "{% for k, v in " + CALL + ".items() %}{{ k }}={{ v }}{% endfor %}",
                                arguments))
                .isEqualTo("city=Oslo");
    }

    @ParameterizedTest
    @ValueSource(strings = {TEXT, OBJECT})
    void tellsTheFirstErrorWhereNeitherFormGoes(String arguments) {
        assertThatThrownBy(() -> rendered("{{ raise_exception('no tools') }}", arguments))
                .hasMessageContaining("refuses the conversation: no tools.");
    }

    private static String rendered(String template, String arguments) {
        Conversation conversation =
                Conversations.of(
                        Conversations.JSON.readTree(
                                "{\"messages\": [{\"role\": \"assistant\", \"tool_calls\":"
                                        + " [{\"function\": {\"name\": \"f\", \"arguments\": "
                                        + arguments
                                        + "}}]}]}"));
        ChatTemplate parsed = ChatTemplate.parse("t", template);
        RenderSettings settings = RenderSettings.of(Map.of(), Conversations.CLOCK);
        return ToolArguments.fit(conversation, each -> parsed.render(each, settings)).text();
    }
}
