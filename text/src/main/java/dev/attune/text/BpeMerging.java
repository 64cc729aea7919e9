package dev.attune.text;

import dev.attune.text.TokenizerJson.Merge;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/// The merging of counted words. Pairs are counted once; a merge then changes the counts of the
/// pairs beside it only, in the words that hold it.
///
/// ```
/// word   t h e r e     merge (h, e)     t he r e
/// pairs  th he er re   ────────────▶    the her re:  th - n, he - n, er - n, t+he + n, he+r + n
/// ```
///
/// The queue is not mended when a count falls: an entry that is found to be stale on its way out
/// goes back in with its true count. Not thread-safe; used once.
final class BpeMerging {
    private static final int BYTES = 256;

    /// Tokens by number: the bytes first, then merges in order.
    private final List<byte[]> tokens = new ArrayList<>();

    private final int[][] words;
    private final long[] counts;
    private final Map<Long, Pair> pairs = new HashMap<>();
    private final PriorityQueue<Candidate> queue = new PriorityQueue<>(this::order);

    BpeMerging(Map<String, Long> counted) {
        for (int b = 0; b < BYTES; b++) {
            tokens.add(new byte[] {(byte) b});
        }
        words = new int[counted.size()][];
        counts = new long[words.length];
        int i = 0;
        for (Map.Entry<String, Long> word : counted.entrySet()) {
            words[i] = bytes(word.getKey());
            counts[i] = word.getValue();
            countPairs(i++);
        }
        pairs.forEach((key, pair) -> queue.add(new Candidate(key, pair.count)));
    }

    TrainedBpe learn(int vocabSize, List<String> specialTokens) {
        List<Merge> merges = new ArrayList<>();
        while (specialTokens.size() + tokens.size() < vocabSize && !queue.isEmpty()) {
            Candidate best = queue.remove();
            Pair pair = pairs.get(best.key());
            if (pair == null || pair.count != best.count()) {
                if (pair != null && pair.count > 0) {
                    queue.add(new Candidate(best.key(), pair.count));
                }
                continue;
            }
            merges.add(
                    new Merge(
                            ByteLevel.text(tokens.get(left(best.key()))),
                            ByteLevel.text(tokens.get(right(best.key())))));
            merge(best.key(), pair);
        }
        List<String> learned =
                tokens.subList(BYTES, tokens.size()).stream().map(ByteLevel::text).toList();
        return TrainedBpe.of(specialTokens, learned, merges);
    }

    private void merge(long key, Pair pair) {
        byte[] left = tokens.get(left(key));
        byte[] right = tokens.get(right(key));
        byte[] both = Arrays.copyOf(left, left.length + right.length);
        System.arraycopy(right, 0, both, left.length, right.length);
        int made = tokens.size();
        tokens.add(both);
        pairs.remove(key);
        Set<Long> grown = new HashSet<>();
        for (int i = 0; i < pair.size; i++) {
            mergeIn(pair.words[i], key, made, grown);
        }
        for (long neighbour : grown) {
            Pair changed = pairs.get(neighbour);
            if (changed != null && changed.count > 0) {
                queue.add(new Candidate(neighbour, changed.count));
            }
        }
    }

    private void mergeIn(int word, long key, int made, Set<Long> grown) {
        int[] old = words[word];
        int[] merged = new int[old.length];
        int n = 0;
        for (int i = 0; i < old.length; i++) {
            if (i + 1 < old.length && key(old[i], old[i + 1]) == key) {
                merged[n++] = made;
                i++;
            } else {
                merged[n++] = old[i];
            }
        }
        if (n == old.length) {
            return;
        }
        long count = counts[word];
        for (int i = 0; i + 1 < old.length; i++) {
            Pair gone = pairs.get(key(old[i], old[i + 1]));
            if (gone != null) {
                gone.count -= count;
            }
        }
        words[word] = Arrays.copyOf(merged, n);
        for (int i = 0; i + 1 < n; i++) {
            long now = key(merged[i], merged[i + 1]);
            Pair there = pairs.computeIfAbsent(now, _ -> new Pair());
            there.count += count;
            if (merged[i] == made || merged[i + 1] == made) {
                there.add(word);
                grown.add(now);
            }
        }
    }

    private void countPairs(int word) {
        int[] symbols = words[word];
        for (int i = 0; i + 1 < symbols.length; i++) {
            Pair pair = pairs.computeIfAbsent(key(symbols[i], symbols[i + 1]), _ -> new Pair());
            pair.count += counts[word];
            pair.add(word);
        }
    }

    /// The most frequent first; of equals, the one whose bytes come last.
    private int order(Candidate a, Candidate b) {
        int byCount = Long.compare(b.count(), a.count());
        if (byCount != 0) {
            return byCount;
        }
        int byLeft = Arrays.compareUnsigned(tokens.get(left(b.key())), tokens.get(left(a.key())));
        return byLeft != 0
                ? byLeft
                : Arrays.compareUnsigned(tokens.get(right(b.key())), tokens.get(right(a.key())));
    }

    private static int[] bytes(String word) {
        byte[] utf8 = word.getBytes(StandardCharsets.UTF_8);
        int[] symbols = new int[utf8.length];
        for (int i = 0; i < symbols.length; i++) {
            symbols[i] = utf8[i] & 0xff;
        }
        return symbols;
    }

    private static long key(int left, int right) {
        return (long) left << 32 | right;
    }

    private static int left(long key) {
        return (int) (key >>> 32);
    }

    private static int right(long key) {
        return (int) key;
    }

    /// A pair as the queue knows it.
    private record Candidate(long key, long count) {}

    /// How often a pair is there, and the words it was ever in.
    private static final class Pair {
        private long count;
        private int[] words = new int[2];
        private int size;

        private void add(int word) {
            if (size > 0 && words[size - 1] == word) {
                return;
            }
            if (size == words.length) {
                words = Arrays.copyOf(words, 2 * size);
            }
            words[size++] = word;
        }
    }
}
