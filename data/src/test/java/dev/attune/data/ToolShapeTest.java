package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.text.Span;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

class ToolShapeTest {
    private static final Origin ORIGIN = new Origin(Path.of("x.jsonl"), 1, 0);

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '^',
            delimiter = '|',
            value = {
                "{'instruction':'i','output':'o'} | Alpaca: has instruction and output",
                "{'instruction':'i','output':'o','text':'t'} | Alpaca: has instruction and output;"
                        + " would also fit plain text",
                "{'conversations':[{'from':'human','value':'x'}]} | ShareGPT: has conversations",
                "{'conversations':[{'from':'human','value':'x'}],'chosen':{'from':'gpt','value':'a'},'rejected':{'from':'gpt','value':'b'}}"
                    + " | ShareGPT preference: has conversations, chosen and rejected",
                "{'instruction':'i','chosen':'a','rejected':'b'} | Alpaca preference: has"
                        + " instruction, chosen and rejected",
                "{'segments':[{'text':'a','label':false}]} | segments: has segments",
                "{'prompt':'p','completions':['a'],'labels':[true]} | stepwise: has prompt,"
                        + " completions and labels",
                "{'prompt':'p','solution':'4'} | prompt only: has prompt",
                "{'input':{'messages':[{'role':'user','content':'x'}]},'preferred_output':[{'role':'assistant','content':'a'}],'non_preferred_output':[{'role':'assistant','content':'b'}]}"
                    + " | OpenAI preference: has input, preferred_output and non_preferred_output",
            })
    void namesTheShapeAndWhy(String row, String shape) {
        ObjectNode columns = row(row);
        var recognised = ShapeRecogniser.standard().recognise(columns);

        assertThat(recognised.shape().title() + ": " + recognised.because()).isEqualTo(shape);
        assertThat(recognised.shape().example(columns, ORIGIN).origin()).isEqualTo(ORIGIN);
    }

    @Test
    void readsAlpacaWithSystemHistoryAndInput() {
        RowText text =
                RowText.of(
                        example(
                                "{'system':'S','history':[['q1','a1']],'instruction':'Add.','input':'2,"
                                    + " 3','output':'5','id':7}"));

        assertThat(text.system()).isEqualTo("S");
        assertThat(text.prompt()).isEqualTo("user: q1\nassistant: a1\nuser: Add.\n2, 3");
        assertThat(text.answer()).isEqualTo("5");
        assertThat(text.columns()).hasToString("{id=7}");
    }

    @Test
    void readsShareGptWithToolCallsAndObservations() {
        var example =
                (ConversationExample)
                        example(
                                "{'system':'S','conversations':[{'from':'human','value':'x'},{'from':'function_call','value':'{~name~:~f~,~arguments~:{}}'},{'from':'observation','value':'r'},{'from':'gpt','value':'y','weight':0}],'tools':'[]'}"
                                        .replace("~", "\\'"));

        assertThat(example.conversation().messages())
                .extracting(message -> message.fields().toString().replace('"', '\''))
                .containsExactly(
                        "{'role':'system','content':'S'}",
                        "{'role':'user','content':'x'}",
                        "{'role':'assistant','content':null,'tool_calls':[{'type':'function','function':{'name':'f','arguments':{}}}]}",
                        "{'role':'tool','content':'r'}",
                        "{'role':'assistant','content':'y','weight':0}");
        assertThat(example.columns()).hasToString("{tools=[]}");
    }

    @Test
    void knowsWhichSegmentsAreLearned() {
        var example =
                (Segments)
                        example(
                                "{'segments':[{'text':'ab','label':false},{'text':'c','label':true},{'text':'de','label':true},{'text':'f','label':false}]}");

        assertThat(example.text()).isEqualTo("abcdef");
        assertThat(example.trained()).containsExactly(new Span(2, 5));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '^',
            delimiter = '|',
            value = {
                "{'conversations':[{'from':'me','value':'x'}]} | `conversations[0]` is from \"me\";"
                        + " expected human, gpt, system, function_call or observation.",
                "{'conversations':[{'from':'human','value':3}]} | The value of `conversations[0]`"
                        + " is a number; expected a text.",
                "{'conversations':[{'from':'function_call','value':'x'}]} | The function call in"
                        + " `conversations[0]` is not JSON: it is not JSON at column 1",
                "{'conversations':[]} | `conversations` is an empty list; expected at least one"
                        + " turn.",
                "{'instruction':'a','output':3} | `output` is a number; expected a text.",
                "{'instruction':'a','output':'b','history':['x']} | `history` holds a text;"
                        + " expected pairs of texts.",
                "{'segments':[{'text':'a'}]} | `segments[0]` has no text or no label.",
                "{'prompt':'a','completions':['b'],'labels':[]} | There are 1 `completions` and 0"
                        + " `labels`; expected one label a step.",
            })
    void saysWhatIsWrongWithAValue(String row, String what) {
        assertThatThrownBy(() -> example(row)).hasMessageStartingWith(what);
    }

    @Test
    void aMisspeltAnswerIsNoPromptOnlyRow() {
        assertThatThrownBy(() -> example("{'prompt':'a','completon':'b'}"))
                .hasMessageContaining("rename `completon` to `completion`");
    }

    @Test
    void renamesColumnsAndReachesIntoObjects() {
        ColumnMapping mapping =
                ColumnMapping.parse(List.of("prompt=question", "completion=reply.text"));
        assertThat(mapping.map(row("{'question':'q','reply':{'text':'a'},'id':1}")))
                .isEqualTo(row("{'prompt':'q','completion':'a','reply':{'text':'a'},'id':1}"));
    }

    @Test
    void saysWhichMappedColumnIsMissing() {
        ColumnMapping mapping = new ColumnMapping(Map.of("prompt", "qestion"));
        assertThatThrownBy(() -> mapping.map(row("{'question':'q'}")))
                .hasMessageStartingWith(
                        "The mapped column \"qestion\" is not in the row, which has question.")
                .hasMessageEndingWith("Did you mean question?");
        assertThatThrownBy(() -> ColumnMapping.parse(List.of("prompt")))
                .hasMessageStartingWith(
                        "The column mapping \"prompt\" is not of the form NEW=OLD.");
    }

    static ObjectNode row(String text) {
        return ((ReadRow.Columns) Rows.of("x.jsonl", text.replace('\'', '"')).getFirst()).columns();
    }

    private static Example example(String text) {
        ObjectNode row = row(text);
        return ShapeRecogniser.standard().recognise(row).shape().example(row, ORIGIN);
    }
}
