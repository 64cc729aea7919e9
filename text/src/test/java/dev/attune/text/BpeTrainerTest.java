package dev.attune.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.testkit.SharedData;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

class BpeTrainerTest {
    private static final String END = "<|endoftext|>";

    @TempDir private Path folder;

    @Test
    void learnsTheReferencesMergesAndVocabulary() throws IOException {
        Path data = SharedData.path("tokenizers/bpe-training");
        List<String> vocab = new ArrayList<>();
        new JsonMapper()
                .readTree(data.resolve("train-bpe-reference-vocab.json").toFile())
                .properties()
                .forEach(e -> vocab.add(e.getValue().intValue(), e.getKey()));
        BpeTrainer trainer = BpeTrainer.of(500, List.of(END));

        trainer.addFile(data.resolve("corpus.en"));
        TrainedBpe trained = trainer.train();

        assertThat(trained.merges())
                .as("merges in order")
                .isEqualTo(Files.readAllLines(data.resolve("train-bpe-reference-merges.txt")));
        assertThat(trained.tokens()).as("tokens by id").isEqualTo(vocab);
    }

    @Test
    void keepsDigitsApart() {
        BpeTrainer trainer = BpeTrainer.of(300, List.of(END)).singleDigits();
        trainer.add("order 4711 and order 4711, 4711 times in order");

        TrainedBpe trained = trainer.train();
        trained.writeTokenizerJson(folder);

        assertThat(trained.tokens()).noneMatch(token -> token.matches(".+[0-9].*|.*[0-9].+"));
        try (Tokenizer tokenizer = Tokenizer.load(folder)) {
            List<String> pieces = new ArrayList<>();
            for (int id : tokenizer.encode(" order 4711").ids()) {
                pieces.add(tokenizer.token(id).orElseThrow());
            }
            assertThat(pieces).containsExactly("Ġorder", "Ġ", "4", "7", "1", "1");
        }
    }

    @Test
    void whatWasWrittenDecodesToWhatWasEncoded() throws IOException {
        BpeTrainer trainer = BpeTrainer.of(300, List.of(END));
        trainer.add("she sells sea shells" + END + "by the sea shore");
        TrainedBpe trained = trainer.train();
        String text = "the shore, naïve 🦙\n\n\tsea " + END;

        trained.writeTokenizerJson(folder);
        trained.writeVocabAndMerges(folder);

        try (Tokenizer json = Tokenizer.load(folder);
                Tokenizer pair = Tokenizer.load(folder.resolve("merges.txt"))) {
            int[] ids = json.encode(text).ids();
            assertThat(json.decode(ids)).as("decoded").isEqualTo(text);
            assertThat(ids).as("the special token's id").endsWith(0);
            assertThat(json.vocabSize()).as("size").isEqualTo(trained.tokens().size());
            assertThat(pair.encode(text).ids()).as("ids through the two files").isEqualTo(ids);
        }
        try (var files = Files.list(folder)) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .as("files left")
                    .containsExactlyInAnyOrder("tokenizer.json", "vocab.json", "merges.txt");
        }
    }

    @Test
    void piecesOfAFileTeachWhatTheWholeTextDoes() throws IOException {
        String line = "Some words, 12 numbers  and   spaces \n\n and a line's end.\t";
        String text = line.repeat(80_000); // several pieces
        Path file = Files.writeString(folder.resolve("text.txt"), text);
        BpeTrainer byFile = BpeTrainer.of(330, List.of());
        BpeTrainer byText = BpeTrainer.of(330, List.of());

        byFile.addFile(file);
        byText.add(text);

        assertThat(byFile.train().merges()).as("merges").isEqualTo(byText.train().merges());
    }

    @Test
    void stopsWhenNothingIsLeftToMerge() {
        BpeTrainer trainer = BpeTrainer.of(10_000, List.of());

        trainer.add("abab");

        assertThat(trainer.train().merges()).as("all merges").containsExactly("a b", "ab ab");
    }

    @Test
    void refusesASizeWithoutRoomForTheBytes() {
        assertThatThrownBy(() -> BpeTrainer.of(256, List.of(END)))
                .hasMessageContaining("size is 256; the bytes and special tokens alone are 257.");
        assertThatThrownBy(() -> BpeTrainer.of(500, List.of("a b")))
                .hasMessageContaining("each must be there once, with a text and without spaces");
    }

    @Property(tries = 40)
    void mergesAsSlowTrainingDoes(@ForAll("texts") String text) {
        BpeTrainer trainer = BpeTrainer.of(280, List.of());

        trainer.add(text);

        assertThat(trainer.train().merges())
                .as("merges of '%s'", text)
                .isEqualTo(SlowBpe.merges(text, 280 - 256));
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings().withChars("ab cé").ofMaxLength(60);
    }
}
