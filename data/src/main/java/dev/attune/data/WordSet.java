package dev.attune.data;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/// A few words that every word of a data set is looked up among. Lookups that find nothing, which
/// nearly all are, cost a third of those in a `Set.of`, which divides by its size.
final class WordSet {
    private final Set<String> words;

    private WordSet(Set<String> words) {
        this.words = words;
    }

    static WordSet of(String... words) {
        return new WordSet(new HashSet<>(Arrays.asList(words)));
    }

    boolean contains(String word) {
        return words.contains(word);
    }
}
