package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.base.AttuneException;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Every shape as every other: what is written without loss means what it meant, there and back,
/// and every row has its fate.
class ShapePairsPropertyTest {
    private static final Origin ORIGIN = new Origin(Path.of("x.jsonl"), 1, 0);
    private static final EndOfText END = new EndOfText("</s>");
    private static final String BROKEN = "{\"prompt\": \"cut";

    @Property(tries = 400)
    void aRowThatLosesNothingMeansTheSameThereAndBack(
            @ForAll("row") ObjectNode row, @ForAll TargetShape there, @ForAll TargetShape back) {
        Example example = read(row);
        ShapeWriter.Written written = ShapeWriter.write(example, there, END);
        if (!written.isWhole()) {
            assertThat(written.losses()).allSatisfy(loss -> assertThat(loss.what()).isNotBlank());
            return;
        }
        assertThat(written.rows()).hasSize(1);
        Example other = read(written.rows().getFirst());
        requireSame(other, example);
        ShapeWriter.Written again = ShapeWriter.write(other, back, END);
        if (again.isWhole()) {
            requireSame(read(again.rows().getFirst()), other);
        }
    }

    /// A label that is added is told as an alteration; all else must be the same.
    private static void requireSame(Example other, Example example) {
        RowMeaning meaning = RowMeaning.of(RowMeaning.unjudged(other, example), END);
        if (!meaning.equals(RowMeaning.of(example, END))) {
            assertThat(meaning).isEqualTo(RowMeaning.of(RowMeaning.turned(example, END), END));
        }
    }

    @Property(tries = 400)
    void theWayBackToItsOwnShapeIsOpen(@ForAll("row") ObjectNode row, @ForAll TargetShape there) {
        ObjectNode own = row;
        RowShape shape = ShapeRecogniser.standard().recognise(own).shape();
        ShapeWriter.Written written = ShapeWriter.write(read(own), there, END);
        if (!written.isWhole()) {
            return;
        }
        TargetShape home =
                Stream.of(TargetShape.values())
                        .filter(target -> target.shape().equals(shape))
                        .findFirst()
                        .orElseThrow();
        Example other = read(written.rows().getFirst());
        ShapeWriter.Written back = ShapeWriter.write(other, home, END);
        boolean labelAdded = other instanceof Feedback && !(read(own) instanceof Feedback);
        assertThat(back.losses())
                .as("from %s as %s", own, written.rows())
                .allMatch(loss -> labelAdded && loss.what().equals("the label"));
    }

    @Property(tries = 200)
    void aShapeWritesItsOwnRowsWithoutLoss(@ForAll("row") ObjectNode row) {
        RowShape shape = ShapeRecogniser.standard().recognise(row).shape();
        for (TargetShape target : TargetShape.values()) {
            if (target.shape().equals(shape)) {
                assertThat(ShapeWriter.write(read(row), target, END).losses()).isEmpty();
            }
        }
    }

    @Property(tries = 60)
    void rowsInAreRowsOutAndRowsInTheLedgerAndTheBytesRepeat(
            @ForAll("lines") List<String> lines,
            @ForAll TargetShape target,
            @ForAll DataConversion.OnLoss onLoss)
            throws IOException {
        Path folder = Files.createTempDirectory("pairs");
        try {
            Path in = Files.write(folder.resolve("in.jsonl"), lines);
            var first = converted(in, target, onLoss, folder.resolve("a.jsonl"));
            var second = converted(in, target, onLoss, folder.resolve("b.jsonl"));
            assertThat(first.isPresent()).isEqualTo(second.isPresent());
            if (first.isEmpty()) {
                assertThat(folder.resolve("a.jsonl")).doesNotExist();
                return;
            }
            requireFates(first.get(), lines.size());
            assertThat(folder.resolve("b.jsonl")).hasSameBinaryContentAs(folder.resolve("a.jsonl"));
            assertThat(second.get().ledger()).hasSameBinaryContentAs(first.get().ledger());
        } finally {
            delete(folder);
        }
    }

