package dev.attune.starter;

import dev.attune.text.Message;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Texts without end: conversations and plain texts, drawn from all frames of the base model's
/// files by their weights. The same seed gives the same texts. Not thread-safe.
final class CorpusText {
    /// What is drawn, and how often.
    ///
    /// @param files the files whose frames are drawn; one that stands twice counts twice
    /// @param emphasis frames whose name begins so are drawn so many times as often
    record Mixture(List<String> files, Map<String, Integer> emphasis) {
        /// Customers, lessons and talk.
        static final Mixture FIRST =
                new Mixture(List.of("support", "support", "lessons", "talk"), Map.of());

        /// The same with much to be found and said again.
        static final Mixture SECOND =
                new Mixture(
                        List.of("support", "lessons", "talk", "recall"),
                        Map.of("copy.", 4, "find.", 3, "say.again", 3, "recall.", 6));

        /// Above all customers, now also such as do not say how urgent it is.
        static final Mixture THIRD =
                new Mixture(
                        List.of("support", "support", "lessons", "talk", "recall", "sorting"),
                        Map.of("quiet.", 3, "find.", 3, "recall.", 3, "copy.", 2));

        /// The same with more ways to say what customers say, and with topics as JSON.
        static final Mixture FOURTH =
                new Mixture(
                        List.of("support", "lessons", "talk", "recall", "sorting", "labels"),
                        Map.of("label.", 6, "find.", 2, "quiet.", 1));

        /// Above all a desk that answers and notes what it was about.
        static final Mixture FIFTH =
                new Mixture(
                        List.of("support", "lessons", "talk", "labels", "desk"),
                        Map.of("desk.", 10, "label.", 3, "find.", 2));

        Mixture {
            files = List.copyOf(files);
            emphasis = Map.copyOf(emphasis);
        }

        private int times(Frame frame) {
            return frame.weight()
                    * emphasis.entrySet().stream()
                            .filter(entry -> frame.id().startsWith(entry.getKey()))
                            .mapToInt(Map.Entry::getValue)
                            .findFirst()
                            .orElse(1);
        }
    }

    /// One in so many customers writes in small letters only.
    private static final int CARELESS = 9;

    private final PhraseBook book;
    private final RandomGenerator random;
    private final List<Frame> drawn = new ArrayList<>();

    CorpusText(PhraseBook book, Mixture mixture, long seed) {
        this.book = book;
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        for (String file : mixture.files()) {
            for (Frame frame : book.frames(file)) {
                for (int i = 0; i < mixture.times(frame); i++) {
                    drawn.add(frame);
                }
            }
        }
    }

    /// The grammar of the base model's texts.
    static PhraseBook phrases() {
        return PhraseBook.of(
                "words", "support", "lessons", "talk", "recall", "sorting", "labels", "desk");
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
