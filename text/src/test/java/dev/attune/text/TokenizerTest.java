package dev.attune.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.base.AttuneException;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

class TokenizerTest {
    private static Tokenizer stories = open("bpe");
    private static Tokenizer user = open("bpe-user");

    @TempDir private Path folder;

    @BeforeAll
    static void openSmallModels() {
        assertThat(stories.vocabSize()).as("size of the small model").isEqualTo(500);
    }

    @AfterAll
    static void close() {
        stories.close();
        user.close();
    }

    @Test
    void addsABosOnceHoweverOftenItIsAsked() {
        int[] once = stories.encodeWithSpecialTokens("the steel").ids();

        assertThat(once).as("ids").startsWith(1);
        assertThat(once[1]).as("the second id").isNotEqualTo(1);
        assertThat(stories.encodeWithSpecialTokens("<s>the steel").ids())
                .as("ids of a text that begins with its own")
                .isEqualTo(once);
        assertThat(stories.encodeWithSpecialTokens("").ids()).as("of nothing").containsExactly(1);
        assertThat(stories.encode("<s>the").ids()).as("found in the text").startsWith(1);
        assertThat(stories.encodePlain("<s>the").ids()).as("read as text").doesNotContain(1);
    }

    @Test
    void tellsUtf16OffsetsOfEachToken() {
        String text = "a🦙é日x";
        Encoding encoding = user.encode(text);

        for (int i = 0; i < encoding.length(); i++) {
            String part = text.substring(encoding.start(i), encoding.end(i));
            assertThat(part.codePointCount(0, part.length()))
                    .as("characters of token %d", i)
                    .isEqualTo(1);
        }
        assertThat(encoding.end(encoding.length() - 1)).as("the last end").isEqualTo(text.length());
        Encoding special = stories.encodeWithSpecialTokens("🦙");
        assertThat(special.end(0)).as("the BOS's end").isZero();
        assertThat(special.end(special.length() - 1)).as("the last end").isEqualTo(2);
    }

    @Test
    void readsALoneSurrogateAsAReplacementCharacter() {
        String broken = "a\ud83d b\udd99\ud83e\udd99";

        Encoding encoding = user.encode(broken);

        assertThat(encoding.ids()).as("ids").isEqualTo(user.encode("a\ufffd b\ufffd🦙").ids());
        assertThat(encoding.end(encoding.length() - 1))
                .as("the last end, in units")
                .isEqualTo(broken.length());
        assertThat(user.decode(encoding.ids())).as("text").isEqualTo("a\ufffd b\ufffd🦙");
    }

    @Test
    void doesNotCutALongText() {
        String text = "the steel casting process ".repeat(2_000).strip();

        assertThat(stories.decode(stories.encode(text).ids())).as("text").isEqualTo(text);
        assertThat(stories.encode(text).length()).as("tokens").isGreaterThan(8_000);
    }

    @Test
    void knowsItsTokens() {
        assertThat(stories.id("<s>")).as("id of <s>").hasValue(1);
        assertThat(stories.token(2)).as("token 2").contains("</s>");
        assertThat(stories.id("nonsense")).as("an unknown token").isEmpty();
        assertThat(stories.token(500)).as("token 500").isEmpty();
        assertThat(stories.token(-1)).as("token -1").isEmpty();
        assertThat(stories.isSpecial(1)).as("<s> is special").isTrue();
        assertThat(stories.isSpecial(400)).as("a piece is special").isFalse();
        assertThat(stories.addedTokens())
                .as("added tokens")
                .containsExactlyInAnyOrderEntriesOf(Map.of(0, "<unk>", 1, "<s>", 2, "</s>"));
        assertThat(user.isSpecial(user.id("[SEP]").orElseThrow())).as("[SEP]").isFalse();
    }

    @Test
    void refusesIdsOutsideTheVocabulary() {
        for (int id : new int[] {-1, 500, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> stories.decode(new int[] {5, id}))
                    .isInstanceOf(AttuneException.class)
                    .hasMessageContaining("id " + id + " is not in the vocabulary")
                    .hasMessageContaining("ids end at 499");
            assertThatThrownBy(() -> stories.streamDecoder().next(id))
                    .isInstanceOf(AttuneException.class);
        }
    }

