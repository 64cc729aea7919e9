package dev.attune.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.starter.CorpusText.Mixture;
import dev.attune.text.Message;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// What twenty thousand drawn texts are like.
class CorpusTextTest {
    private static final int TEXTS = 20_000;
    private static final List<List<Message>> DRAWN = drawn(1, TEXTS);

    @Test
    void theSameSeedGivesTheSameTexts() {
        assertThat(drawn(7, 300)).isEqualTo(drawn(7, 300)).isNotEqualTo(drawn(8, 300));
    }

    @Test
    void noSignOfATemplateIsLeft() {
        Pattern left = Pattern.compile("[<>|$\\\\]|\\{[a-z!]|\\[[a-z]| {2}|\\bnull\\b");

        assertThat(contents()).noneMatch(text -> left.matcher(text).find());
    }

    @Test
    void articlesSuitTheNextWord() {
        Pattern wrong =
                Pattern.compile(
                        "\\b[Aa] (?=[aeio])(?!one\\b|once\\b)|\\b[Aa]n (?=[bcdfgjklmnpqrstvwxz])");

        assertThat(prose()).noneMatch(text -> wrong.matcher(text).find());
    }

    @Test
    void plainTextBeginsLargeAndEndsWithASign() {
        for (List<Message> text : DRAWN) {
            Message last = text.getLast();
            String said = Written.content(last);
            if (last.role().equals("text") && said.indexOf('\n') < 0) {
                assertThat(said).matches("(?s)[A-Z\"].*[.!?\"]");
            } else {
                assertThat(said).isNotBlank();
            }
        }
    }

    @Test
    void sentencesOfPlainTextBeginLarge() {
        Pattern small = Pattern.compile("[.!?] [a-z]");

        assertThat(plain()).noneMatch(text -> small.matcher(text).find());
    }

    @Test
    void nothingIsSaidOfTheSampleData() {
        for (Mixture mixture :
                List.of(
                        Mixture.FIRST,
                        Mixture.SECOND,
                        Mixture.THIRD,
                        Mixture.FOURTH,
                        Mixture.FIFTH)) {
            assertThat(contents(drawn(mixture, 5, TEXTS / 2)))
                    .noneMatch(text ->
                            text.contains("GreenLeaf")
                                    || text.contains("\"category\"")
                                    || text.contains("\"urgency\""));
        }
    }

    @Test
    void fewTextsComeTwice() {
        Set<List<Message>> different = new HashSet<>(DRAWN);

        assertThat(different.size()).isGreaterThan(TEXTS * 85 / 100);
    }

    @Test
    void theVocabularyIsRich() {
        Map<String, Integer> words = new HashMap<>();
        for (String text : contents()) {
            for (String word : text.split("[^A-Za-z]+", -1)) {
                words.merge(word, 1, Integer::sum);
            }
        }
        assertThat(words.values().stream().filter(count -> count > 2).count()).isGreaterThan(2_500);
    }

    private static List<List<Message>> drawn(long seed, int count) {
        return drawn(Mixture.FIRST, seed, count);
    }

    private static List<List<Message>> drawn(Mixture mixture, long seed, int count) {
        CorpusText corpus = new CorpusText(CorpusText.phrases(), mixture, seed);
        List<List<Message>> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add(corpus.next());
        }
        return texts;
    }

    private static List<String> contents() {
        return contents(DRAWN);
    }

    private static List<String> contents(List<List<Message>> texts) {
        return texts.stream().flatMap(List::stream).map(Written::content).toList();
    }

    private static List<String> plain() {
        return DRAWN.stream()
                .flatMap(List::stream)
                .filter(message -> message.role().equals("text"))
                .map(Written::content)
                .filter(text -> text.indexOf('\n') < 0)
                .toList();
    }

    /// What is neither JSON nor spelt nor in capitals.
    private static List<String> prose() {
        return contents().stream().filter(text -> !text.contains("{")).toList();
    }
}
