package dev.attune.text;

import dev.attune.base.AttuneException;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Learns a byte-level BPE vocabulary from texts, as GPT-2's was learned.
///
/// ```
/// BpeTrainer trainer = BpeTrainer.of(500, List.of("<|endoftext|>"));
/// trainer.addFile(corpus);
/// trainer.train().writeTokenizerJson(folder);
/// ```
///
/// Texts are split into words by GPT-2's expression; words are counted, so memory grows with the
/// number of different ones and not with the text. Then the most frequent pair of neighbours in
/// words becomes a token, again and again; of equally frequent pairs the one whose bytes come last
/// in order. Special tokens end a word and teach nothing.
///
/// With [#singleDigits], each digit is a word of its own before that, as SmolLM's and StarCoder's
/// vocabularies have it: numbers are then copied digit by digit, and none is a token.
///
/// Not thread-safe; needs no closing.
public final class BpeTrainer {
    /// The bytes that every vocabulary begins with.
    private static final int BYTES = 256;

    private static final int CHUNK_CHARS = 1 << 20;

    /// In a text, where GPT-2's words end.
    private static final Pattern WORD =
            Pattern.compile(TokenizerJson.GPT2_SPLIT, Pattern.UNICODE_CHARACTER_CLASS);

    private static final Pattern DIGIT = Pattern.compile(TrainedBpe.DIGIT_SPLIT);

    private final int vocabSize;
    private final List<String> specialTokens;
    private final Pattern special;
    private final boolean singleDigits;
    private final Map<String, Long> words = new HashMap<>();

    private BpeTrainer(int vocabSize, List<String> specialTokens, boolean singleDigits) {
        this.vocabSize = vocabSize;
        this.specialTokens = specialTokens;
        this.singleDigits = singleDigits;
        this.special =
                Pattern.compile(
                        specialTokens.stream()
                                .sorted((a, b) -> Integer.compare(b.length(), a.length()))
                                .map(Pattern::quote)
                                .collect(Collectors.joining("|")));
    }

    /// A trainer that has seen nothing.
    ///
    /// @param vocabSize how many tokens there are to be: the special ones, 256 bytes and the merges
    /// @param specialTokens get the first ids, in this order
    /// @throws AttuneException of kind USER if the size leaves no room for the bytes, or a special
    ///   token is empty, repeated or holds a space
    public static BpeTrainer of(int vocabSize, List<String> specialTokens) {
        int least = BYTES + specialTokens.size();
        if (vocabSize < least) {
            throw AttuneException.user(
                            "The vocabulary size is %d; the bytes and special tokens alone are %d."
                                    .formatted(vocabSize, least))
                    .fix("Choose a larger vocabulary, such as 2000 or 32000.");
        }
        if (new LinkedHashSet<>(specialTokens).size() < specialTokens.size()
                || specialTokens.stream().anyMatch(t -> t.isEmpty() || t.matches("(?s).*\\s.*"))) {
            throw AttuneException.user(
                            "The special tokens are %s: each must be there once, with a text and"
                                            .formatted(specialTokens)
                                    + " without spaces.")
                    .fix("Write them like <|endoftext|>.");
        }
        return new BpeTrainer(vocabSize, List.copyOf(specialTokens), false);
    }

    /// A trainer like this one that has seen nothing and keeps every digit apart.
    public BpeTrainer singleDigits() {
        return new BpeTrainer(vocabSize, specialTokens, true);
    }

    /// Counts the words of a text, which begins and ends words.
    public void add(CharSequence text) {
        if (specialTokens.isEmpty()) {
            count(text, 0, text.length());
            return;
        }
        int from = 0;
        for (Matcher found = special.matcher(text); found.find(); from = found.end()) {
            count(text, from, found.start());
        }
        count(text, from, text.length());
    }

    /// Counts the words of a file in UTF-8, a piece at a time.
    ///
    /// @throws AttuneException of kind USER if there is no such file or it is not UTF-8,
    ///   ENVIRONMENT if it cannot be read
    public void addFile(Path file) {
        StringBuilder pending = new StringBuilder();
        char[] chunk = new char[CHUNK_CHARS];
        try (Reader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                pending.append(chunk, 0, n);
                int cut = lastWordEnd(pending);
                add(pending.substring(0, cut));
                pending.delete(0, cut);
            }
        } catch (NoSuchFileException e) {
            throw AttuneException.user("There is no such file.").at(file).fix("Check the path.");
        } catch (CharacterCodingException e) {
            throw AttuneException.user("The file is not UTF-8.")
                    .at(file)
                    .fix("Convert it, as with: iconv -f ISO-8859-1 -t UTF-8.")
                    .causedBy(e);
        } catch (IOException e) {
            throw AttuneException.environment("The file cannot be read: " + e.getMessage() + ".")
                    .at(file)
                    .fix("Check that you may read it, and the disk that it is on.")
                    .causedBy(e);
        }
        add(pending);
    }

    /// Learns from all that was added. The vocabulary is smaller than asked for if every word has
    /// become one token before.
    public TrainedBpe train() {
        return new BpeMerging(words).learn(vocabSize, specialTokens).withSingleDigits(singleDigits);
    }

    /// Where a word certainly ends: a space after something that is none. 0 if there is no place.
    private static int lastWordEnd(CharSequence text) {
        for (int i = text.length() - 1; i > 0; i--) {
            if (text.charAt(i) == ' ' && !Character.isWhitespace(text.charAt(i - 1))) {
                return i;
            }
        }
        return 0;
    }

    private void count(CharSequence text, int from, int to) {
        if (!singleDigits) {
            countWords(text, from, to);
            return;
        }
        int begin = from;
        // A digit alone has no neighbour to merge with, so it need not be counted.
        for (Matcher digit = DIGIT.matcher(text.subSequence(from, to)); digit.find(); ) {
            countWords(text, begin, from + digit.start());
            begin = from + digit.end();
        }
        countWords(text, begin, to);
    }

    private void countWords(CharSequence text, int from, int to) {
        if (from == to) {
            return;
        }
        // A view of its own, so that what follows `to` is not looked at.
        Matcher word = WORD.matcher(text.subSequence(from, to));
        while (word.find()) {
            words.merge(word.group(), 1L, Long::sum);
        }
    }
}
