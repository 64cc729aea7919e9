package dev.attune.starter;

import dev.attune.text.Message;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Texts without end: conversations and plain texts, drawn from all frames of the base model's
/// files by their weights. The same seed gives the same texts. Not thread-safe.
final class CorpusText {
    /// The files that the base model learns from; one that stands twice counts twice.
    static final List<String> FILES = List.of("support", "support", "lessons", "talk");

    /// One in so many customers writes in small letters only.
    private static final int CARELESS = 9;

    private final PhraseBook book;
    private final RandomGenerator random;
    private final List<Frame> drawn = new ArrayList<>();

    CorpusText(PhraseBook book, long seed) {
        this.book = book;
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        for (String file : FILES) {
            for (Frame frame : book.frames(file)) {
                for (int i = 0; i < frame.weight(); i++) {
                    drawn.add(frame);
                }
            }
        }
    }

    /// The grammar of the base model's texts.
    static PhraseBook phrases() {
        return PhraseBook.of("words", "support", "lessons", "talk");
    }

    /// The next text: messages, or one message of the role `text`.
    List<Message> next() {
        Frame frame = drawn.get(random.nextInt(drawn.size()));
        return Written.of(frame, new Draft(book, random)).stream().map(this::careless).toList();
    }

    private Message careless(Message message) {
        boolean user = message.role().equals("user");
        String text = Written.content(message);
        if (!user || text.contains("\"") || text.contains(":") || random.nextInt(CARELESS) > 0) {
            return message;
        }
        String small = text.toLowerCase(java.util.Locale.ROOT);
        return Message.of("user", small.replaceAll("[.!,]$", ""));
    }
}
