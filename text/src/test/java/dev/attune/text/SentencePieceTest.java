package dev.attune.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Small models of every kind beside SentencePiece itself; `make.py` made them.
class SentencePieceTest {
    @ParameterizedTest
    @CsvSource({"unigram, <0x41>", "unigram-unk, ''", "bpe, ''", "bpe-user, ''"})
    void givesSentencePiecesIds(String name, String exception) {
        Path folder = resource("sentencepiece");
        JsonNode cases = JsonFiles.object(folder.resolve("expected.json")).path(name);
        List<String> wrong = new ArrayList<>();

        try (Tokenizer tokenizer = Tokenizer.load(folder.resolve(name + ".model"))) {
            for (JsonNode c : cases) {
                String text = c.path("text").stringValue("");
                int[] expected =
                        IntStream.range(0, c.path("ids").size())
                                .map(i -> c.path("ids").path(i).intValue())
                                .toArray();
                int[] found = tokenizer.encodePlain(text).ids();
                if (!Arrays.equals(found, expected) && !text.equals(exception)) {
                    wrong.add(
                            text
                                    + ": "
                                    + Arrays.toString(found)
                                    + ", expected "
                                    + Arrays.toString(expected));
                }
            }
            assertThat(tokenizer.encodeWithSpecialTokens("the").ids())
                    .as("with special tokens: BOS of a BPE model, EOS of a unigram one")
                    .contains(name.startsWith("bpe") ? 1 : 2);
        }

        assertThat(wrong).as("texts of %d that differ", cases.size()).isEmpty();
    }

    @Test
    void refusesWhatItCannotHonour() {
        assertRefused(field(2, field(24, 1)), "treat_whitespace_as_suffix is set");
        assertRefused(field(2, field(3, 3)), "its model_type is 3, not UNIGRAM (1) or BPE (2)");
        assertRefused(field(5, field(2, bytes("map"))), "it has a denormalizer");
        assertRefused(bytes(""), "it has no pieces");
        assertRefused(field(1, field(3, 9)), "its piece 0 is empty or of the unknown type 9");
    }

    @Test
    void refusesWhatIsNoProtobuf() {
        assertRefused(bytes("version https://git-lfs.github.com/spec/v1"), "the wire type 6");
        assertRefused(
                new byte[] {0x0a, (byte) 0xff, (byte) 0xff, 0x7f}, "a length of 2097151 bytes");
        assertRefused(new byte[] {0x0a}, "an end in the middle of a value");
        assertRefused(
                new byte[] {0x08, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1},
                "the wire type 0, expected 2,");
    }

    private static void assertRefused(byte[] model, String why) {
        assertThatThrownBy(() -> SentencePieceModel.read(model, "crafted.model"))
                .hasMessageContaining(why)
                .hasMessageContaining("at   crafted.model");
    }

    private static byte[] field(int number, long value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        varint(out, (long) number << 3);
        varint(out, value);
        return out.toByteArray();
    }

    private static byte[] field(int number, byte[] message) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        varint(out, (long) number << 3 | 2);
        varint(out, message.length);
        out.writeBytes(message);
        return out.toByteArray();
    }

    private static void varint(ByteArrayOutputStream out, long value) {
        for (long rest = value; ; rest >>>= 7) {
            if (rest < 0x80) {
                out.write((int) rest);
                return;
            }
            out.write((int) ((rest & 0x7f) | 0x80));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static Path resource(String name) {
        return Path.of(System.getProperty("attune.root"), "text/src/test/resources/dev/attune/text")
                .resolve(name);
    }
}
