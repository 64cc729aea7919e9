package dev.attune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// `attune data check`, `clean`, `split`, `convert`, `stats`, and `show` without a model.
class DataWorkshopTest {
    @TempDir private Path temp;

    @Test
    void checkEndsWithTwoForErrorsOneForStrictWarningsAndElseZero() throws IOException {
        String clean = rows(60);
        assertThat(check(clean).exitCode()).isZero();
        String twice = clean + pair("Where is number 7?", "At place 7.");
        assertThat(check(twice).exitCode()).isZero();
        assertThat(check(twice, "--strict").exitCode()).isEqualTo(1);
        Ran wrong = check(clean + pair("where is number 7", "nowhere at all"), "--strict");
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.out())
                .contains("error    1 pairs ask the same and give different short answers")
                .contains("train.jsonl:8 and ")
                .contains("  next   Settle which is right;")
                .contains("1 errors, ");
        assertThat(wrong.err()).isEmpty();
    }

    @Test
    void checkWritesJsonAndAPage() throws IOException {
        Path page = temp.resolve("check.html");
        JsonNode report = check(rows(60), "--json", "--html", page.toString()).json();

        assertThat(report.path("rows").intValue()).isEqualTo(60);
        assertThat(report.path("findings").path(0).path("code").stringValue()).isEqualTo("size");
        assertThat(Files.readString(page)).contains("<title>Data check</title>").contains("<svg");
    }

    @Test
    void checkCountsTokensForAModel() throws IOException {
        String model = SharedData.path("tokenizers/qwen2").toString();
        String rows = rows(60) + pair("Say it all", "word ".repeat(50));
        Ran ran = check(rows, "--model", model, "--max-tokens", "30", "--json");

        JsonNode findings = ran.json().path("findings");
        assertThat(findings.toString())
                .contains("1 rows are longer than 30 tokens and would be refused or cut.")
                .contains("An epoch reads ");
    }

    @Test
    void cleanSaysWhatBecameOfTheRows() throws IOException {
        Path in = Files.writeString(temp.resolve("in.jsonl"), rows(3) + rows(1) + "no json\n");
        String out = temp.resolve("out.jsonl").toString();
        Ran refused = Ran.of("data", "clean", in.toString(), "-o", out);
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err()).contains("in.jsonl:5");
        Ran ran =
                Ran.of(
                        "data",
                        "clean",
                        in.toString(),
                        "--drop-duplicates",
                        "exact",
                        "--drop-faulty",
                        "-o",
                        out);
        assertThat(ran.exitCode()).isZero();
        assertThat(ran.out())
                .startsWith("5 rows in: 3 kept, 0 changed, 0 merged, 2 dropped; 3 rows out: " + out)
                .contains("duplicate        1")
                .contains("faulty           1")
                .contains("out.jsonl.ledger.jsonl");
        assertThat(Ran.of("data", "clean", in.toString(), "--drop-duplicates", "all", "-o", out))
                .extracting(Ran::err)
                .asString()
                .contains("--drop-duplicates is all, which is no choice.");
    }

    @Test
    void splitsConvertsAndCounts() throws IOException {
        Path in = Files.writeString(temp.resolve("in.jsonl"), rows(100));
        Ran split =
                Ran.of(
                        "data",
                        "split",
                        in.toString(),
                        "-o",
                        temp.resolve("s").toString(),
                        "--json");
        assertThat(split.json().path("heldout_rows").intValue()).isEqualTo(10);
        Path out = temp.resolve("sharegpt.jsonl.gz");
        Ran converted =
                Ran.of("data", "convert", in.toString(), "--to", "sharegpt", "-o", out.toString());
        assertThat(converted.out()).startsWith("100 rows in, 100 rows out as sharegpt: ");
        Ran counted = Ran.of("data", "stats", out.toString());
        assertThat(counted.out())
                .contains("rows              100\n")
                .contains("100 ShareGPT: has conversations")
                .contains("role              100 user");
        Ran unknown =
                Ran.of("data", "convert", in.toString(), "--to", "sharegtp", "-o", out.toString());
        assertThat(unknown.err()).contains("Did you mean sharegpt?");
    }

    @Test
    void tellsTheFatesOfConvertedRowsAndWhatTheyWouldLose() throws IOException {
        Path in =
                Files.writeString(
                        temp.resolve("in.jsonl"),
                        pair("q", "a")
                                + "{\"messages\":[{\"role\":\"user\",\"name\":\"Bob\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"a\"}]}\n"
                                + "7\n");
        Path out = temp.resolve("out.json");
        String[] args = {"data", "convert", in.toString(), "--to", "alpaca", "-o", out.toString()};

        Ran refused = Ran.of(args);
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err()).contains("in.jsonl:3");
        assertThat(out).doesNotExist();

        Ran ran = with(args, "--drop-lossy", "--drop-faulty");
        assertThat(ran.out())
                .startsWith("3 rows in, 1 rows out as alpaca: ")
                .contains("fates    1 changed, 2 dropped\n")
                .contains("altered  texts become turns, which the model's chat template writes: 1")
                .contains("dropped  `name` of messages: 1 rows, first ")
                .contains("in.jsonl:2: messages[0].name = \"Bob\"\n");
        JsonNode json = with(args, "--allow-loss", "--drop-faulty", "--json").json();
        assertThat(json.path("fates").path("changed").intValue()).isEqualTo(2);
        assertThat(json.path("lost").path(0).path("what").stringValue())
                .isEqualTo("`name` of messages");
        assertThat(with(args, "--allow-loss", "--drop-lossy").err())
                .contains("--allow-loss writes rows that lose something, --drop-lossy leaves them");
    }

    private static Ran with(String[] args, String... more) {
        return Ran.of(
                Stream.concat(Arrays.stream(args), Arrays.stream(more)).toArray(String[]::new));
    }

    @Test
    void showsRowsAsTheyWereUnderstood() throws IOException {
        Path in = Files.writeString(temp.resolve("qa.csv"), "question,reply\n\"a, b\",c\n");
        String[] mapping = {"--column", "prompt=question", "--column", "completion=reply"};
        Ran ran =
                Ran.of(
                        "data",
                        "show",
                        in.toString(),
                        mapping[0],
                        mapping[1],
                        mapping[2],
                        mapping[3]);

        assertThat(ran.out())
                .contains("qa.csv:2  prompt and completion: has prompt and completion")
                .contains("prompt   a, b\n")
                .contains("answer   ⟦c⟧\n");
    }

    private Ran check(String rows, String... more) throws IOException {
        Path file = Files.writeString(temp.resolve("train.jsonl"), rows);
        String[] args = new String[3 + more.length];
        args[0] = "data";
        args[1] = "check";
        args[2] = file.toString();
        System.arraycopy(more, 0, args, 3, more.length);
        return Ran.of(args);
    }

    private static String rows(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> pair("Where is number " + i + "?", "At place " + i + "."))
                .collect(Collectors.joining());
    }

    private static String pair(String prompt, String completion) {
        return "{\"prompt\":\"" + prompt + "\",\"completion\":\"" + completion + "\"}\n";
    }
}
