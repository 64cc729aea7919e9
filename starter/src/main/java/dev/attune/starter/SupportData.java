package dev.attune.starter;

import dev.attune.text.Message;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// The sample data: conversations of GreenLeaf Support.
///
/// ```
/// system     You are GreenLeaf Support. Be warm and brief, ...
/// user       Hi there! My fern has dry tips. This is urgent!
/// assistant  Spray it with soft water each morning. You came first today.
///            {"category": "technical", "urgency": "high"}
/// ```
///
/// All categories come equally often, and so do the urgencies within each; praise is never urgent.
/// Customers of the training rows and of the held-out rows speak by templates of their own.
final class SupportData {
    /// The seed of the embedded rows.
    static final long SEED = 2026;

    static final int TRAIN_ROWS = 960;
    static final int HELDOUT_ROWS = 120;

    private static final List<String> CATEGORIES =
            List.of(
                    "delivery",
                    "billing",
                    "returns",
                    "account",
                    "technical",
                    "product",
                    "cancellation",
                    "praise");
    private static final List<String> URGENCIES = List.of("high", "normal", "low");

    /// One row in so many has a second question.
    private static final int SECOND = 7;

    /// One row in so many has no system message.
    private static final int BARE = 12;

    private final PhraseBook book;
    private final RandomGenerator random;
    private final Set<String> taken = new HashSet<>();

    private SupportData(PhraseBook book, long seed) {
        this.book = book;
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    /// Both files.
    ///
    /// @param train the rows to learn from
    /// @param heldout the rows to judge by
    record Rows(List<List<Message>> train, List<List<Message>> heldout) {}

    /// Draws all rows. The same seed gives the same rows.
    static Rows drawn(long seed) {
        SupportData data = new SupportData(phrases(), seed);
        return new Rows(data.rows("train", TRAIN_ROWS), data.rows("heldout", HELDOUT_ROWS));
    }

    /// The grammar of the sample data.
    static PhraseBook phrases() {
        return PhraseBook.of("words", "greenleaf");
    }

    private List<List<Message>> rows(String part, int count) {
        List<List<Message>> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String category = CATEGORIES.get(i % CATEGORIES.size());
            String urgency = URGENCIES.get(i / CATEGORIES.size() % URGENCIES.size());
            rows.add(fresh(part, category, urgency));
        }
        Collections.shuffle(rows, Random.from(random));
        return rows;
    }

    /// A row of which no message and no answer was there before.
    private List<Message> fresh(String part, String category, String urgency) {
        while (true) {
            List<Message> row = row(part, category, urgency);
            List<String> said =
                    row.stream()
                            .filter(message -> !message.role().equals("system"))
                            .map(Written::content)
                            .toList();
            if (said.stream().noneMatch(taken::contains)) {
                taken.addAll(said);
                return row;
            }
        }
    }

    private List<Message> row(String part, String category, String urgency) {
        Draft draft = new Draft(book, random);
        say(draft, "{!p:person}");
        draft.set("named", random.nextInt(3) > 0 ? "yes" : "no");
        List<Message> messages = new ArrayList<>();
        if (random.nextInt(BARE) > 0) {
            messages.add(Message.of("system", draft.rule("green-system")));
        }
        ask(draft, part, category, urgency);
        exchange(draft, "<green-message-" + part + ">", messages);
        if (random.nextInt(SECOND) == 0) {
            String other = CATEGORIES.get(random.nextInt(CATEGORIES.size()));
            ask(draft, part, other, URGENCIES.get(random.nextInt(URGENCIES.size())));
            exchange(draft, "<body-" + part + "> <green-cue-" + part + "-$cue>", messages);
        }
        return messages;
    }

    /// Chooses what a customer writes about.
    private void ask(Draft draft, String part, String category, String urgency) {
        boolean praise = category.equals("praise");
        boolean silent = urgency.equals("normal") && random.nextInt(3) == 0;
        draft.set("urgency", praise ? "low" : urgency);
        draft.set("warm", praise ? "praise" : urgency);
        draft.set("cue", praise || silent ? "none" : urgency);
        draft.set("numbered", random.nextBoolean() ? "yes" : "no");
        draft.set("set", part.equals("train") || random.nextBoolean() ? "train" : "heldout");
        say(draft, "{!o:order}{!k:green-case(" + category + ")}{!x:green($set)}");
    }

    private static void exchange(Draft draft, String question, List<Message> messages) {
        messages.add(Message.of("user", Polish.sentences(say(draft, question))));
        String answer = Polish.sentences(say(draft, "<green-answer>"));
        messages.add(Message.of("assistant", answer + "\n" + say(draft, "<green-label>")));
    }

    private static String say(Draft draft, String template) {
        return draft.write(PhraseParser.parse(template));
    }
}