    private static void requireFates(DataConversion.Outcome outcome, int rows) throws IOException {
        assertThat(outcome.rowsIn()).isEqualTo(rows);
        List<Integer> linesIn = new ArrayList<>();
        List<Integer> rowsOut = new ArrayList<>();
        long dropped = 0;
        for (String line : Files.readAllLines(outcome.ledger())) {
            JsonNode fate = JsonMapper.shared().readTree(line);
            linesIn.add(fate.path("line").intValue());
            fate.path("out").forEach(number -> rowsOut.add(number.intValue()));
            if (fate.path("fate").stringValue().equals("dropped")) {
                dropped++;
                assertThat(fate.path("reason").stringValue()).isNotBlank();
            }
        }
        assertThat(linesIn)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, rows).boxed().toList());
        assertThat(rowsOut)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, (int) outcome.rowsOut()).boxed().toList());
        assertThat(dropped).isEqualTo(outcome.fates().get("dropped"));
        assertThat(Rows.all(Source.of(outcome.out())))
                .hasSize((int) outcome.rowsOut())
                .allMatch(ReadRow.Columns.class::isInstance);
    }

    private static Optional<DataConversion.Outcome> converted(
            Path in, TargetShape target, DataConversion.OnLoss onLoss, Path out) {
        try {
            return Optional.of(
                    new DataConversion(
                                    List.of(in),
                                    ColumnMapping.NONE,
                                    target,
                                    "</s>",
                                    out,
                                    onLoss,
                                    DataConversion.OnFault.DROP)
                            .run(Progress.SILENT));
        } catch (AttuneException e) {
            assertThat(e.what()).isNotBlank();
            return Optional.empty();
        }
    }

    private static Example read(ObjectNode row) {
        return ShapeRecogniser.standard().recognise(row).shape().example(row, ORIGIN);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Provide
    Arbitrary<List<String>> lines() {
        Arbitrary<String> line =
                Arbitraries.frequencyOf(
                        Tuple.of(9, row().map(ObjectNode::toString)),
                        Tuple.of(
                                1,
                                Arbitraries.of(BROKEN, "7", "{\"x\":1}", "{\"text\":3}", "\"x\"")));
        return line.list().ofMinSize(1).ofMaxSize(12);
    }

    @Provide
    Arbitrary<ObjectNode> row() {
        return Combinators.combine(Arbitraries.of(SHAPES), columns())
                .flatAs((shape, columns) -> shape(shape).map(row -> with(row, columns)));
    }

    private static ObjectNode with(ObjectNode row, ObjectNode columns) {
        ObjectNode all = row.deepCopy();
        columns.forEachEntry((key, value) -> {
            if (!all.has(key)) {
                all.set(key, value);
            }
        });
        try {
            RowShape shape = ShapeRecogniser.standard().recognise(row).shape();
            return ShapeRecogniser.standard().recognise(all).shape().equals(shape)
                            && read(all) != null
                    ? all
                    : row;
        } catch (AttuneException _) {
            return row;
        }
    }

    private static final List<String> SHAPES =
            List.of(
                    "messages",
                    "pair",
                    "pair of messages",
                    "alpaca",
                    "sharegpt",
                    "text",
                    "segments",
                    "preference",
                    "preference of messages",
                    "openai preference",
                    "alpaca preference",
                    "sharegpt preference",
                    "feedback",
                    "feedback on messages",
                    "stepwise",
                    "prompt",
                    "prompt of messages");

    private static Arbitrary<ObjectNode> shape(String shape) {
        return switch (shape) {
            case "messages" ->
                    turns("user", "assistant", "system", "tool", "developer")
                            .map(t -> row("messages", t));
            case "pair" ->
                    Combinators.combine(text(), text())
                            .as((p, c) -> row("prompt", p, "completion", c));
            case "pair of messages" ->
                    Combinators.combine(turns("user", "assistant", "system"), turns("assistant"))
                            .as((p, c) -> row("prompt", p, "completion", c));
            case "alpaca" ->
                    Combinators.combine(text(), text(), text(), text(), history())
                            .as((i, in, o, s, h) ->
                                    row(
                                            "instruction",
                                            i,
                                            "input",
                                            in,
                                            "output",
                                            o,
                                            "system",
                                            s,
                                            "history",
                                            h));
            case "sharegpt" ->
                    Combinators.combine(shareGpt(), text())
                            .as((t, s) -> row("conversations", t, "system", s));
            case "text" -> text().map(t -> row("text", t));
            case "segments" -> segments().map(s -> row("segments", s));
            default -> compared(shape);
        };
    }

    /// Rows with two answers, or with a word on one.
    private static Arbitrary<ObjectNode> compared(String shape) {
        return switch (shape) {
            case "preference" ->
                    Combinators.combine(text(), text(), text())
                            .as((p, c, r) -> row("prompt", p, "chosen", c, "rejected", r));
            case "preference of messages" ->
                    Combinators.combine(
                                    turns("user", "assistant"),
                                    turns("assistant"),
                                    turns("assistant", "tool"))
                            .as((p, c, r) -> row("prompt", p, "chosen", c, "rejected", r));
            case "openai preference" ->
                    Combinators.combine(turns("user"), turns("assistant"), turns("assistant"))
                            .as((p, c, r) ->
                                    row(
                                            "input",
                                            "{\"messages\":" + p + ",\"tools\":[]}",
                                            "preferred_output",
                                            c,
                                            "non_preferred_output",
                                            r));
            case "alpaca preference" ->
                    Combinators.combine(text(), text(), text(), history())
                            .as((i, c, r, h) ->
                                    row(
                                            "instruction",
                                            i,
                                            "chosen",
                                            c,
                                            "rejected",
                                            r,
                                            "history",
                                            h));
            case "sharegpt preference" ->
                    Combinators.combine(shareGpt(), text(), text())
                            .as((t, c, r) ->
                                    row(
                                            "conversations",
                                            t,
                                            "chosen",
                                            "{\"from\":\"gpt\",\"value\":" + c + "}",
                                            "rejected",
                                            "{\"from\":\"gpt\",\"value\":" + r + "}"));
            case "feedback" ->
                    Combinators.combine(text(), text(), Arbitraries.of("true", "false"))
                            .as((p, c, l) -> row("prompt", p, "completion", c, "label", l));
            case "feedback on messages" ->
                    Combinators.combine(
                                    turns("user", "assistant"),
                                    turns("assistant"),
                                    Arbitraries.of("true", "false"))
                            .as((p, c, l) ->
                                    row(
                                            "messages",
                                            p.substring(0, p.length() - 1) + "," + c.substring(1),
                                            "label",
                                            l));
            case "stepwise" ->
                    Combinators.combine(text(), text(), text())
                            .as((p, a, b) ->
                                    row(
                                            "prompt",
                                            p,
                                            "completions",
                                            "[" + a + "," + b + "]",
                                            "labels",
                                            "[true,false]"));
            case "prompt" -> text().map(p -> row("prompt", p));
            case "prompt of messages" -> turns("user", "assistant").map(p -> row("prompt", p));
            default -> throw new IllegalArgumentException(shape);
        };
    }

    private static ObjectNode row(String... keysAndValues) {
        ObjectNode row = JsonMapper.shared().createObjectNode();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            row.set(keysAndValues[i], JsonMapper.shared().readTree(keysAndValues[i + 1]));
        }
        return row;
    }

    /// A text as JSON.
    private static Arbitrary<String> text() {
        return Arbitraries.of(
                "\"\"",
                "\" \"",
                "\"a\"",
                "\"b c\"",
                "\"x\\ny\"",
                "\"ende</s>\"",
                "\"\ud83d\ude00\"",
                "\"[1]\"",
                "\"</s>\"");
    }

    private static Arbitrary<String> history() {
        return Arbitraries.of("[]", "null", "[[\"q\",\"a\"]]", "[[\"\",\"a\"],[\"q\",\" \"]]");
    }

    private static Arbitrary<String> segments() {
        return Combinators.combine(text(), Arbitraries.of("true", "false"))
                .as((t, l) -> "{\"text\":" + t + ",\"label\":" + l + "}")
                .list()
                .ofMinSize(1)
                .ofMaxSize(4)
                .map(Object::toString);
    }

    private static Arbitrary<String> shareGpt() {
        return Combinators.combine(
                        Arbitraries.of("human", "gpt", "system", "observation"),
                        text(),
                        Arbitraries.of("", ",\"weight\":0", ",\"name\":\"n\""))
                .as((f, t, more) -> "{\"from\":\"" + f + "\",\"value\":" + t + more + "}")
                .list()
                .ofMinSize(1)
                .ofMaxSize(4)
                .map(turns -> turns + "")
                .map(turns ->
                        turns.replace(
                                "[{\"from\":\"observation\"",
                                "[{\"from\":\"function_call\",\"value\":\"{\\\"name\\\":\\\"f\\\",\\\"arguments\\\":{\\\"a\\\":1.0}}\"},{\"from\":\"observation\""));
    }

    private static Arbitrary<String> turns(String... roles) {
        return Combinators.combine(
                        Arbitraries.of(roles),
                        content(),
                        Arbitraries.of(
                                "",
                                "",
                                "",
                                ",\"weight\":0",
                                ",\"weight\":1",
                                ",\"weight\":0.5",
                                ",\"train\":false",
                                ",\"train\":true",
                                ",\"name\":\"Bob\"",
                                ",\"name\":null",
                                ",\"tool_call_id\":\"c1\"",
                                ",\"tool_calls\":[]",
                                ",\"from\":\"me\"",
                                ",\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":"
                                    + " 1}\"}}]",
                                ",\"tool_calls\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":{\"a\":1}}},{\"name\":\"g\",\"arguments\":\"no\"}]"))
                .as((r, c, more) -> "{\"role\":\"" + r + "\"" + c + more + "}")
                .list()
                .ofMinSize(1)
                .ofMaxSize(4)
                .map(Object::toString);
    }

    private static Arbitrary<String> content() {
        return Arbitraries.frequencyOf(
                Tuple.of(6, text().map(t -> ",\"content\":" + t)),
                Tuple.of(
                        2,
                        Arbitraries.of(
                                "",
                                ",\"content\":null",
                                ",\"content\":[]",
                                ",\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\",\"text\":\"b\"}]",
                                ",\"content\":[{\"type\":\"text\",\"text\":\"a\",\"cache_control\":{}}]",
                                ",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"u\"}}]")));
    }

    private static Arbitrary<ObjectNode> columns() {
        return Arbitraries.of(
                        "{}",
                        "{}",
                        "{\"id\":7}",
                        "{\"tools\":[{\"name\":\"f\"}],\"parallel_tool_calls\":false}",
                        "{\"system\":\"s\"}",
                        "{\"input\":\"i\",\"history\":3}",
                        "{\"prompt\":\"p\"}",
                        "{\"label\":\"x\"}",
                        "{\"label\":true}",
                        "{\"text\":\"t\",\"images\":[\"a.png\"]}",
                        "{\"chosen\":\"c\",\"rejected\":\"r\"}",
                        "{\"completion\":\"c\"}",
                        "{\"score\":null,\"chat_template_kwargs\":{\"enable_thinking\":false}}")
                .map(text -> (ObjectNode) JsonMapper.shared().readTree(text));
    }
}
