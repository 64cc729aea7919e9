package dev.attune.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.base.AttuneException;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Small templates, made at random by `jinja-cases.py` beside the cases, against what jinja2 does
/// with them in the environment of transformers: the text, or the kind of the error.
class JinjaParityTest {
    private static final String SYNTAX = "TemplateSyntaxError";

    @Test
    void templatesRenderOrRaiseAsJinja2Does() throws IOException {
        List<String> lines = lines();
        JsonNode data = Conversations.JSON.readTree(lines.getFirst()).get("data");
        List<String> differences = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            JsonNode each = Conversations.JSON.readTree(line);
            String template = each.get("t").stringValue();
            String expected =
                    each.has("r") ? each.get("r").stringValue() : "! " + kind(each.get("k"));
            String actual = outcome(template, data);
            if (!actual.equals(expected)) {
                differences.add(template + "\n  is " + actual + "\n  expected " + expected);
            }
        }
        assertThat(differences).isEmpty();
        assertThat(lines).hasSizeGreaterThan(500);
    }

    private static List<String> lines() throws IOException {
        try (InputStream in = JinjaParityTest.class.getResourceAsStream("jinja-cases.jsonl")) {
            assertThat(in).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        }
    }

    private static String kind(JsonNode kind) {
        String name = kind.stringValue();
        return name.equals("TemplateAssertionError") || name.equals("SyntaxError") ? SYNTAX : name;
    }

    private static String outcome(String template, JsonNode data) {
        try {
            return ChatTemplate.parse("case", template)
                    .render(
                            Conversations.of(data),
                            RenderSettings.of(Map.of(), Conversations.CLOCK))
                    .text();
        } catch (AttuneException e) {
            String what = e.what();
            if (what.startsWith("The chat template cannot be read")) {
                return "! " + SYNTAX;
            }
            if (what.startsWith("The chat template refuses")) {
                return "! TemplateError";
            }
            String said = what.substring("The chat template fails: ".length());
            int colon = said.indexOf(':');
            return "! " + (colon < 0 ? said : said.substring(0, colon));
        }
    }
}
