package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

class DelimitedReaderTest {
    @Test
    void readsQuotedFieldsWithDelimitersQuotesAndLineEnds() {
        assertThat(
                        shown(
                                """
                                prompt,completion
                                "a, b","say ""hi""
                                and go"

                                c,
                                """))
                .containsExactly(
                        "2 {\"prompt\":\"a, b\",\"completion\":\"say \\\"hi\\\"\\nand go\"}",
                        "5 {\"prompt\":\"c\",\"completion\":\"\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {",", ";", "\t", "|"})
    void tellsTheDelimiter(String d) {
        assertThat(shown("\ufeffa" + d + "b\r\n1" + d + "2\r\n3" + d + "4"))
                .containsExactly("2 {\"a\":\"1\",\"b\":\"2\"}", "3 {\"a\":\"3\",\"b\":\"4\"}");
    }

    @Test
    void tellsATableByItsLookWhereItsNameIsSilent() {
        assertThat(Rows.shown(Rows.of("data", "q|a\n1|2\n3|4\n")))
                .containsExactly("2 {\"q\":\"1\",\"a\":\"2\"}", "3 {\"q\":\"3\",\"a\":\"4\"}");
    }

    @Test
    void goesOnBehindAFaultyRecord() {
        assertThat(shown("a,b\n1\n\"x\"y,2\n3,4\n1,2,3\n5,6\n"))
                .containsExactly(
                        "2 ! The record has 1 fields; the header names 2.",
                        "3 ! The record cannot be read: text follows the closing quotation mark of"
                                + " a field.",
                        "4 {\"a\":\"3\",\"b\":\"4\"}",
                        "5 ! The record has 3 fields; the header names 2.",
                        "6 {\"a\":\"5\",\"b\":\"6\"}");
    }

    @Test
    void namesTheLineOfAQuotationMarkThatIsNeverClosed() {
        assertThat(shown("a,b\n1,\"x\n3,4\n"))
                .containsExactly(
                        "2 ! The record cannot be read: a quotation mark of line 2 is never"
                                + " closed.");
    }

    @Test
    void refusesAColumnThatIsNamedTwice() {
        assertThat(shown("a,a\n1,2\n"))
                .containsExactly("1 ! The header names the column \"a\" twice.");
    }

    @Test
    void takesListsAndVerdictsOutOfTheirText() {
        assertThat(
                        shown(
                                """
                                messages,label,note
                                "[{""role"":""user"",""content"":""x""}]",True,[1]
                                [1,x,
                                """))
                .containsExactly(
                        "2 {\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"label\":true,\"note\":\"[1]\"}",
                        "3 ! `messages` holds JSON that cannot be read: it ends before it is"
                                + " complete.");
    }

    @Test
    void namesTheByteThatIsNotUtf8() {
        byte[] bytes = Rows.bytes("a,b\n1,2\nxx,y\n");
        bytes[9] = (byte) 0xff;
        assertThat(Rows.shown(Rows.of("x.csv", bytes)).getLast())
                .startsWith(
                        "3 ! The record cannot be read, nor what follows it: line 3 is not UTF-8:"
                                + " 0xff at byte 9 of the file.");
    }

    private static List<String> shown(String text) {
        return Rows.shown(Rows.of("x.csv", text));
    }
}