    @Test
    void leavesOutSpecialTokensWhenAsked() {
        int[] ids = stories.encode("<s>the</s>").ids();

        assertThat(stories.decode(ids)).as("with").contains("<s>", "</s>");
        assertThat(stories.decodeSkippingSpecial(ids)).as("without").isEqualTo("the");
        StreamDecoder stream = stories.streamDecoderSkippingSpecial();
        StringBuilder text = new StringBuilder();
        Arrays.stream(ids).forEach(id -> text.append(stream.next(id)));
        assertThat(text.append(stream.finish()).toString()).as("streamed").isEqualTo("the");
        assertThatThrownBy(() -> stream.next(5)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void givesEveryThreadTheSame() {
        List<String> texts =
                IntStream.range(0, 200).mapToObj(i -> "the steel " + i + " 🦙").toList();
        List<List<Integer>> alone = texts.stream().map(TokenizerTest::ids).toList();

        List<List<Integer>> together = texts.parallelStream().map(TokenizerTest::ids).toList();

        assertThat(together).as("ids made by several threads").isEqualTo(alone);
    }

    @Test
    void refusesToWorkAfterClose() {
        Tokenizer closed = open("bpe");
        closed.close();
        closed.close();

        assertThatThrownBy(() -> closed.encode("a")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> closed.encodePlain("a")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> closed.decode(new int[] {5}))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void saysWhatWasFoundWhereNoTokenizerIs() throws IOException {
        Files.writeString(folder.resolve("notes.txt"), "x");

        assertThatThrownBy(() -> Tokenizer.load(folder))
                .hasMessageContaining("The folder holds no tokenizer: found notes.txt.")
                .hasMessageContaining("tokenizer.json");
        assertThatThrownBy(() -> Tokenizer.load(folder.resolve("notes.txt")))
                .hasMessageContaining("The file is no tokenizer that is known: notes.txt.");
        assertThatThrownBy(() -> Tokenizer.load(folder.resolve("absent")))
                .hasMessageContaining("There is no such file.");
    }

    @Test
    void refusesBrokenFilesWithTheirPlace() throws IOException {
        assertRefused("tokenizer.json", "{\"model\": ", "This is not JSON, near character");
        assertRefused("tokenizer.json", "[]", "it needs an object at the top");
        assertRefused("tokenizer.json", "{}", "it needs an object for model");
        assertRefused(
                "tokenizer.json",
                "{\"model\":{\"type\":\"Strange\",\"vocab\":{\"a\":0}}}",
                "The tokenizer is not understood");
        assertRefused(
                "tokenizer.json",
                "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":-1},\"merges\":[]}}",
                "it needs ids from 0 to");
        assertRefused("x.tiktoken", "IQ== 0\n", "The name of the file must be one of");
        assertRefused("cl100k_base.tiktoken", "IQ== 0\n!!\n", "is no token in Base64");
        assertRefused("tokenizer.model", "not a model", "This is no SentencePiece model");
        assertRefused("m.gguf", "not a gguf", "This is not a GGUF file");
        Files.writeString(folder.resolve("vocab.json"), "{\"a\":0}");
        assertRefused("merges.txt", "#version: 0.2\na b c\n", "The line is no pair of tokens");
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"tokenizer_class\":\"Odd\"}");
        assertRefused("merges.txt", "#version: 0.2\n", "The settings name the class Odd");
    }

    @Test
    void refusesWhatWouldEndTheProcess() throws IOException {
        String bpe = "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]";
        assertRefused(
                "tokenizer.json",
                "{\"normalizer\":{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"AAAA\"},"
                        + bpe
                        + "}}",
                "map of characters is damaged");
        assertRefused(
                "tokenizer.json",
                "{\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"Precompiled\","
                        + "\"precompiled_charsmap\":\"CAAAAP////////////8=\"}]},"
                        + bpe
                        + "}}",
                "map of characters is damaged");
        assertRefused(
                "tokenizer.json",
                "{\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":[{\"SpecialToken\":"
                    + "{\"id\":\"q\",\"type_id\":0}}],\"pair\":[],\"special_tokens\":{}},"
                        + bpe
                        + "}}",
                "the template's token 'q' is no special token");
        assertRefused(
                "tokenizer.json",
                "{\"decoder\":{\"type\":\"Strip\",\"content\":\"a\",\"start\":3,\"stop\":5},"
                        + bpe
                        + "}}",
                "a Strip decoder cuts at both ends");
        assertRefused(
                "tokenizer.json",
                "{" + bpe + ",\"continuing_subword_prefix\":\"####\"}}",
                "a BPE model has a continuing_subword_prefix");
    }

    @Test
    void saysThatATokenizerKnowsNoUnknown() throws IOException {
        String json =
                "{\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"a\":0},\"unk_token\":\"u\"}}";
        Path file = Files.writeString(folder.resolve("tokenizer.json"), json);

        try (Tokenizer words = Tokenizer.load(file)) {
            assertThatThrownBy(() -> words.encode("b"))
                    .isInstanceOf(AttuneException.class)
                    .hasMessageContaining("The tokenizer fails at this text");
        }
    }

    @Test
    void refusesGgufFilesWithoutAKnownTokenizer() {
        Path noTokenizer = SharedData.path("formats/gguf-valid/one-f32.gguf");

        assertThatThrownBy(() -> Tokenizer.load(noTokenizer))
                .hasMessageContaining("the key tokenizer.ggml.tokens is missing")
                .hasMessageContaining(noTokenizer.toString());
    }

    private void assertRefused(String name, String content, String message) throws IOException {
        Path file = Files.writeString(folder.resolve(name), content);
        assertThatThrownBy(() -> Tokenizer.load(file))
                .isInstanceOf(AttuneException.class)
                .hasMessageContaining(message)
                .hasMessageContaining(file.toString().replace("merges.txt", ""));
    }

    private static List<Integer> ids(String text) {
        return Arrays.stream(stories.encode(text).ids()).boxed().toList();
    }

    private static Tokenizer open(String name) {
        return Tokenizer.load(SentencePieceTest.resource("sentencepiece/" + name + ".model"));
    }
}
