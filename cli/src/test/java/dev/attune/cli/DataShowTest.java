package dev.attune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// `attune data show`: rows as the model sees them.
class DataShowTest {
    @TempDir private Path temp;

    @Test
    void showsTextTokensMaskAndStopToken() throws IOException {
        Ran ran =
                show(
                        "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"},"
                                + " {\"role\": \"assistant\", \"content\": \"Yo\"}]}\n");
        assertThat(ran.exitCode()).isZero();
        assertThat(ran.out())
                .contains("rows.jsonl:1\n<|im_start|>system\n")
                .contains("<|im_start|>assistant\n⟦Yo⟧⟦<|im_end|>■⟧\n")
                .contains("198:Ċ ⟦64725:Yo⟧ ⟦151645:<|im_end|>■⟧ 198:Ċ")
                .contains(" tokens, 2 learned\n");
    }

    @Test
    void warnsOfRowsThatTeachNothingOrNotToStop() throws IOException {
        assertThat(show("{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}\n").out())
                .contains("warning  nothing of this row is learned");
        Path template = temp.resolve("endless.jinja");
        Files.writeString(
                template, "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}");
        assertThat(
                        show(
                                        "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"},"
                                            + " {\"role\": \"assistant\", \"content\": \"b\"}]}\n",
                                        "--template",
                                        template.toString())
                                .out())
                .contains("warning  what is learned does not end with a stop token (<|im_end|>");
    }

    @Test
    void showsTheRowThatIsAskedForAsJson() throws IOException {
        Ran ran =
                show(
                        "{\"text\": \"one\"}\n{\"prompt\": \"2+2=\", \"completion\": \" four\"}\n",
                        "--row",
                        "2",
                        "--json");
        JsonNode row = ran.json();
        assertThat(row.get("line").intValue()).isEqualTo(2);
        assertThat(row.get("row").intValue()).isEqualTo(2);
        assertThat(row.get("text").stringValue()).isEqualTo("2+2= four");
        assertThat(row.get("spans").toString()).isEqualTo("[[4,9]]");
        assertThat(row.get("mask").toString()).endsWith("1,1]");
        assertThat(row.get("stops").booleanValue()).isTrue();
    }

    @Test
    void refusesWhatCannotBeShown() throws IOException {
        assertThat(refused("{\"text\": \"one\"}\n", "--row", "5"))
                .contains("There is no row 5: the data holds 1.");
        assertThat(refused("{\"text\": \"one\"}\n", "--row", "0"))
                .contains("--row is 0, expected 1 or more.");
        assertThat(refused("", "--row", "1"))
                .contains("The file is empty; expected rows.")
                .contains("rows.jsonl");
        assertThat(refused("{\"text\": \"one\"\n")).contains("rows.jsonl:1");
        assertThat(refused("{\"prompt\": \"a\", \"chosen\": \"b\", \"rejected\": \"c\"}\n"))
                .contains("supervised tuning has no use for")
                .contains("rows.jsonl:1");
        assertThat(refused("{\"messages\": [{\"role\": \"user\", \"content\": 7}]}\n"))
                .contains("The chat template fails: TypeError")
                .contains("rows.jsonl:1, chat_template \"default\":");
    }

    private String refused(String rows, String... more) throws IOException {
        Ran ran = show(rows, more);
        assertThat(ran.exitCode()).as(ran.out() + ran.err()).isEqualTo(2);
        return ran.err();
    }

    private Ran show(String rows, String... more) throws IOException {
        Path file = temp.resolve("rows.jsonl");
        Files.writeString(file, rows);
        String model = SharedData.path("tokenizers/qwen2").toString();
        String[] args = new String[5 + more.length];
        System.arraycopy(
                new String[] {"data", "show", file.toString(), "--model", model}, 0, args, 0, 5);
        System.arraycopy(more, 0, args, 5, more.length);
        return Ran.of(args);
    }
}
