package dev.attune.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.text.Message;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What the sample data promises to a judge.
class SupportDataTest {
    private static final SupportData.Rows ROWS = SupportData.drawn(SupportData.SEED);

    @Test
    void theSameSeedGivesTheSameRows() {
        assertThat(SupportData.drawn(3)).isEqualTo(SupportData.drawn(3));
    }

    @Test
    void thereAreEnoughRows() {
        assertThat(ROWS.train()).hasSizeGreaterThanOrEqualTo(400);
        assertThat(ROWS.heldout()).hasSizeGreaterThanOrEqualTo(100);
    }

    @Test
    void everyAnswerEndsInALabelOfOneLine() {
        for (Message answer : said(all(), "assistant").toList()) {
            String text = Written.content(answer);
            JsonNode label = new JsonMapper().readTree(text.substring(text.lastIndexOf('\n')));
            assertThat(label.propertyNames()).containsExactly("category", "urgency");
            assertThat(label.path("urgency").asString()).isIn("high", "normal", "low");
            assertThat(text.lines().toList()).hasSize(2);
        }
    }

    @Test
    void categoriesAndUrgenciesAreBalanced() {
        Map<String, Long> labels =
                said(ROWS.train(), "assistant")
                        .collect(
                                Collectors.groupingBy(
                                        m -> Written.content(m).lines().toList().getLast(),
                                        Collectors.counting()));

        assertThat(labels).hasSize(7 * 3 + 1);
        assertThat(labels.values()).allMatch(count -> count >= 15);
    }

    @Test
    void noTemplateOfACustomerIsInBothParts() {
        Set<Phrase> train = templates("-train");
        Set<Phrase> heldout = templates("-heldout");

        assertThat(train).hasSizeGreaterThan(100).doesNotContainAnyElementsOf(heldout);
        assertThat(heldout).hasSizeGreaterThan(60);
    }

    @Test
    void noCustomerSaysASentenceOfTheOtherPart() {
        assertThat(sentences(ROWS.train())).doesNotContainAnyElementsOf(sentences(ROWS.heldout()));
    }

    @Test
    void noAnswerIsInBothParts() {
        Set<String> train =
                said(ROWS.train(), "assistant").map(Written::content).collect(Collectors.toSet());

        assertThat(said(ROWS.heldout(), "assistant").map(Written::content))
                .doesNotContainAnyElementsOf(train);
    }

    @Test
    void noHeldOutMessageIsNearlyATrainingMessage() {
        List<Set<String>> train =
                said(ROWS.train(), "user").map(SupportDataTest::threeWords).toList();
        Map<String, Double> near = new HashMap<>();
        said(ROWS.heldout(), "user")
                .forEach(message -> {
                    Set<String> own = threeWords(message);
                    double most = train.stream().mapToDouble(t -> alike(own, t)).max().orElse(0);
                    if (most > 0.4) {
                        near.put(Written.content(message), most);
                    }
                });

        assertThat(near).isEmpty();
    }

    @Test
    void answersUseWhatTheCustomerSaid() {
        long named = 0;
        for (List<Message> row : ROWS.heldout()) {
            String question = Written.content(row.get(row.size() - 2));
            String answer = Written.content(row.getLast());
            for (String word : question.split("[^A-Za-z0-9]+", -1)) {
                if (word.length() > 3 && answer.contains(word)) {
                    named++;
                    break;
                }
            }
        }
        assertThat(named).isGreaterThan(ROWS.heldout().size() * 6L / 10);
    }

    /// All templates of the rules of one part, but for empty ones.
    private static Set<Phrase> templates(String part) {
        PhraseBook book = SupportData.phrases();
        return book.ruleNames().stream()
                .filter(rule -> rule.contains(part))
                .flatMap(rule -> book.rule(rule).stream())
                .filter(phrase -> !phrase.equals(new Phrase.Text("")))
                .collect(Collectors.toSet());
    }

    private static List<List<Message>> all() {
        return Stream.concat(ROWS.train().stream(), ROWS.heldout().stream()).toList();
    }

    private static Stream<Message> said(List<List<Message>> rows, String role) {
        return rows.stream().flatMap(List::stream).filter(m -> m.role().equals(role));
    }

    private static Set<String> sentences(List<List<Message>> rows) {
        return said(rows, "user")
                .flatMap(m -> Stream.of(Written.content(m).split("(?<=[.!?,])\\s+", -1)))
                .map(sentence -> sentence.replaceAll("[^A-Za-z0-9 ]", "").strip())
                .filter(sentence -> !sentence.isEmpty())
                .collect(Collectors.toSet());
    }

    private static Set<String> threeWords(Message message) {
        String[] words = Written.content(message).split("\\W+", -1);
        Set<String> threes = new HashSet<>();
        for (int i = 0; i + 2 < words.length; i++) {
            threes.add(words[i] + " " + words[i + 1] + " " + words[i + 2]);
        }
        return threes;
    }

    /// Shared elements in all elements of both.
    private static double alike(Set<String> a, Set<String> b) {
        Set<String> both = new HashSet<>(a);
        both.retainAll(b);
        int all = a.size() + b.size() - both.size();
        return all == 0 ? 0 : both.size() / (double) all;
    }
}
