package dev.attune.text;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import java.util.List;
import java.util.Map;

/// Whatever a template does to a message's text, a character that knows its origin is the character
/// that stands there.
class TemplateSourcesPropertyTest {
    /// Operations that only move characters.
    private static final List<String> MOVES =
            List.of(
                    "x ~ 'a b' ~ x",
                    "x + x",
                    "x * 3",
                    "x[2:]",
                    "x[:-1]",
                    "x[::-1]",
                    "x[1:5:2]",
                    "x.strip()",
                    "x | trim",
                    "x.lstrip('aB')",
                    "x.split(' ') | join('-')",
                    "x.split() | last",
                    "x.rsplit('a', 1) | join",
                    "x.partition('b') | join('|')",
                    "x.splitlines() | join(';')",
                    "x.replace('a', '')",
                    "x.replace('', '-')",
                    "x | replace('b', 'aab')",
                    "'<'.join([x, x[1:]])",
                    "[x, 'c', x] | join(x)",
                    "x | indent(2, true)",
                    "x.center(40, '*')",
                    "x | center(30)",
                    "'%s: %10s|%.3s' % (x, x, x)",
                    "'{} {0!s:>30} {a}'.replace('{}', '').format(x, a=x)",
                    "x.removeprefix('a').removesuffix('b')",
                    "x | list | join",
                    "x | reverse",
                    "x | truncate(5, true, '')",
                    "(x | safe) ~ x",
                    "f(x)",
                    "[x] | map('trim') | first",
                    "{'k': x}.k",
                    "(x, 1)[0]");

    /// Operations that write other characters for some, each with the origin of what it stands for.
    private static final List<String> CHANGES =
            List.of(
                    "x | upper",
                    "x | title",
                    "x.lower()",
                    "x.capitalize()",
                    "x.swapcase()",
                    "x | tojson",
                    "x | e",
                    "x | pprint",
                    "x.expandtabs(4)",
                    "{'a': [x]} | tojson(indent=1)");

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings()
                .withChars("abAB \n\t<&\"'\\{}%é€ßİ-".toCharArray())
                .ofMaxLength(24)
                .map(text ->
                        text.replace("E", "\ud83d\ude00")
                                + (text.length() % 3 == 0 ? "\ud83d\ude00" : ""));
    }

    @Provide
    Arbitrary<String> moves() {
        return Arbitraries.of(MOVES);
    }

    @Provide
    Arbitrary<String> changes() {
        return Arbitraries.of(CHANGES);
    }

    private static Rendered rendered(String content, String first, String then) {
        String template =
                "{% macro f(y) %}<{{ y }}>{% endmacro %}{% for m in messages %}{% set x = m.content"
                        + " %}{% set x %}{{ "
                        + first
                        + " }}{% endset %}{{ "
                        + then
                        + " }}{% endfor %}";
        return ChatTemplate.parse("t", template)
                .render(
                        new Conversation(List.of(Message.of("user", content)), Map.of()),
                        RenderSettings.of(Map.of(), Conversations.CLOCK));
    }

    @Property(tries = 2000)
    void aMovedCharacterIsThatOfItsOrigin(
            @ForAll("texts") String content,
            @ForAll("moves") String first,
            @ForAll("moves") String then) {
        Rendered rendered = rendered(content, first, then);
        SourcedText text = rendered.sourced();
        for (int run = 0; run < text.runs(); run++) {
            if (text.source(run) < 0) {
                continue;
            }
            assertThat(rendered.origins().get(text.source(run)).path()).isEqualTo("content");
            int from = text.offset(run);
            assertThat(text.chars().substring(text.start(run), text.end(run)))
                    .as("%s, then %s", first, then)
                    .isEqualTo(content.substring(from, from + text.end(run) - text.start(run)));
        }
    }

    @Property(tries = 1000)
    void aChangedCharacterKeepsAnOriginInTheText(
            @ForAll("texts") String content,
            @ForAll("moves") String first,
            @ForAll("changes") String then) {
        SourcedText text = rendered(content, first, then).sourced();
        int end = 0;
        for (int run = 0; run < text.runs(); run++) {
            assertThat(text.start(run)).isEqualTo(end);
            end = text.end(run);
            if (text.source(run) >= 0) {
                assertThat(text.offset(run)).isBetween(0, Math.max(0, content.length() - 1));
            }
        }
        assertThat(end).isEqualTo(text.length());
    }
}
