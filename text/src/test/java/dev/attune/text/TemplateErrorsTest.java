package dev.attune.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.base.AttuneException;
import dev.attune.base.ErrorKind;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.node.JsonNodeFactory;

import java.util.List;
import java.util.Map;

/// What is wrong with a template is told with its line and column.
class TemplateErrorsTest {
    private static String render(String template) {
        return ChatTemplate.parse("t", template)
                .render(
                        new Conversation(
                                List.of(Message.of("user", "Hello")),
                                Map.of("n", JsonNodeFactory.instance.numberNode(7))),
                        RenderSettings.of(Map.of(), Conversations.CLOCK))
                .text();
    }

    /// The template behind two lines, so that places are lines 3 and on.
    private static void fails(String template, String what, String place) {
        assertThatThrownBy(() -> render("one\ntwo\n" + template))
                .as(template)
                .isInstanceOfSatisfying(
                        AttuneException.class,
                        e -> {
                            assertThat(e.what()).as(template).contains(what);
                            assertThat(e.kind()).isEqualTo(ErrorKind.USER);
                        })
                .hasMessageContaining("at   t:" + place + "\n");
    }

    @Test
    void tellsWhatHasNoEnd() {
        fails("  {{ n ", "this tag has no end '}}'", "3:3");
        fails("x {% if n", "this tag has no end '%}'", "3:3");
        fails("{{ n ~ 'abc }}", "this string has no end '", "3:8");
        fails("x{# note", "this comment has no end '#}'", "3:2");
        fails("x{% raw %} {{ n }}", "this raw block has no endraw", "3:2");
        fails("{% if n %}x", "if has no endif", "3:12");
        fails("{% for i in n %}\nx", "for has no endfor", "4:2");
        fails("{% macro m() %}", "macro has no endmacro", "3:16");
        fails("{% set x %}", "set has no endset", "3:12");
    }

    @Test
    void tellsWhatHasNoPlace() {
        fails("{{ n + }}", "expected an expression, found '}}'", "3:8");
        fails("{{ n n }}", "expected '}}', found 'n'", "3:6");
        fails("{{ (n] }}", "unexpected ']'", "3:6");
        fails("{{ n ? 1 }}", "unexpected character '?'", "3:6");
        fails("x{% endif %}", "found 'endif' with nothing to end", "3:5");
        fails("{% else %}", "found 'else' with nothing to end", "3:4");
        fails("{% break %}", "'break' outside of a loop", "3:4");
        fails("{% set 1 = 2 %}", "expected a name, found '1'", "3:8");
        fails("{% set none = 2 %}", "cannot assign to 'none'", "3:8");
        fails("{{ f(a=1, a=2) }}", "keyword argument repeated: a", "3:11");
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        fails("{% shell 'ls' %}", "unknown tag 'shell'", "3:4");
        fails("{{ n | execute }}", "No filter named 'execute'", "3:8");
        fails("{{ n is evil }}", "No test named 'evil'", "3:9");
    }

    @Test
    void refusesOtherTemplatesWithTheReason() {
        for (String tag :
                List.of("include 'a'", "import 'a' as a", "from 'a' import b", "extends 'a'")) {
            String name = tag.substring(0, tag.indexOf(' '));
            fails(
                    "{% " + tag + " %}",
                    "the tag '"
                            + name
                            + "' would read another template, which a chat template may not",
                    "3:4");
        }
    }

    @Test
    void tellsWhereARunFails() {
        fails("{{ n }}{{ missing.name }}", "UndefinedError: 'missing' is undefined", "3:18");
        fails(
                "{{ messages[0].content.name.more }}",
                "UndefinedError: 'str object' has no attribute",
                "3:28");
        fails("{{ 'a' + n }}", "TypeError: can only concatenate str (not \"int\") to str", "3:8");
        fails(
                "{{ n + 'a' }}",
                "TypeError: unsupported operand type(s) for +: 'int' and 'str'",
                "3:6");
        fails("{{ n / 0 }}", "ZeroDivisionError: division by zero", "3:6");
        fails("{% for m in n %}{% endfor %}", "TypeError: 'int' object is not iterable", "3:1");
        fails(
                "{% macro m(a) %}{{ a.b }}{% endmacro %}\n{{ m() }}",
                "parameter 'a' was not provided", "3:21");
        fails(
                "é😀{{ 1 < 'a' }}",
                "TypeError: '<' not supported between instances of 'int' and 'str'",
                "3:6");
    }

    @Test
    void tellsWhatTheTemplateSays() {
        fails(
                "{{ raise_exception('Roles must alternate: ' ~ messages[0].role) }}",
                "The chat template refuses the conversation: Roles must alternate: user",
                "3:4");
    }

    @Test
    void refusesWhatWouldChangeValuesOrLeaveTheTemplate() {
        fails(
                "{{ messages.append(1) }}",
                "SecurityError: access to attribute 'append' of 'list' object is unsafe",
                "3:12");
        fails(
                "{{ messages[0].update(a=1) }}",
                "SecurityError: access to attribute 'update' of 'dict' object is unsafe",
                "3:15");
        fails(
                "{{ ''.__class__.__mro__ }}",
                "SecurityError: access to attribute '__class__' of 'str' object is unsafe",
                "3:16");
        fails(
                "{{ (n | attr('__class__')).x }}",
                "SecurityError: access to attribute '__class__' of 'int' object is unsafe",
                "3:27");
        fails(
                "{{ '{0.__class__.x}'.format(n) }}",
                "SecurityError: access to attribute '__class__' of 'int' object is unsafe",
                "3:21");
    }
}
