package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.base.AttuneException;
import dev.attune.base.ErrorKind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

class RowReaderTest {
    private static final String MARK = "\ufeff";

    @Test
    void readsLinesWithMarkBlankLinesCrlfAndNoLastNewline() {
        String text = MARK + "{\"a\":1}\r\n\r\n  \n{\"a\":2}\n{\"a\":\"é\u2028\"}";

        assertThat(Rows.shown(Rows.of("x.jsonl", text)))
                .containsExactly("1 {\"a\":1}", "4 {\"a\":2}", "5 {\"a\":\"é\u2028\"}");
        assertThat(Rows.of("x.jsonl", text).getLast().origin())
                .isEqualTo(new Origin(Path.of("x.jsonl"), 5, 2));
    }

    @Test
    void readsAPrettyPrintedArrayWithTheLineOfEachRow() {
        String text =
                MARK
                        + "\r\n"
                        + "[\r\n"
                        + "  {\r\n"
                        + "    \"a\": [1,\r\n"
                        + " 2]\r\n"
                        + "  },\r\n\r\n"
                        + "  {}, {\"b\":{}}\r\n"
                        + "]\r\n";

        assertThat(Rows.shown(Rows.of("x.json", text)))
                .containsExactly("3 {\"a\":[1,2]}", "8 {}", "8 {\"b\":{}}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "[ \n ]\n"})
    void readsAnEmptyArrayAsNoRows(String text) {
        assertThat(Rows.of("x.json", text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "{\"a\":1,\"a\":2} | the key \"a\" is given twice.",
                "{\"a\":NaN} | it holds NaN, which JSON has not.",
                "{\"a\":-Infinity} | it holds -Infinity, which JSON has not.",
                "{\"a\":1e999} | the number 1e999 is too large.",
                "{\"a\":\"\\ud83d\"} | a text holds half a character, \\ud83d.",
                "{\"a\":{\"b\":1,\"b\":NaN}} | it holds NaN, which JSON has not.",
            })
    void refusesWhatWouldLoseSomethingAndReadsOn(String row, String what) {
        String fault = "The row cannot be read: " + what;

        assertThat(Rows.shown(Rows.of("x.jsonl", "{}\n" + row + "\n{}")))
                .containsExactly("1 {}", "2 ! " + fault, "3 {}");
        assertThat(Rows.shown(Rows.of("x.json", "[{},\n" + row + ",\n{}]")))
                .containsExactly("1 {}", "2 ! " + fault, "3 {}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "{\"a\":1}{\"b\":2} | The row cannot be read: a second value follows the first, at"
                        + " column 8.",
                "{\"a\":1} ] | The row cannot be read: it is not JSON at column 9: Unexpected close"
                        + " marker ']': no open Array to close",
                "{\"a\":1} 2 | The row cannot be read: something follows the value, at column 9.",
                "{\"a\": | The row cannot be read: it ends before it is complete.",
                "{'a':1} | The row cannot be read: it is not JSON at column 2: Unexpected character"
                        + " (''' (code 39)): was expecting double-quote to start property name",
                "[1] | The line holds a list; expected an object.",
                "null | The line holds null; expected an object.",
                "3 | The line holds a number; expected an object.",
                "# a comment | The row cannot be read: it is not JSON at column 1: Unexpected"
                        + " character ('#' (code 35)): expected a valid value",
            })
    void refusesALineThatIsNotOneObjectAndReadsOn(String line, String what) {
        var rows = Rows.of("x.jsonl", "{}\n" + line + "\n{}");

        assertThat(Rows.shown(rows)).hasSize(3).element(1).asString().startsWith("2 ! " + what);
        assertThat(((ReadRow.Faulty) rows.get(1)).fault().where()).contains("x.jsonl:2");
        assertThat(((ReadRow.Faulty) rows.get(1)).fault().fix()).as("next step").isPresent();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "[{},~[1],~3] | 2 ! The list holds a list; expected objects.",
                "[{},~\"a\",~3] | 2 ! The list holds a text; expected objects.",
                "[{},~{\"a\": | 2 ! The row cannot be read, nor what follows it: it ends before it"
                        + " is complete.",
                "[{},~{\"a\":1}~ | 2 ! The row cannot be read, nor what follows it: it ends before"
                        + " it is complete.",
                "[{},~{\"a\":~ 01}] | 2 ! The row cannot be read, nor what follows it: it is not"
                        + " JSON at line 3, column 3: Invalid numeric value: Leading zeroes not"
                        + " allowed",
                "[{}]~[{}] | 2 ! Something follows the list of rows.",
                "[{},~] | 1 ! The row cannot be read, nor what follows it: it is not JSON at line"
                        + " 2, column 1: Unexpected character",
            })
    void saysWhereAnArrayIsBroken(String text, String expected) {
        String unescaped = text.replace("~", "\n");

        assertThat(Rows.shown(Rows.of("x.json", unescaped)))
                .as(unescaped)
                .anyMatch(row -> row.startsWith(expected));
    }

    @Test
    void saysWhichByteIsNotUtf8() {
        byte[] lines = "{\"a\":1}\n{\"a\":\"\u00e9\"}\n{}".getBytes(StandardCharsets.ISO_8859_1);
        byte[] array = "[{\"a\":1},\n{\"a\":\"\u00e9\"}]".getBytes(StandardCharsets.ISO_8859_1);

        assertThat(Rows.shown(Rows.of("x.jsonl", lines)))
                .containsExactly(
                        "1 {\"a\":1}",
                        "2 ! The line is not UTF-8: 0xe9 at its byte 6, byte 14 of the file.",
                        "3 {}");
        assertThat(Rows.shown(Rows.of("x.json", array)).getLast())
                .endsWith("nor what follows it: line 2 is not UTF-8: 0xe9 at byte 16 of the file.");
    }

    @Test
    void numbersTheRowAtWhichAnArrayBreaksOnce() {
        var rows = Rows.of("x.json", "[{}, {\"a\": [");

        assertThat(rows).extracting(row -> row.origin().row()).containsExactly(0L, 1L);
    }

    @Test
    void refusesNestingDeeperThanAnyToolNeeds() {
        String deep = "{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";

        assertThat(Rows.shown(Rows.of("x.jsonl", deep + "\n{}")))
                .satisfiesExactly(
                        row -> assertThat(row).contains("it is beyond a limit"),
                        row -> assertThat(row).isEqualTo("2 {}"));
        assertThat(Rows.shown(Rows.of("x.json", "[" + deep + "]")).getFirst())
                .contains("it is beyond a limit");
    }

    @Test
    void keepsNumbersThatAreLongerThanALong() {
        String big = "123456789012345678901234567890";

        assertThat(Rows.shown(Rows.of("x.jsonl", "{\"a\":" + big + ",\"b\":9007199254740993}")))
                .containsExactly("1 {\"a\":" + big + ",\"b\":9007199254740993}");
        assertThat(Rows.shown(Rows.of("x.jsonl", "{\"a\":" + "1".repeat(100_000) + "}")).getFirst())
                .contains("it is beyond a limit");
    }

    @Test
    void passesOverARowLongerThanTheLimitWithoutHoldingIt() {
        Source endless = new Source(Path.of("x.jsonl"), () -> new Repeated(1L << 26));

        assertThat(Rows.shown(Rows.all(endless)))
                .containsExactly(
                        "1 ! The line has 67,108,865 bytes; expected at most 16,777,216.", "2 {}");
    }

    @Test
    void refusesAnEndlessElementOfAnArray() {
        Source endless =
                new Source(
                        Path.of("x.json"),
                        () ->
                                new SequenceInputStream(
                                        new ByteArrayInputStream(Rows.bytes("[")),
                                        new Repeated(1L << 26)));

        assertThat(Rows.shown(Rows.all(endless)))
                .hasSize(1)
                .first()
                .asString()
                .startsWith("1 ! The row cannot be read, nor what follows it: it is ");
    }

    @Test
    void readsAnArrayLargerThanARowMayBe() {
        String row = "{\"text\":\"" + "x".repeat(1 << 20) + "\"}";
        String array = "[" + (row + ",").repeat(39) + row + "]";

        assertThat(Rows.of("x.json", array))
                .hasSize(40)
                .allMatch(ReadRow.Columns.class::isInstance);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32"})
    void refusesOtherEncodings(String charset) {
        byte[] bytes = "[{\"a\":1}]".getBytes(Charset.forName(charset));

        assertRefused("x.json", bytes, "The file is UTF-16 or UTF-32, or binary; expected UTF-8.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "^^ | The file is empty; expected rows.",
                "^ ~~ ^ | The file is empty; expected rows.",
                "PK\u0003\u0004x | The file is a ZIP archive or an Excel file; expected"
                        + " JSON, CSV, TSV, Parquet or Arrow.",
                "question,answer | The file is a text that begins \"question,answer\"; expected"
                        + " JSON, CSV, TSV, Parquet or Arrow.",
                "{~\"data\": [~{\"a\":1},{\"b\":2}],\"n\":1} | The file is one JSON object, of"
                        + " which `data` holds a list of 2 objects; expected the rows themselves.",
                "{~\"a\": 1,~\"b\": [1]} | The file is one JSON object with a, b; expected many"
                        + " rows.",
                "{~\"a\": 1}~{~\"a\": 2} | The file is a sequence of JSON objects, each over"
                        + " several lines; expected each on one line, or all in one list.",
                "{~\"a\": 1,~ | The file is one JSON object over several lines, and is broken near"
                        + " line 3; expected a JSON array or JSON lines.",
            })
    void saysWhatAFileIsThatHoldsNoRows(String text, String what) {
        assertRefused("x.json", Rows.bytes(text.replace("~", "\n")), what);
    }

    @Test
    void refusesAFolderAndAMissingFile() {
        assertThatThrownBy(() -> RowReader.open(Path.of("target")))
                .hasMessageStartingWith("This is a folder or a device; expected a file.");
        assertThatThrownBy(() -> RowReader.open(Path.of("no-such.jsonl")))
                .hasMessageStartingWith("There is no such file.\n  at   no-such.jsonl");
    }

    @Test
    void saysWhenTheDiskFails() {
        Source broken =
                new Source(
                        Path.of("x.json"),
                        () ->
                                new SequenceInputStream(
                                        new ByteArrayInputStream(
                                                ("[{}," + " ".repeat(1 << 17))
                                                        .getBytes(StandardCharsets.UTF_8)),
                                        new Failing()));

        assertThatThrownBy(() -> Rows.all(broken))
                .isInstanceOfSatisfying(
                        AttuneException.class,
                        e -> assertThat(e.kind()).isEqualTo(ErrorKind.ENVIRONMENT))
                .hasMessageContaining("The file cannot be read: Input/output error.");
    }

    private static void assertRefused(String name, byte[] bytes, String what) {
        assertThatThrownBy(() -> Rows.of(name, bytes))
                .isInstanceOfSatisfying(
                        AttuneException.class,
                        e -> {
                            assertThat(e.what()).isEqualTo(what);
                            assertThat(e.kind()).isEqualTo(ErrorKind.USER);
                            assertThat(e.where()).isEqualTo(Optional.of(name));
                            assertThat(e.fix()).as("next step").isPresent();
                        });
    }

    /// `{` and so many `x`, a newline, and an empty object.
    @SuppressWarnings("InputStreamSlowMultibyteRead")
    private static final class Repeated extends InputStream {
        private final long count;
        private long at;

        Repeated(long count) {
            this.count = count;
        }

        @Override
        public int read() {
            long i = at++;
            if (i == 0) {
                return '{';
            }
            if (i == 1) {
                return '"';
            }
            if (i <= count) {
                return 'x';
            }
            int rest = (int) Math.min(3, i - count - 1);
            return rest == 3 ? -1 : "\n{}".charAt(rest);
        }
    }

    @SuppressWarnings("InputStreamSlowMultibyteRead")
    private static final class Failing extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("Input/output error");
        }
    }
}
