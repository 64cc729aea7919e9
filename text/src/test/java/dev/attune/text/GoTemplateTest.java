package dev.attune.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.base.AttuneException;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

class GoTemplateTest {
    private static final LocalDate TODAY = LocalDate.of(2025, 7, 10);

    /// Ollama's tests take a blank off the end of these.
    private static final Set<String> STRIPPED = Set.of("chatqa", "mistral-instruct", "vicuna");

    @ParameterizedTest
    @MethodSource("ollamasTemplates")
    void rendersOllamasTemplatesAsGoDoes(String name) throws IOException {
        Path folder = SharedData.path("chat-templates/ollama");
        GoTemplate template = GoTemplate.parse(Files.readString(folder.resolve(name + ".gotmpl")));
        JsonNode cases =
                Conversations.JSON.readTree(Files.readString(folder.resolve("conversations.json")));

        for (Map.Entry<String, JsonNode> each : cases.path("cases").properties()) {
            JsonNode data = Conversations.JSON.createObjectNode().set("messages", each.getValue());
            String found = template.render(OllamaMessages.data(Conversations.of(data)), TODAY);
            Path expected = folder.resolve("testdata/" + name + ".gotmpl/" + each.getKey());
            boolean strips = STRIPPED.contains(name) && found.endsWith(" ");
            assertThat(strips ? found.substring(0, found.length() - 1) : found)
                    .as(each.getKey())
                    .isEqualTo(Files.readString(expected));
        }
    }

    static Stream<String> ollamasTemplates() throws IOException {
        Path folder = SharedData.path("chat-templates/ollama");
        try (Stream<Path> files = Files.list(folder)) {
            return files
                    .map(f -> String.valueOf(f.getFileName()))
                    .filter(f -> f.endsWith(".gotmpl"))
                    .map(f -> f.substring(0, f.length() - ".gotmpl".length()))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '^',
            value = {
                "{{ .Name }} ~ Ann",
                "x {{- .Name -}} y ~ xAnny",
                "{{ if .None }}a{{ else if .Name }}b{{ else }}c{{ end }} ~ b",
                "{{ range $i, $e := .List }}{{ $i }}{{ $e }}{{ end }} ~ 0a1b2c",
                "{{ range .List }}{{ . }}{{ if eq . \"b\" }}{{ break }}{{ end }}{{ end }} ~ ab",
                "{{ range .List }}{{ if eq . \"b\" }}{{ continue }}{{ end }}{{ . }}{{ end }} ~ ac",
                "{{ range .Nothing }}a{{ else }}none{{ end }} ~ none",
                "{{ with .Name }}{{ . }}!{{ else }}none{{ end }} ~ Ann!",
                "{{ with $n := .Name }}{{ $n }}{{ $.Name }}{{ end }} ~ AnnAnn",
                "{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }} ~ 2",
                "{{ $x := 1 }}{{ if true }}{{ $x := 2 }}{{ end }}{{ $x }} ~ 1",
                "{{ len .List }}{{ len \"\\u00fc\" }} ~ 32",
                "{{ index .List 1 }}{{ index .Map \"k\" }} ~ bv",
                "{{ slice .List 1 }}{{ slice .Name 1 2 }} ~ [b c]n",
                "{{ and .Name .None }}{{ or .None .Name }}{{ not .None }} ~ <no value>Anntrue",
                "{{ eq .Name \"Bob\" \"Ann\" }}{{ ne 1 2 }}{{ lt 1 2 }}{{ ge 1 2 }} ~"
                        + " truetruetruefalse",
                "{{ printf \"%s-%d-%v%%\" .Name 3 true }} ~ Ann-3-true%",
                "{{ .Name | printf \"%s %s\" \"I am\" }} ~ I am Ann",
                "{{ (index .People 0).Name }}{{ .Map.k }} ~ Bobv",
                "{{/* said to nobody */}}x{{- /* nor this */ -}} y ~ xy",
                "{{ currentDate }} ~ 2025-07-10",
                "{{ .None }}|{{ .Map.none }} ~ <no value>|<no value>",
                "{{ `raw\\n` }}{{ \"\\\"\\x41\" }} ~ raw\\n\"A",
            })
    void meansWhatItMeansInGo(String source, String expected) {
        Map<String, Object> data =
                Map.of(
                        "Name",
                        "Ann",
                        "List",
                        List.of("a", "b", "c"),
                        "Map",
                        Map.of("k", "v"),
                        "People",
                        List.of(Map.of("Name", "Bob")));

        assertThat(GoTemplate.parse(source).render(data, TODAY)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '^',
            value = {
                "{{ if .A }}x ~ expected '{{' (line 1, column 13)",
                "a{{ end }} ~ unexpected end (line 1, column 2)",
                "{{ .A ~ this action has no end (line 1, column 1)",
                "{{ \"a }} ~ this string has no end (line 1, column 4)",
                "{{ frobnicate .A }} ~ the function 'frobnicate' is not known here",
                "{{ template \"x\" }} ~ 'template' is not known here (line 1, column 4)",
                "{{ \"\\q\" }} ~ unknown escape '\\q'",
                "{{{ .A }} ~ unexpected '{' (line 1, column 3)",
                "{{ .A | .B }} ~ a pipe must end in a function",
                "{{/* a }} ~ this comment has no end",
                "{{ }} ~ a value is missing",
            })
    void tellsWhereATemplateCannotBeRead(String source, String message) {
        assertThatThrownBy(() -> GoTemplate.parse(source))
                .isInstanceOf(AttuneException.class)
                .hasMessageContaining("The Go template cannot be read: ")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '^',
            value = {
                "{{ index .L 3 }} ~ index 3 of 1",
                "{{ slice .S 3 1 }} ~ 'slice' from 3 to 1 of 4",
                "{{ $x }} ~ $x is not known",
                "{{ eq .S 1 }} ~ cannot be compared",
                "{{ .S.Length }} ~ .Length of text",
                "{{ range .S }}{{ end }} ~ 'range' over text",
                "{{ len 3 }} ~ 'len' of 3",
                "{{ printf \"%z\" 1 }} ~ 'printf' of '%z'",
            })
    void tellsWhatCannotBeRendered(String source, String message) {
        GoTemplate template = GoTemplate.parse(source);

        assertThatThrownBy(() -> template.render(Map.of("S", "text", "L", List.of("one")), TODAY))
                .isInstanceOf(AttuneException.class)
                .hasMessageContaining("The Go template cannot be rendered: ")
                .hasMessageContaining(message);
    }

    @Test
    void joinsMessagesOfOneRoleAsOllamaDoes() {
        Conversation talk =
                Conversation.of(
                        Message.of("system", "s1"),
                        Message.of("system", "s2"),
                        Message.of("user", "u1"),
                        Message.of("user", "u2"),
                        Message.of("system", "s3"));
        GoTemplate template =
                GoTemplate.parse(
                        "{{ .System }}!{{ range .Messages }}{{ .Role }}={{ .Content }};{{ end }}");

        assertThat(template.render(OllamaMessages.data(talk), TODAY))
                .isEqualTo("s1\n\ns2\n\ns3!system=s1\n\ns2;user=u1\n\nu2;system=s3;");
    }

    @Test
    void refusesBlocksBeyondReason() {
        String source = "{{ if true }}".repeat(10_000) + "{{ end }}".repeat(10_000);

        assertThatThrownBy(() -> GoTemplate.parse(source))
                .hasMessageContaining("blocks stand more than 200 deep");
    }
}
