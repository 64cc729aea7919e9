package dev.attune.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryFile;
import com.code_intelligence.jazzer.junit.FuzzTest;

import dev.attune.base.AttuneException;
import dev.attune.base.ErrorKind;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/// Any source is either a template that renders within its limits, or a USER error; nothing else
/// comes out.
///
/// What stands behind a zero byte is JSON, the variable `v` of the template. The seeds beside the
/// test resources run in every build; `JAZZER_FUZZ=1` looks for more.
class HostileTemplateFuzzTest {
    private static final RenderLimits SMALL = new RenderLimits(20_000, 400_000, 50_000, 60);
    private static final ObjectNode VARIABLES = variables();

    @DictionaryFile(resourcePath = "/dev/attune/text/jinja.dict")
    @FuzzTest(maxDuration = "10m")
    void rendersOrRefusesATemplate(byte[] input) {
        String[] parts = new String(input, StandardCharsets.UTF_8).split("\0", 2);
        try {
            Rendered rendered =
                    ChatTemplate.parse("chat_template.jinja", parts[0])
                            .render(
                                    Conversations.of(withJson(parts)),
                                    RenderSettings.of(Map.of(), Conversations.CLOCK)
                                            .withLimits(SMALL));
            assertThat(rendered.text().length()).isLessThanOrEqualTo(50_000);
        } catch (AttuneException e) {
            assertThat(e.kind()).as("kind of %s", e.what()).isEqualTo(ErrorKind.USER);
        }
    }

    private static JsonNode withJson(String[] parts) {
        ObjectNode variables = VARIABLES.deepCopy();
        if (parts.length == 2) {
            try {
                variables.set("v", Conversations.JSON.readTree(parts[1]));
            } catch (JacksonException e) {
                variables.put("v", e.getOriginalMessage());
            }
        }
        return variables;
    }

    private static ObjectNode variables() {
        return Conversations.JSON
                .readTree(
                        """
                        {"messages": [
                          {"role": "system", "content": "Be brief."},
                          {"role": "user", "content": "  Gr\\u00fc\\u00dfe \\ud83d\\ude00 <b>x</b>\\n\\ttwo "},
                          {"role": "assistant", "content": null, "tool_calls": [
                            {"id": "1", "function": {"name": "f", "arguments": {"a": [1, 2.5, null]}}}]}],
                         "tools": [{"type": "function", "function": {"name": "f"}}],
                         "s": "a b c", "n": 7, "f": 2.5, "x": [3, 1, 2], "d": {"b": 1, "a": null},
                         "big": 123456789012345678901234567890, "add_generation_prompt": true}
                        """)
                .asObject();
    }
}
