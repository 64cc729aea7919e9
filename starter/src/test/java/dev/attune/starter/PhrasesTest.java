package dev.attune.starter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Random;

/// Templates, read and written out.
class PhrasesTest {
    private static final PhraseBook BOOK = CorpusText.phrases();

    @Test
    void aRowIsRememberedWithAllItsCells() {
        String text = write("{a:animal} {a.many} {!b:animal(sheep)}{b.young}");

        assertThat(text).matches("(\\w+) \\1?\\w+ lamb");
    }

    @Test
    void aRowComesOnceInAText() {
        for (int i = 0; i < 50; i++) {
            String[] two = write("{b:season} {c:season}").split(" ", -1);
            assertThat(two[0]).isNotEqualTo(two[1]);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "a apple and a pear, An apple and a pear",
        "a hour. it was a unicorn, An hour. It was a unicorn",
        "hello ! how are you ?, Hello! How are you?",
        "he said so.  then he left, He said so. Then he left"
    })
    void whatATemplateCannotKnowIsMended(String rough, String mended) {
        assertThat(Polish.sentences(rough)).isEqualTo(mended);
    }

    @ParameterizedTest
    @CsvSource({"0, zero", "14, fourteen", "40, forty", "67, sixty-seven", "100, one hundred"})
    void numbersAreWritten(int number, String words) {
        assertThat(Functions.inWords(number)).isEqualTo(words);
    }

    @Test
    void numbersAreComparedAsNumbers() {
        assertThat(write("{!a:9-9}{!b:10-10}{bigger a b} {smaller a b} {sum a b}"))
                .isEqualTo("10 9 19");
    }

    @Test
    void aTemplateThatCannotBeReadIsShown() {
        assertThatThrownBy(() -> PhraseParser.parse("tea or [milk"))
                .hasMessageContaining("a [ is not closed")
                .hasMessageContaining("tea or [milk");
        assertThatThrownBy(() -> write("{nothing}"))
                .hasMessage("There is no variable, table or maker nothing.");
        assertThatThrownBy(() -> write("<nowhere>")).hasMessage("There is no rule nowhere.");
    }

    @Test
    void everyTemplateOfEveryFileCanBeWritten() {
        for (PhraseBook book : new PhraseBook[] {BOOK, SupportData.phrases()}) {
            assertThat(book.ruleNames()).isNotEmpty();
        }
        for (String file :
                List.of("support", "lessons", "talk", "recall", "sorting", "labels", "desk")) {
            for (Frame frame : BOOK.frames(file)) {
                for (int seed = 0; seed < 60; seed++) {
                    assertThat(Written.of(frame, new Draft(BOOK, new Random(seed))))
                            .as(frame.id())
                            .hasSameSizeAs(frame.turns());
                }
            }
        }
    }

    private static String write(String template) {
        return new Draft(BOOK, new Random(1)).write(PhraseParser.parse(template));
    }
}
