package dev.attune.text;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

class TokenizerPropertyTest {
    private static final Map<String, Tokenizer> TOKENIZERS = opened();

    @AfterContainer
    static void close() {
        TOKENIZERS.values().forEach(Tokenizer::close);
    }

    @Property(tries = 150)
    void byteLevelSpansCoverTheText(@ForAll("texts") String text) {
        Encoding encoding = tokenizer("byte-level").encode(text);

        int covered = 0;
        for (int i = 0; i < encoding.length(); i++) {
            assertThat(encoding.start(i)).as("start of %d", i).isLessThanOrEqualTo(covered);
            assertThat(encoding.end(i)).as("end of %d", i).isGreaterThanOrEqualTo(covered);
            covered = encoding.end(i);
        }
        assertThat(covered).as("units covered").isEqualTo(text.length());
    }

    @Property(tries = 150)
    void whatIsDecodedIsWhatWasEncoded(@ForAll("texts") String text) {
        Tokenizer tokenizer = tokenizer("byte-level");

        assertThat(tokenizer.decode(tokenizer.encode(text).ids()))
                .as("text")
                .isEqualTo(CodePoints.wellFormed(text));
        assertThat(tokenizer.encodeIds(text)).as("ids").isEqualTo(tokenizer.encode(text).ids());
    }

    @Property(tries = 600)
    void aStreamGivesWhatDecodingAllDoes(
            @ForAll("tokenizers") String name, @ForAll("ids") List<Integer> picks) {
        Tokenizer tokenizer = tokenizer(name);
        int[] ids = picks.stream().mapToInt(id -> id % tokenizer.vocabSize()).toArray();
        StreamDecoder stream = tokenizer.streamDecoder();
        StreamDecoder skipping = tokenizer.streamDecoderSkippingSpecial();
        StringBuilder text = new StringBuilder();
        StringBuilder shorter = new StringBuilder();
        for (int id : ids) {
            text.append(stream.next(id));
            shorter.append(skipping.next(id));
        }

        assertThat(text.append(stream.finish()).toString())
                .as("text of %s", picks)
                .isEqualTo(tokenizer.decode(ids));
        assertThat(shorter.append(skipping.finish()).toString())
                .as("text without special tokens of %s", picks)
                .isEqualTo(tokenizer.decodeSkippingSpecial(ids));
    }

    @Property(tries = 100)
    void aStreamNeverGivesPartOfACharacter(
            @ForAll("tokenizers") String name, @ForAll("plain") String text) {
        Tokenizer tokenizer = tokenizer(name);
        StreamDecoder stream = tokenizer.streamDecoder();

        for (int id : tokenizer.encode(text).ids()) {
            String part = stream.next(id);
            assertThat(part).as("a part of '%s'", text).isEqualTo(CodePoints.wellFormed(part));
            assertThat(part).as("a part of '%s'", text).doesNotContain("\ufffd");
        }
        assertThat(stream.finish()).as("the rest of '%s'", text).doesNotContain("\ufffd");
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings()
                .withChars(" \n\tabc'sé日\u0000\u0301\u00a0\ud83e\udd99\udd98")
                .ofMaxLength(30);
    }

    @Provide
    Arbitrary<String> plain() {
        return Arbitraries.of(" ", "\n", "the", "é", "日", "🦙", "👨‍👩‍👧", "e\u0301", "[SEP]")
                .list()
                .ofMaxSize(12)
                .map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<String> tokenizers() {
        return Arbitraries.of(TOKENIZERS.keySet());
    }

    @Provide
    Arbitrary<List<Integer>> ids() {
        // Bytes and special tokens often, other pieces as often as all of them.
        return Arbitraries.oneOf(
                        Arbitraries.integers().between(0, 262),
                        Arbitraries.integers().between(0, 499))
                .list()
                .ofMaxSize(14);
    }

    private static Tokenizer tokenizer(String name) {
        return Objects.requireNonNull(TOKENIZERS.get(name));
    }

    private static Map<String, Tokenizer> opened() {
        Map<String, Tokenizer> opened = new HashMap<>();
        for (String name : List.of("bpe", "bpe-user", "unigram")) {
            opened.put(
                    name,
                    Tokenizer.load(SentencePieceTest.resource("sentencepiece/" + name + ".model")));
        }
        BpeTrainer trainer = BpeTrainer.of(300, List.of("<|end|>"));
        trainer.add("the cat's hat, the 日本 and the été 🦙🦙");
        TokenizerConfig config =
                new TokenizerConfig(
                        SpecialTokens.NONE, Map.of(), JsonFiles.mapper().createObjectNode());
        opened.put(
                "byte-level",
                Tokenizer.open(new TokenizerSource(trainer.train().json(), config, "trained")));
        opened.put("words", Tokenizer.open(new TokenizerSource(wordPiece(), config, "made")));
        return Map.copyOf(opened);
    }

    private static String wordPiece() {
        StringBuilder vocab = new StringBuilder("\"[UNK]\":0");
        int id = 1;
        for (String token : "the ##s . , ' n't 'm é 日 ##日 do not 🦙".split(" ", -1)) {
            vocab.append(",\"").append(token).append("\":").append(id++);
        }
        return """
        {"added_tokens":[{"id":0,"content":"[UNK]","single_word":false,"lstrip":false,
        "rstrip":false,"normalized":false,"special":true}],
        "pre_tokenizer":{"type":"BertPreTokenizer"},
        "decoder":{"type":"WordPiece","prefix":"##","cleanup":true},
        "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##",
        "max_input_chars_per_word":100,"vocab":{%s}}}\
        """
                .formatted(vocab);
    }
}
