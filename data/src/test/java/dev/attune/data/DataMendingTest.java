package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.base.AttuneException;
import dev.attune.base.ErrorKind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Conversion, cleaning and splitting.
class DataMendingTest {
    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "messages | {'instruction':'i','input':'x','output':'o','id':1} |"
                    + " {'messages':[{'role':'user','content':'i\\nx'},{'role':'assistant','content':'o'}],'id':1}",
                "sharegpt |"
                    + " {'messages':[{'role':'user','content':'x'},{'role':'assistant','content':'y','weight':0}]}"
                    + " | {'conversations':[{'from':'human','value':'x'},{'from':'gpt','value':'y','weight':0}]}",
                "messages |"
                    + " {'conversations':[{'from':'human','value':'x'},{'from':'gpt','value':'y'}],'system':'s'}"
                    + " | {'messages':[{'role':'system','content':'s'},{'role':'user','content':'x'},{'role':'assistant','content':'y'}]}",
                "alpaca |"
                    + " {'messages':[{'role':'system','content':'s'},{'role':'user','content':'a'},{'role':'assistant','content':'b'},{'role':'user','content':'c'},{'role':'assistant','content':'d'}]}"
                    + " | {'instruction':'c','input':'','output':'d','system':'s','history':[['a','b']]}",
                "prompt-completion |"
                        + " {'segments':[{'text':'p','label':false},{'text':'c','label':true}]} |"
                        + " {'prompt':'p','completion':'c'}",
                "feedback | {'prompt':'p','completion':'c'} |"
                        + " {'prompt':'p','completion':'c','label':true}",
                "segments | {'segments':[{'text':'p','label':false}],'id':1} |"
                        + " {'segments':[{'text':'p','label':false}],'id':1}",
                "stepwise | {'prompt':'p','completions':['a'],'labels':[false]} |"
                        + " {'prompt':'p','completions':['a'],'labels':[false]}",
                "messages-feedback | {'prompt':'p','completion':'c','label':false} |"
                    + " {'messages':[{'role':'user','content':'p'},{'role':'assistant','content':'c'}],'label':false}",
                "alpaca-preference | {'prompt':'p','chosen':'c','rejected':'r'} |"
                        + " {'instruction':'p','input':'','chosen':'c','rejected':'r'}",
                "sharegpt-preference | {'prompt':'p','chosen':'c','rejected':'r'} |"
                    + " {'conversations':[{'from':'human','value':'p'}],'chosen':{'from':'gpt','value':'c'},'rejected':{'from':'gpt','value':'r'}}",
                "feedback | {'instruction':'i','output':'o','kto_tag':false} |"
                    + " {'prompt':[{'role':'user','content':'i'}],'completion':[{'role':'assistant','content':'o'}],'label':false}",
                "messages |"
                    + " {'prompt':[{'role':'user','content':'a'},{'role':'assistant','content':'b'},{'role':'user','content':'c'}],'completion':[{'role':'assistant','content':'d'}]}"
                    + " | {'messages':[{'role':'user','content':'a'},{'role':'assistant','content':'b','weight':0},{'role':'user','content':'c'},{'role':'assistant','content':'d'}]}",
                "prompt-completion |"
                    + " {'messages':[{'role':'user','content':'a'},{'role':'assistant','content':null,'tool_calls':[{'function':{'name':'f','arguments':{}}}]},{'role':'tool','content':'r'},{'role':'assistant','content':'d'}]}"
                    + " | {'prompt':[{'role':'user','content':'a'}],'completion':[{'role':'assistant','content':null,'tool_calls':[{'function':{'name':'f','arguments':{}}}]},{'role':'tool','content':'r'},{'role':'assistant','content':'d'}]}",
                "sharegpt |"
                    + " {'messages':[{'role':'user','content':'a'},{'role':'assistant','content':null,'tool_calls':[{'type':'function','function':{'name':'f','arguments':'{}'}}]}]}"
                    + " | {'conversations':[{'from':'human','value':'a'},{'from':'function_call','value':'{~name~:~f~,~arguments~:{}}'}]}",
                "alpaca | {'instruction':'i','input':'x','output':'o'} |"
                        + " {'instruction':'i','input':'x','output':'o'}",
                "openai-preference |"
                    + " {'prompt':'p','chosen':'c','rejected':'r','tools':[{'name':'f'}]} |"
                    + " {'input':{'messages':[{'role':'user','content':'p'}],'tools':[{'name':'f'}]},'preferred_output':[{'role':'assistant','content':'c'}],'non_preferred_output':[{'role':'assistant','content':'r'}]}",
                "openai-preference | {'prompt':'p','chosen':'c','rejected':'r'} |"
                    + " {'input':{'messages':[{'role':'user','content':'p'}]},'preferred_output':[{'role':'assistant','content':'c'}],'non_preferred_output':[{'role':'assistant','content':'r'}]}",
            })
    void writesARowInAnotherShapeWhereNothingIsLost(String target, String row, String written)
            throws IOException {
        Path out = folder.resolve("out.jsonl");

        var outcome = conversion(quoted(row), target, out, false).run(Progress.SILENT);

        assertThat(Files.readString(out)).isEqualTo(quoted(written) + "\n");
        assertThat(outcome.losses()).isEmpty();
        assertThat(outcome.rowsIn()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "messages | {'prompt':'p','chosen':'c','rejected':'r'} | the rejected answer",
                "alpaca |"
                    + " {'messages':[{'role':'user','content':'x'},{'role':'assistant','content':'y','weight':0}]}"
                    + " | `weight` of messages",
                "prompt-completion |"
                    + " {'messages':[{'role':'user','content':'x'},{'role':'assistant','content':'y'},{'role':'user','content':'x'},{'role':'assistant','content':'y'}]}"
                    + " | that the earlier answers are learned",
                "text | {'prompt':'p','completion':'c'} | where the prompt ends",
                "prompt-only | {'prompt':'p','completion':'c'} | the answer",
            })
    void saysWhatWouldBeLostAndWritesNothing(String target, String row, String loss)
            throws IOException {
        Path out = folder.resolve("out.jsonl");
        DataConversion refused = conversion(quoted(row), target, out, false);

        assertThatThrownBy(() -> refused.run(Progress.SILENT))
                .hasMessageStartingWith(
                        "Written as " + target + ", the rows would lose:\n  - " + loss + ": 1 rows")
                .hasMessageContaining("in.jsonl:1")
                .hasMessageContaining("--allow-loss");
        assertThat(out).doesNotExist();

        var outcome = conversion(quoted(row), target, out, true).run(Progress.SILENT);
        assertThat(outcome.losses()).containsKey(loss);
        assertThat(lines(outcome.ledger())).hasSize(1);
    }

    @Test
    void givesEveryRowOneFateAndTheSameBytesTwice() throws IOException {
        Path in =
                write(
                        DataCheckTest.pair("Where is it?", "There."),
                        "not json",
                        DataCheckTest.pair("where is it", "there"),
                        DataCheckTest.pair("Mail?", "a@b.example.com"),
                        DataCheckTest.pair("Nothing?", ""),
                        DataCheckTest.pair("Is the parcel here?", "yes"),
                        DataCheckTest.pair("is the parcel here", "yes"),
                        DataCheckTest.pair("Is a parcel here?", "no"),
                        DataCheckTest.pair("Tab\\u0007?", "A  \\nb"));
        CleanSteps steps =
                new CleanSteps(
                        true,
                        CleanSteps.Duplicates.EXACT,
                        CleanSteps.Contradictions.MAJORITY,
                        true,
                        true,
                        Decisions.NONE,
                        Optional.empty());
        Path out = folder.resolve("out.jsonl");

        var outcome = cleaned(in, steps, out);

        assertThat(lines(out))
                .containsExactly(
                        DataCheckTest.pair("Where is it?", "There."),
                        DataCheckTest.pair("Mail?", "[EMAIL]"),
                        DataCheckTest.pair("Is the parcel here?", "yes"),
                        DataCheckTest.pair("Tab?", "A\\nb"));
        assertThat(outcome.reasons())
                .hasToString(
                        "{contradiction=1, duplicate=2, faulty=1, no answer=1, normalised=1,"
                                + " redacted=1}");
        assertThat(outcome.kept() + outcome.changed() + outcome.dropped()).isEqualTo(9);
        assertThat(lines(outcome.ledger()))
                .hasSize(9)
                .anyMatch(line ->
                        line.contains("\"line\":3")
                                && line.contains("\"fate\":\"dropped\"")
                                && line.contains("duplicate of " + in + ":1"));
        byte[] first = Files.readAllBytes(out);
        byte[] firstLedger = Files.readAllBytes(outcome.ledger());
        cleaned(in, steps, out);
        assertThat(Files.readAllBytes(out)).isEqualTo(first);
        assertThat(Files.readAllBytes(outcome.ledger())).isEqualTo(firstLedger);
    }

    @Test
    void refusesFaultyRowsUnlessTheyAreDropped() throws IOException {
        Path in = write(DataCheckTest.pair("a", "b"), "not json");
        Path out = folder.resolve("out.jsonl");

        assertThatThrownBy(() -> cleaned(in, CleanSteps.NONE, out))
                .hasMessageStartingWith("The row cannot be read: it is not JSON")
                .hasMessageContaining("in.jsonl:2");
        assertThat(out).doesNotExist();
    }

    @Test
    void neverWritesOverWhatItReads() throws IOException {
        Path in = write(DataCheckTest.pair("a", "b"));

        assertThatThrownBy(() -> cleaned(in, CleanSteps.NONE, in))
                .hasMessageStartingWith(
                        "The result would be written over the data it is made from.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DROP | 0 | 0",
                "SPLIT | 2 | 0",
                "TRUNCATE_PROMPT | 1 | 0",
            })
    void capsTheLengthByThePolicy(LengthCap.Policy policy, int rows, int unused)
            throws IOException {
        String turn = "{\"role\":\"%s\",\"content\":\"%s\"}";
        Path in =
                write(
                        "{\"messages\":["
                                + turn.formatted("system", "s")
                                + ","
                                + turn.formatted("user", "aaaa")
                                + ","
                                + turn.formatted("assistant", "bbbb")
                                + ","
                                + turn.formatted("user", "cccc")
                                + ","
                                + turn.formatted("assistant", "dddd")
                                + "]}");
        LengthCap cap = new LengthCap(10, policy, DataMendingTest::characters);
        CleanSteps steps =
                new CleanSteps(
                        false,
                        CleanSteps.Duplicates.KEEP,
                        CleanSteps.Contradictions.KEEP,
                        false,
                        false,
                        Decisions.NONE,
                        Optional.of(cap));
        Path out = folder.resolve("out.jsonl");

        var outcome = cleaned(in, steps, out);

        assertThat(outcome.rowsOut()).isEqualTo(rows + unused);
        assertThat(lines(out)).allMatch(line -> line.contains("\"content\":\"s\""));
        assertThat(lines(outcome.ledger()).getFirst())
                .contains("17 tokens, of which 10 are allowed");
    }

    @Test
    void keepsKinTogetherAndLabelsInTheirShares() throws IOException {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            String label = i % 4 == 0 ? "rare" : "often";
            rows.add(DataCheckTest.pair("Where is the thing number " + i + "?", label));
            rows.add(DataCheckTest.pair("Please, where is this thing number " + i, label));
        }
        Path in = write(rows.toArray(String[]::new));

        var outcome = split(in, 0.1, 42, "one");

        assertThat(outcome.heldOutRows()).isBetween(38L, 42L);
        assertThat(outcome.trainRows() + outcome.heldOutRows()).isEqualTo(400);
        assertThat(outcome.groups()).isEqualTo(200);
        long rare = lines(outcome.heldOut()).stream().filter(l -> l.contains("rare")).count();
        assertThat(rare).isBetween(8L, 12L);
        CheckReport report =
                new DataCheck(
                                List.of(outcome.train()),
                                List.of(outcome.heldOut()),
                                ColumnMapping.NONE,
                                Optional.empty(),
                                20)
                        .run(Progress.SILENT);
        assertThat(report.finding("leak")).isEmpty();
        assertThat(report.finding("near_leak")).isEmpty();
        assertThat(lines(outcome.ledger())).hasSize(400);
        assertThat(Files.readAllBytes(split(in, 0.1, 42, "two").heldOut()))
                .isEqualTo(Files.readAllBytes(outcome.heldOut()));
        assertThat(Files.readAllBytes(split(in, 0.1, 43, "three").heldOut()))
                .isNotEqualTo(Files.readAllBytes(outcome.heldOut()));
    }

    @Test
    void keepsClustersInTheirSharesWhereThatIsChosen() throws IOException {
        List<String> rows = new ArrayList<>();
        List<String> things =
                List.of(
                        "lamp", "oven", "vase", "coat", "drum", "bell", "ship", "road", "fern",
                        "mill");
        List<String> places =
                List.of(
                        "attic", "Paris", "kiosk", "field", "wharf", "igloo", "jetty", "yacht",
                        "urban", "zebra");
        List<String> times = List.of("dawn", "noon", "Easter");
        for (int i = 0; i < 300; i++) {
            String topic = i % 3 == 0 ? "guitar strings tuning" : "garden soil watering";
            List<String> own =
                    List.of(things.get(i % 10), places.get(i / 10 % 10), times.get(i / 100));
            rows.add(DataCheckTest.pair(topic + " " + String.join(" ", own), "Answer " + i));
        }
        Path in = write(rows.toArray(String[]::new));

        var outcome = split(in, new DataSplit.Draw(0.2, 1, DataSplit.Stratify.CLUSTER, 0), "c");

        assertThat(outcome.strata()).hasSizeGreaterThan(1);
        assertThat(outcome.strata())
                .allSatisfy(stratum -> {
                    long all = stratum.trainRows() + stratum.heldOutRows();
                    assertThat((double) stratum.heldOutRows())
                            .isBetween(0.2 * (double) all - 2, 0.2 * (double) all + 2);
                });
        assertThat(
                        Files.readAllBytes(
                                split(
                                                in,
                                                new DataSplit.Draw(
                                                        0.2, 1, DataSplit.Stratify.CLUSTER, 0),
                                                "d")
                                        .train()))
                .isEqualTo(Files.readAllBytes(outcome.train()));
    }

    @Test
    void refusesAStratumOfWhichTooFewRowsWouldBeHeldOut() throws IOException {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            String label = i < 4 ? "rare" : "often";
            rows.add(DataCheckTest.pair("Where is the thing number " + i + "?", label));
        }
        Path in = write(rows.toArray(String[]::new));
        DataSplit.Draw each = new DataSplit.Draw(0.1, 1, DataSplit.Stratify.LABEL, 2);

        assertThatThrownBy(() -> split(in, each, "x"))
                .hasMessageStartingWith("Of the 4 rows of \"rare\" ")
                .hasMessageContaining("would be held out; expected at least 2.")
                .hasMessageContaining("lower --min-each.");
        assertThat(folder.resolve("x")).doesNotExist();
    }

    @Test
    void refusesAHeldOutPartThatIsTooSmallToJudgeBy() throws IOException {
        Path in = write(DataCheckTest.pair("a1", "b"), DataCheckTest.pair("c2", "d"));

        assertThatThrownBy(() -> split(in, 0.5, 1, "x"))
                .hasMessageStartingWith("Of 2 rows")
                .hasMessageContaining("expected at least 10 held out");
    }

    private DataSplit.Outcome split(Path in, double share, long seed, String name) {
        return split(in, new DataSplit.Draw(share, seed, DataSplit.Stratify.LABEL, 0), name);
    }

    private DataSplit.Outcome split(Path in, DataSplit.Draw draw, String name) {
        return new DataSplit(
                        List.of(in),
                        ColumnMapping.NONE,
                        draw,
                        Optional.empty(),
                        folder.resolve(name))
                .run(Progress.SILENT);
    }

    private static DataCleaning.Outcome cleaned(Path in, CleanSteps steps, Path out) {
        return new DataCleaning(List.of(in), ColumnMapping.NONE, steps, out).run(Progress.SILENT);
    }

    private DataConversion conversion(String row, String target, Path out, boolean lossAllowed)
            throws IOException {
        return new DataConversion(
                List.of(write(row)),
                ColumnMapping.NONE,
                TargetShape.of(target),
                "",
                out,
                lossAllowed ? DataConversion.OnLoss.WRITE : DataConversion.OnLoss.STOP,
                DataConversion.OnFault.STOP);
    }

    private static int characters(Example example) {
        RowText text = RowText.of(example);
        return text.messages().stream().mapToInt(m -> RowText.content(m).length()).sum();
    }

    private Path write(String... rows) throws IOException {
        return Files.writeString(folder.resolve("in.jsonl"), String.join("\n", rows) + "\n");
    }

    private static List<String> lines(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        Set<JsonNode> rows = new HashSet<>();
        lines.forEach(line -> rows.add(JsonMapper.shared().readTree(line)));
        assertThat(rows).hasSameSizeAs(new HashSet<>(lines));
        return lines;
    }

    private static String quoted(String row) {
        return row.replace('\'', '"').replace("~", "\\\"");
    }

    @Test
    void refusesBeforeItReadsWhereTheDiskHasNoRoomForTheResult() throws IOException {
        Path huge = folder.resolve("huge.jsonl");
        try (RandomAccessFile file = new RandomAccessFile(huge.toFile(), "rw")) {
            file.setLength(1L << 43); // bytes that were never written take no room
        }
        DataCleaning cleaning =
                new DataCleaning(
                        List.of(huge),
                        ColumnMapping.NONE,
                        CleanSteps.NONE,
                        folder.resolve("out.jsonl"));

        assertThatThrownBy(() -> cleaning.run(Progress.SILENT))
                .isInstanceOf(AttuneException.class)
                .hasMessageContaining("The result may take 8,796,093 MB, as the data does, but")
                .hasMessageContaining("let the name end with .zst")
                .extracting(e -> ((AttuneException) e).kind())
                .isEqualTo(ErrorKind.RESOURCES);
    }
}
