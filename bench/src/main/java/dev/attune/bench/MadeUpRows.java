package dev.attune.bench;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// Questions to a help desk and their answers, made from words and a seed; no two ask the same.
///
/// Many differ in a single word or number from another one, which is what a search for alike rows
/// must not be taken in by.
final class MadeUpRows {
    static final List<String> LABELS =
            List.of("billing", "delivery", "returns", "account", "warranty", "stock");

    private static final List<String> VERBS =
            words(
                    "cancel change track return repair install upgrade export import delete rename"
                        + " share print archive restore translate verify schedule compare replace"
                        + " activate configure measure register unlock transfer merge inspect"
                        + " polish assemble");
    private static final List<String> THINGS =
            words(
                    "invoice parcel subscription password keyboard lamp monitor contract address"
                        + " calendar recipe garden bicycle camera charger mattress printer router"
                        + " suitcase teapot umbrella violin wallet window basket blanket candle"
                        + " drawer envelope fountain guitar hammer jacket kettle ladder mirror"
                        + " notebook oven pillow rucksack saddle toaster vase whistle anchor"
                        + " bracelet compass dresser elevator freezer");
    private static final List<String> QUALITIES =
            words(
                    "broken yellow wooden spare heavy foldable silent antique leather waterproof"
                        + " digital narrow golden rusty portable cracked woollen magnetic striped"
                        + " expired");
    private static final List<String> PLACES =
            words(
                    "kitchen office Berlin warehouse cellar Lisbon library balcony harbour Vienna"
                            + " school hospital tent Oslo workshop airport Prague cottage museum"
                            + " studio");
    private static final List<String> FORMS =
            List.of(
                    "How do I %1$s the %3$s %2$s in the %4$s?",
                    "I want to %1$s my %3$s %2$s, which is still in the %4$s. What must I do?",
                    "Can you %1$s a %3$s %2$s for the %4$s?",
                    "Who may %1$s the %3$s %2$s that was sent to the %4$s?",
                    "When will somebody %1$s the %3$s %2$s from the %4$s?",
                    "Is it allowed to %1$s number %5$d of the %3$s %2$s at the %4$s?");
    private static final List<String> SENTENCES =
            List.of(
                    "Our team looks at the %2$s first and writes to you about the %3$s part.",
                    "Please keep the receipt of the %2$s, since the %4$s asks for it.",
                    "To %1$s it takes about %5$d days, and there is nothing to pay.",
                    "Nobody but the owner of the %2$s may ask for that in the %4$s.",
                    "A colleague from the %4$s calls you back once the %2$s is ready.",
                    "The %3$s one has a warranty of %5$d months, the others have not.");

    private final Random random;
    private final Set<String> asked = new HashSet<>();

    MadeUpRows(long seed) {
        this.random = new Random(seed);
    }

    /// A question and its answer.
    ///
    /// @param words the words that tell it from others
    record Row(String prompt, String answer, List<String> words) {
        /// Copies the list.
        Row {
            words = List.copyOf(words);
        }

        Row with(String otherPrompt) {
            return new Row(otherPrompt, answer, words);
        }

        Row answered(String otherAnswer) {
            return new Row(prompt, otherAnswer, words);
        }
    }

    /// A question that was not asked before, answered with a label.
    Row labelled() {
        Row row = next();
        return row.answered(LABELS.get(random.nextInt(LABELS.size())));
    }

    /// A question that was not asked before, answered in a few sentences.
    Row next() {
        while (true) {
            String verb = one(VERBS);
            String thing = one(THINGS);
            String quality = one(QUALITIES);
            String place = one(PLACES);
            int number = 2 + random.nextInt(97);
            String form = one(FORMS);
            String key =
                    String.join(" ", verb, thing, quality, place)
                            + (form.contains("%5") ? number : FORMS.indexOf(form));
            if (asked.add(key)) {
                String prompt = form.formatted(verb, thing, quality, place, number);
                List<String> answer = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    answer.add(
                            one(SENTENCES)
                                    .formatted(
                                            one(VERBS),
                                            thing,
                                            one(QUALITIES),
                                            one(PLACES),
                                            2 + random.nextInt(40)));
                }
                return new Row(
                        prompt, String.join(" ", answer), List.of(verb, thing, quality, place));
            }
        }
    }

    private String one(List<String> words) {
        return words.get(random.nextInt(words.size()));
    }

    private static List<String> words(String text) {
        return List.of(text.split(" "));
    }
}
