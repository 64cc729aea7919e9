package dev.attune.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.attune.base.AttuneException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/// Templates that want too much end soon, with an error that says so, in a small heap.
@Timeout(30)
class TemplateLimitsTest {
    private static final RenderSettings SETTINGS =
            RenderSettings.of(Map.of(), Conversations.CLOCK)
                    .withLimits(new RenderLimits(1_000_000, 10_000_000, 2_000_000, 200));

    private static String render(String template) {
        return ChatTemplate.parse("t", template)
                .render(new Conversation(List.of(), Map.of()), SETTINGS)
                .text();
    }

    private static void refuses(String template, String message) {
        assertThatThrownBy(() -> render(template))
                .as(template.length() > 80 ? template.substring(0, 80) : template)
                .isInstanceOf(AttuneException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% set ns = namespace(s='ab') %}{% for i in range(99) %}"
                        + "{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
                "{% set ns = namespace(s='ab') %}{% for i in range(99) %}"
                        + "{% set ns.s = ns.s + ns.s %}{% endfor %}",
                "{% set ns = namespace(s=[1]) %}{% for i in range(99) %}"
                        + "{% set ns.s = ns.s + ns.s %}{% endfor %}",
                "{{ 'a' * 10**9 }}",
                "{{ [1] * 10**9 }}",
                "{{ ('a' * 10**6).replace('', 'b' * 1000) }}",
                "{{ ('b' * 1000).join(['a'] * 10**6) }}",
                "{{ (['a'] * 10**6) | join('b' * 1000) }}",
                "{{ 'a'.center(10**9) }}",
                "{{ 'a'.ljust(10**9) }}",
                "{{ 'a'.zfill(10**9) }}",
                "{{ 'a' | center(10**9) }}",
                "{{ ('a\\n' * 10**5) | indent(9999) }}",
                "{{ ('\\t' * 10**5).expandtabs(9999) }}",
                "{{ [1] | batch(10**9, 0) | list }}",
                "{{ [1] | slice(10**9) | list }}",
                "{% for i in range(99999) %}{{ ('x' * 10**5)[:-1] | length }}{% endfor %}",
                "{{ ([[1] * 1000] * 10000) | tojson(indent=500) }}",
                "{{ ('a' * 10**6).translate({97: 'b' * 1000}) }}",
                "{{ ('{0}' * 10**5).format('a' * 10**5) }}",
                "{{ ('%(a)s' * 10**5) % {'a': 'a' * 10**5} }}",
                "{{ ('%s' * 10**5) % (('a' * 10**5,) * 10**5) }}",
                "{{ ([10**4000] * 10**5) | string | length }}",
                "{{ ([10**4000] * 10**5) | tojson | length }}",
                "{{ ('\u0149' * 10**6 * 9) | upper | upper | length }}",
                "{{ ('\u0390' * 10**6 * 6).upper() | length }}",
                "{{ ('&' * 10**6 * 9) | e | length }}",
                "{{ ('\u20ac' * 10**6 * 9) | urlencode | length }}",
                "{{ ('\\x01' * 10**6 * 9) | tojson | length }}",
                "{{ ('\\x01' * 10**6 * 9) | pprint | length }}",
                "{{ ('a ' * 10**6).split() | length }}",
                "{{ ('a\n' * 10**6).splitlines() | length }}",
                "{{ ('a' * 10**6).split('a') | length }}",
                "{{ ('a' * 10**6) | list | length }}",
                "{{ ('a' * 10**6) | reverse | length }}",
                "{{ strftime_now('%c' * 10**6) | length }}",
                "{% set ns = namespace(d={}) %}{% for i in range(99999) %}"
                        + "{% set ns.d = dict(ns.d, **{'k%d' % i: 1}) %}{% endfor %}",
                "{% set d = dict([(1, 2)] * 9) %}{% for i in range(99999) %}{% for j in range(99)"
                        + " %}{{ d.items() | length }}{% endfor %}{% endfor %}",
            })
    void endsWhatMakesTooMuch(String template) {
        refuses(template, "LimitError: the template made more than 10000000 characters");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}",
                "{% for i in range(9999) %}{% for j in range(9999) %}{% if i %}{% endif %}"
                        + "{% endfor %}{% endfor %}",
                "{{ range(99999) | map('abs') | list | map('abs') | list | length }}"
                        + "{% for i in range(99999) %}{% set x = range(99999) | sum %}{% endfor %}",
                "{% set x = ['a' * 10**6] * 100000 %}{{ x | unique | list | length }}"
                        + "{% for i in range(999) %}{{ x == x + [] }}{% endfor %}",
                "{% for i in range(99999) %}{{ 5.5 in range(99999) }}{% endfor %}",
                "{% set ns = namespace(x=[], y=[]) %}{% for i in range(60) %}"
                        + "{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}"
                        + "{{ ns.x == ns.y }}",
                "{% set ns = namespace(x=[], y=[]) %}{% for i in range(60) %}"
                        + "{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}"
                        + "{{ ns.x < ns.y ~ [ns.x].index(ns.y) }}",
                "{% set ns = namespace(t=()) %}{% for i in range(45) %}"
                        + "{% set ns.t = (ns.t, ns.t) %}{% endfor %}{{ {ns.t: 1} }}",
                "{% set ns = namespace(t=()) %}{% for i in range(45) %}"
                        + "{% set ns.t = (ns.t, ns.t) %}{% endfor %}{{ [ns.t] | unique | list }}",
                "{% set ns = namespace(t=()) %}{% for i in range(99) %}"
                        + "{% set ns.t = (ns.t, ns.t) %}{% endfor %}{{ ns.t }}",
                "{% for i in range(99999) %}{{ {range(99999): 1} | length }}{% endfor %}",
                "{% set x = range(99999) %}{% for i in x %}{{ x == x[0:99999] }}{% endfor %}",
                "{% set x = range(99999) %}{% for i in x %}{% for j in x %}{% endfor %}{% endfor"
                        + " %}",
                "{% set x = 'a' * 10**6 %}{% for i in range(99999) %}{{ x[::-1] }}{% endfor %}",
                "{% set x = 'a' * 10**6 %}{% for i in range(99999) %}{{ x | first }}{% endfor %}",
                "{% set x = 'a' * 10**6 %}{% set y = x ~ '' %}{% for i in range(99999) %}"
                        + "{{ x == y }}{% endfor %}",
                "{% set x = 'a' * 10**6 %}{% for i in range(99999) %}{{ x[i] }}{% endfor %}",
                "{% set x = '\u20ac' * 10**6 %}{% for i in range(99999) %}{{ x | length }}{% endfor"
                        + " %}",
                "{% set x = 'a' * 10**6 %}{% for i in range(99999) %}{{ {x: 1}[x] }}{% endfor %}",
                "{% set x = 'a' * 10**6 %}{% for i in range(9999) %}"
                        + "{{ x.strip('b' * 10**5 ~ 'a') }}{% endfor %}",
                "{% for i in range(9999) %}{{ ('<' * 10**6) | striptags | length }}{% endfor %}",
                "{% for i in range(9999) %}{{ ('<!--' * 10**6) | striptags | length }}{% endfor %}",
                "{% set n = namespace(x=3**20000) %}{% for i in range(99999) %}"
                        + "{% for j in range(999) %}{{ n.x * n.x % n.x }}{% endfor %}{% endfor %}",
                "{% set n = namespace() %}{% set n.a = n %}"
                        + "{{ ([n] * 99999) | map(attribute='a' ~ '.a' * 9999) | list }}",
                "{% for i in range(99999) %}{{ ('a' * 10**6 ~ 'b') in ('a' * 10**6) }}{% endfor %}",
            })
    void endsWhatTakesTooLong(String template) {
        refuses(template, "LimitError: the template");
    }

    @Test
    void refusesRangesAsTheSandboxDoes() {
        refuses(
                "{{ range(10**9) }}",
                "OverflowError: Range too big. The sandbox blocks ranges larger than MAX_RANGE"
                        + " (100000).");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ 10**(10**10) }}",
                "{{ 2**70000 }}",
                "{% set ns = namespace(n=3) %}{% for i in range(99) %}"
                        + "{% set ns.n = ns.n * ns.n %}{% endfor %}",
            })
    void refusesHugeNumbers(String template) {
        refuses(template, "LimitError: a number of more than 65536 bits");
    }

    @Test
    void refusesWideFields() {
        String message = "LimitError: a field is wider than 10000 characters";
        refuses("{{ '%99999999d' % 1 }}", message);
        refuses("{{ '%.99999999f' % 1 }}", message);
        refuses("{{ '%*d' % (99999999, 1) }}", message);
        refuses("{{ '{:99999999}'.format(1) }}", message);
        refuses("{{ '{:{}}'.format(1, 99999999) }}", message);
        refuses("{{ 'a' | indent(99999999) }}", "LimitError: an indent of 99999999");
        refuses("{{ [1] | tojson(indent=99999999) }}", "LimitError: an indent of 99999999");
        refuses("{{ 1.5 | round(99999999) }}", "LimitError: rounding to 99999999 digits");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
                "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}"
                        + "{{ a() }}",
                "{% macro m() %}{% call m() %}{{ caller() }}{% endcall %}{{ caller() }}"
                        + "{% endmacro %}{% call m() %}{% endcall %}",
                "{% set x = [1] %}{% for i in x recursive %}{{ loop(x) }}{% endfor %}",
            })
    void endsRecursion(String template) {
        refuses(template, "LimitError: macros and blocks are nested deeper than 200 levels");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '#',
            value = {
                "(;1;)",
                "[;1;]",
                "{1:;1;}",
                "#not #;1;##",
                "-;1;##",
                "x[;1;]",
                "f(;1;)",
                "#1 if 1 else #;1;##",
                "x|d(;1;)"
            },
            delimiter = ';')
    void refusesDeepExpressions(String opening, String inner, String closing) {
        refuses(
                "{{ " + opening.repeat(5000) + inner + closing.repeat(5000) + " }}",
                "nested deeper than 150 levels");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% if 1 %}",
                "{% for x in y %}",
                "{% set x %}",
                "{% with %}",
                "{% filter e %}"
            })
    void refusesDeepBlocks(String opening) {
        refuses(opening.repeat(5000), "nested deeper than 150 levels");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {" + 1", " - 1", " * 1", " ** 1", " or 1", " and 1", " if 1", "|e", ".a"})
    void refusesLongChains(String link) {
        refuses("{{ 1" + link.repeat(5000) + " }}", "more than 400 terms in a row");
    }

    @Test
    void survivesWhatIsLongButFlat() {
        assertThat(render("{{ 'a'" + " ~ 'a'".repeat(5000) + " }}")).hasSize(5001);
        assertThat(render("{{ 1" + " == 1".repeat(5000) + " }}")).isEqualTo("True");
        assertThat(render("{{ [" + "1,".repeat(5000) + "] | length }}")).isEqualTo("5000");
        assertThat(render("x" + "{% if 0 %}{% endif %}".repeat(5000))).isEqualTo("x");
        String elifs = "{% elif 0 %}".repeat(5000);
        assertThat(render("{% if 0 %}" + elifs + "{% else %}x{% endif %}")).isEqualTo("x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ ns.x }}",
                "{{ ns.x | tojson }}",
                "{{ ns.x == ns.y }}",
                "{{ ns.x < ns.y }}",
                "{{ {ns.t: 1} }}",
                "{{ [ns.t, ns.t] | unique | list }}",
                "{{ [ns.x, ns.y] | sort }}",
                "{{ ns.x in [ns.y] }}",
                "{{ ns.x | string }}",
                "{{ '%s' % ns.x }}",
            })
    void endsWhatIsNestedDeeply(String use) {
        refuses(
                "{% set ns = namespace(x=[], y=[], t=()) %}{% for i in range(99999) %}"
                        + "{% set ns.x = [ns.x] %}{% set ns.y = [ns.y] %}{% set ns.t = (ns.t,) %}"
                        + "{% endfor %}"
                        + use,
                "LimitError: ");
    }

    @Test
    void endsAValueThatHoldsItself() {
        refuses("{% set ns = namespace() %}{% set ns.a = ns %}{{ ns }}", "nested deeper than 200");
    }

    @Test
    void endsWhatASmallStackCannotHold() throws InterruptedException {
        String chains = "(".repeat(70) + "1" + ("+1".repeat(399) + ")").repeat(70);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread thread =
                new Thread(
                        null,
                        () -> thrown.set(catchThrowable(() -> render("{{ " + chains + " }}"))),
                        "small",
                        256 << 10);
        thread.start();
        thread.join();
        assertThat(thrown.get())
                .isInstanceOf(AttuneException.class)
                .hasMessageContaining("nested too deeply");
    }

    @Test
    void refusesATooLongTemplate() {
        refuses("a".repeat(200_001), "it is longer than 200000 characters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{% %}", "{%- if 1 -%}", "{{ a }}", "{#", "{% set a = b %}", "1_", "<"})
    void readsOrRefusesRepetitionsSoon(String part) {
        for (String template :
                List.of(
                        part.repeat(200_000 / part.length()),
                        "{{ " + part.repeat(199_000 / part.length()) + "1 }}")) {
            try {
                assertThat(render(template)).isNotNull();
            } catch (AttuneException e) {
                assertThat(e.what()).startsWith("The chat template");
            }
        }
    }

    @Test
    void endsWithTheLimitsThatAreUsual() {
        String loop = "{% for i in range(99999) %}{% for j in range(99999) %}";
        String ends = "{% endfor %}{% endfor %}";
        for (String each : List.of("", "{{ i }}", "{% set x = [i, j] %}")) {
            assertThatThrownBy(() ->
                            ChatTemplate.parse("t", loop + each + ends)
                                    .render(
                                            new Conversation(List.of(), Map.of()),
                                            RenderSettings.of(Map.of(), Conversations.CLOCK)))
                    .hasMessageContaining("LimitError: the template");
        }
    }

    @Test
    @Timeout(5)
    void readsManyNamesBesideManyBranchesSoon() {
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < 4_700; i++) {
            names.append("{%set a").append(i).append("=1%}");
        }
        String branches = "{%if x%}" + "{%elif x%}".repeat(9_000) + "{%endif%}";
        String choices = "{%if x%}{%endif%}".repeat(6_000);
        String deep = "{%if x%}".repeat(90) + branches + "{%endif%}".repeat(90);
        for (String many : List.of(branches, choices, deep)) {
            assertThat(render(names + many)).isEmpty();
        }
    }

    @Test
    void countsNamesThatABlockHides() {
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < 1_000; i++) {
            body.append("{%set a").append(i).append("=1%}");
        }
        refuses(
                "{% for i in range(99999) %}{% continue %}" + body + "{% endfor %}",
                "LimitError: the template took more than 1000000 steps");
    }

    @Test
    void endsAtTheLengthOfTheText() {
        refuses(
                "{% for i in range(99999) %}{{ 'x' * 100 }}{% endfor %}",
                "LimitError: the rendered text is longer than 2000000 characters");
    }
}
