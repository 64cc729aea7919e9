package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/// Rows of every shape, kept within twelve tokens; here a token is a word.
class LengthCapTest {
    private static final int MOST = 12;
    private static final String LONG = "a b c d e f g h i j k l m n o p";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "{'prompt':'LONG','completion':'yes it is'} |"
                        + " {'prompt':'h i j k l m n o p','completion':'yes it is'}",
                "{'prompt':'LONG','chosen':'x y','rejected':'z','id':7} |"
                        + " {'prompt':'g h i j k l m n o p','chosen':'x y','rejected':'z','id':7}",
                "{'prompt':'LONG','completion':'x','label':true} |"
                        + " {'prompt':'f g h i j k l m n o p','completion':'x','label':true}",
                "{'prompt':'LONG'} | {'prompt':'e f g h i j k l m n o p'}",
                "{'prompt':'LONG','completions':['x','y'],'labels':[true,false]} |"
                        + " {'prompt':'g h i j k l m n o"
                        + " p','completions':['x','y'],'labels':[true,false]}",
                "{'segments':[{'text':'LONG ','label':false},{'text':'yes','label':true}]} |"
                        + " {'segments':[{'text':'f g h i j k l m n o p"
                        + " ','label':false},{'text':'yes','label':true}]}",
                "{'messages':[{'role':'system','content':'s'},{'role':'user','content':'u"
                    + " v'},{'role':'assistant','content':'w'},{'role':'user','content':'LONG'},{'role':'assistant','content':'x"
                    + " y'}]} |"
                    + " {'messages':[{'role':'system','content':'s'},{'role':'user','content':'h i"
                    + " j k l m n o p'},{'role':'assistant','content':'x y'}]}",
                "{'instruction':'LONG','output':'x'} |"
                        + " {'messages':[{'role':'user','content':'f g h i j k l m n o"
                        + " p'},{'role':'assistant','content':'x'}]}",
            })
    void cutsTheBeginningOfThePromptAndNeverTheAnswer(String row, String shorter) {
        LengthCap.Capped capped = capped(row, LengthCap.Policy.TRUNCATE_PROMPT);

        assertThat(capped.rows()).extracting(Object::toString).containsExactly(quoted(shorter));
        assertThat(capped.reason()).contains("of which 12 are allowed").contains(" left out");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "TRUNCATE_PROMPT | {'text':'LONG'} | it has no prompt that could be cut",
                "TRUNCATE_PROMPT | {'prompt':'q','completion':'LONG'} |"
                        + " it has no prompt that could be cut",
                "TRUNCATE_PROMPT | {'prompt':'q r','completion':'LONG'} |"
                        + " its answer leaves no room for a prompt",
                "SPLIT | {'prompt':'LONG','completion':'x'} |"
                        + " only conversations and texts can be split",
                "SPLIT | {'prompt':'x','chosen':'LONG','rejected':'x'} |"
                        + " only conversations and texts can be split",
                "DROP | {'text':'LONG'} | 16 tokens, of which 12 are allowed",
            })
    void dropsWhatCannotBeShortened(LengthCap.Policy policy, String row, String reason) {
        LengthCap.Capped capped = capped(row, policy);

        assertThat(capped.rows()).isEmpty();
        assertThat(capped.reason()).endsWith(reason);
    }

    @Test
    void splitsATextIntoTextsThatJoinedAreTheText() {
        String text = "one two three four five six\nseven eight nine ten\n\n" + LONG + " end";
        ObjectNode row = row("{'text':'','id':3}").put("text", text);

        LengthCap.Capped capped = capped(row, LengthCap.Policy.SPLIT);

        assertThat(capped.rows()).hasSizeGreaterThan(2).allMatch(part -> part.has("id"));
        assertThat(capped.rows().stream().map(part -> part.path("text").stringValue("")))
                .allMatch(part -> words(part) <= MOST)
                .satisfies(parts -> assertThat(String.join("", parts)).isEqualTo(text))
                .first()
                .isEqualTo("one two three four five six\nseven eight nine ten\n\n");
        assertThat(capped.reason()).endsWith("split into " + capped.rows().size());
    }

    @Test
    void refusesWhereNothingMayBeTooLong() {
        assertThatThrownBy(() -> capped("{'text':'LONG'}", LengthCap.Policy.FAIL))
                .hasMessageStartingWith("The row has 16 tokens, of which 12 are allowed.")
                .hasMessageContaining("Choose another policy: drop, split or truncate-prompt.");
    }

    private static LengthCap.Capped capped(String row, LengthCap.Policy policy) {
        return capped(row(row), policy);
    }

    private static LengthCap.Capped capped(ObjectNode row, LengthCap.Policy policy) {
        LengthCap cap = new LengthCap(MOST, policy, LengthCapTest::tokens);
        Example example =
                ShapeRecogniser.standard()
                        .recognise(row)
                        .shape()
                        .example(row, new Origin(Path.of("rows.jsonl"), 1, 0));
        return cap.apply(example, row, tokens(example));
    }

    private static ObjectNode row(String row) {
        return ((ReadRow.Columns) Rows.of("rows.jsonl", quoted(row)).getFirst()).columns();
    }

    /// Words of all that is said; of two answers the longer counts.
    private static int tokens(Example example) {
        return switch (example) {
            case ConversationExample row ->
                    words(
                            row.conversation().messages().stream()
                                    .map(RowText::content)
                                    .collect(Collectors.joining(" ")));
            case PromptCompletion row -> words(row.prompt()) + words(row.completion());
            case Preference row ->
                    words(row.prompt()) + Math.max(words(row.chosen()), words(row.rejected()));
            case Feedback row -> words(row.prompt()) + words(row.completion());
            case PlainText row -> words(row.text());
            case PromptOnly row -> words(row.prompt());
            case Stepwise row -> words(row.prompt() + " " + String.join(" ", row.steps()));
            case Segments row -> words(row.text());
        };
    }

    private static int words(Part part) {
        return switch (part) {
            case Part.Text(String text) -> words(text);
            case Part.Turns(List<dev.attune.text.Message> turns) ->
                    turns.stream().mapToInt(turn -> words(RowText.content(turn))).sum();
        };
    }

    private static int words(String text) {
        return text.isBlank() ? 0 : text.strip().split("\\s+").length;
    }

    private static String quoted(String row) {
        return row.replace("LONG", LONG).replace('\'', '"');
    }
}
