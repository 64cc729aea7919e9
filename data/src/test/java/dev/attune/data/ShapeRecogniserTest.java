package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.base.AttuneException;
import dev.attune.text.Message;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Path;
import java.util.List;

class ShapeRecogniserTest {
    private static final Origin ORIGIN = new Origin(Path.of("x.jsonl"), 3, 2);
    private static final String USER = "{\"role\":\"user\",\"content\":\"Hi\"}";
    private static final String ANSWER = "{\"role\":\"assistant\",\"content\":\"Ho\",\"weight\":0}";

    @Test
    void keepsEveryKeyOfAMessageAndEveryColumn() {
        String answer =
                "{\"role\":\"assistant\",\"content\":null,\"train\":false,\"tool_calls\":[{\"type\":"
                    + "\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":1}\"}}]}";
        var row =
                row(
                        "{\"id\":7,\"messages\":["
                                + USER
                                + ","
                                + answer
                                + "],\"tools\":[{}],\"x\":null}");

        var example = (ConversationExample) example(row);

        assertThat(example.origin()).isEqualTo(ORIGIN);
        assertThat(example.conversation().messages())
                .extracting(message -> message.fields().toString())
                .containsExactly(USER, answer);
        assertThat(example.columns().toString()).isEqualTo("{id=7, tools=[{}], x=null}");
    }

    @Test
    void takesToolsOutOfTheStringTheyCameIn() {
        String tools = "\"[{\\\"name\\\":\\\"f\\\"}]\"";
        var example = example(row("{\"messages\":[" + USER + "],\"tools\":" + tools + "}"));

        assertThat(example.columns().get("tools")).hasToString("[{\"name\":\"f\"}]");
    }

    @Test
    void readsPromptAndCompletionOfTextOrOfMessages() {
        var text =
                (PromptCompletion)
                        example(row("{\"prompt\":\"a\",\"completion\":\"b\",\"label\":\"x\"}"));
        var turns =
                (PromptCompletion)
                        example(row("{\"prompt\":[" + USER + "],\"completion\":[" + ANSWER + "]}"));

        assertThat(text.prompt()).isEqualTo(new Part.Text("a"));
        assertThat(text.completion()).isEqualTo(new Part.Text("b"));
        assertThat(text.columns().toString()).isEqualTo("{label=\"x\"}");
        assertThat(turns.prompt()).isEqualTo(new Part.Turns(List.of(message(USER))));
        assertThat(turns.completion()).isEqualTo(new Part.Turns(List.of(message(ANSWER))));
    }

    @Test
    void readsPreferencesWithAPromptOfTheirOwn() {
        var example =
                (Preference)
                        example(
                                row(
                                        "{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\",\"score\":1}"));

        assertThat(example.prompt()).isEqualTo(new Part.Text("p"));
        assertThat(example.chosen()).isEqualTo(new Part.Text("c"));
        assertThat(example.rejected()).isEqualTo(new Part.Text("r"));
        assertThat(example.columns().toString()).isEqualTo("{score=1}");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '^',
            delimiter = '|',
            value = {
                "^Q: a b^ | ^Q: a c^ | ^Q: a^ | ^ b^ | ^ c^",
                "ab | ac | a | b | c",
                "a\ud83d\ude00 | a\ud83d\ude01 | a | \ud83d\ude00 | \ud83d\ude01",
            })
    void findsThePromptThatTwoTextsShare(
            String chosen, String rejected, String prompt, String one, String other) {
        var example =
                (Preference)
                        example(
                                row(
                                        "{\"chosen\":\""
                                                + chosen
                                                + "\",\"rejected\":\""
                                                + rejected
                                                + "\"}"));

        assertThat(List.of(example.prompt(), example.chosen(), example.rejected()))
                .containsExactly(new Part.Text(prompt), new Part.Text(one), new Part.Text(other));
    }

    @Test
    void findsThePromptThatTwoConversationsShare() {
        var example =
                (Preference)
                        example(
                                row(
                                        "{\"chosen\":["
                                                + USER
                                                + ","
                                                + ANSWER
                                                + "],\"rejected\":["
                                                + USER
                                                + ","
                                                + USER
                                                + "]}"));

        assertThat(example.prompt()).isEqualTo(new Part.Turns(List.of(message(USER))));
        assertThat(example.chosen()).isEqualTo(new Part.Turns(List.of(message(ANSWER))));
        assertThat(example.rejected()).isEqualTo(new Part.Turns(List.of(message(USER))));
    }

    @Test
    void readsFeedbackOnAPromptOrOnMessages() {
        var plain =
                (Feedback) example(row("{\"prompt\":\"p\",\"completion\":\"c\",\"label\":true}"));
        var turns =
                (Feedback)
                        example(
                                row(
                                        "{\"messages\":["
                                                + USER
                                                + ","
                                                + ANSWER
                                                + "],\"label\":false}"));

        assertThat(plain.label()).isTrue();
        assertThat(turns.label()).isFalse();
        assertThat(turns.prompt()).isEqualTo(new Part.Turns(List.of(message(USER))));
        assertThat(turns.completion()).isEqualTo(new Part.Turns(List.of(message(ANSWER))));
    }

    @Test
    void readsPlainText() {
        assertThat(example(row("{\"text\":\"t\",\"url\":\"u\"}")))
                .isInstanceOfSatisfying(
                        PlainText.class,
                        text -> {
                            assertThat(text.text()).isEqualTo("t");
                            assertThat(text.columns()).containsOnlyKeys("url");
                        });
    }

    @Test
    void saysWhatItRecognisedAndWhatElseWouldFit() {
        var recognised =
                ShapeRecogniser.standard()
                        .recognise(row("{\"text\":\"t\",\"prompt\":\"a\",\"completion\":\"b\"}"));

        assertThat(recognised.shape()).isEqualTo(StandardShape.PROMPT_COMPLETION);
        assertThat(recognised.because())
                .isEqualTo("has prompt and completion; would also fit plain text");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '^',
            delimiter = '|',
            value = {
                "{} | found no keys; | Name the columns as one of these shapes does.",
                "{\"mesages\":[]} | found mesages; | The nearest shape is messages: rename"
                        + " `mesages` to `messages`.",
                "{\"question\":\"\",\"answer\":\"\"} | found question, answer; | The nearest shape"
                        + " is prompt and completion: rename `question` to `prompt` and rename"
                        + " `answer` to `completion`.",
                "{\"prompt\":\"\",\"reject\":\"\",\"choosen\":\"\"} | found prompt, reject,"
                        + " choosen; | The nearest shape is preference: rename `choosen` to"
                        + " `chosen` and rename `reject` to `rejected`.",
                "{\"data\":[{\"text\":\"a\"},{}]} | found data; | `data` holds a list of 2 objects,"
                        + " which look like the rows: make that list the whole file.",
            })
    void namesTheNearestShapeOfARowItDoesNotKnow(String row, String found, String fix) {
        assertThatThrownBy(() -> example(row(row)))
                .isInstanceOfSatisfying(
                        AttuneException.class,
                        e -> {
                            assertThat(e.what())
                                    .startsWith("The shape of the row is unknown: " + found);
                            assertThat(e.fix()).contains(fix);
                        });
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '^',
            delimiter = '|',
            value = {
                "{\"text\":3} | `text` is a number; expected a text.",
                "{\"messages\":{}} | `messages` is an object; expected a list of messages.",
                "{\"messages\":[]} | `messages` is an empty list; expected at least one message.",
                "{\"messages\":[3]} | `messages[0]` is a number; expected an object with role and"
                        + " content.",
                "{\"messages\":[{\"from\":\"human\",\"value\":\"\"}]} | `messages[0]` has no role;"
                        + " its keys are from, value.",
                "{\"messages\":[{\"role\":3}]} | `messages[0]` has the role 3; its keys are role.",
                "{\"messages\":[{\"role\":\"user\"}],\"label\":1} | A label judges the last of the"
                        + " messages as an answer, but there is one message only.",
                "{\"prompt\":null,\"completion\":\"\"} | `prompt` is null; expected a text or a"
                        + " list of messages.",
                "{\"prompt\":\"\",\"completion\":\"\",\"label\":1} | `label` is 1; expected true or"
                        + " false.",
                "{\"prompt\":\"\",\"completion\":[{\"role\":\"user\"}]} | `prompt` is a text and"
                        + " `completion` is a list; expected the same of both.",
                "{\"chosen\":\"a\",\"rejected\":\"b\"} | There is no `prompt`, and `chosen` and"
                        + " `rejected` do not begin alike.",
                "{\"chosen\":\"a\",\"rejected\":\"a\"} | `chosen` and `rejected` are the same.",
                "{\"chosen\":\"a\",\"rejected\":\"ab\"} | `chosen` holds nothing but what both"
                        + " begin with.",
                "{\"text\":\"\",\"tools\":\"{\"} | `tools` is a string, but not JSON: it ends"
                        + " before it is complete.",
                "{\"text\":\"\",\"tools\":\"3\"} | `tools` is a string that holds a number;"
                        + " expected a list of tools.",
            })
    void saysWhichValueOfARowIsWrong(String row, String what) {
        assertThatThrownBy(() -> example(row(row)))
                .isInstanceOfSatisfying(
                        AttuneException.class,
                        e -> {
                            assertThat(e.what()).isEqualTo(what);
                            assertThat(e.fix()).as("next step").isPresent();
                        });
    }

    private static Example example(ObjectNode row) {
        return ShapeRecogniser.standard().recognise(row).shape().example(row, ORIGIN);
    }

    private static Message message(String json) {
        return new Message(row(json));
    }

    private static ObjectNode row(String json) {
        return ((ReadRow.Columns) Rows.of("x.jsonl", json).getFirst()).columns();
    }
}
