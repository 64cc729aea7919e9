package dev.attune.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Keys of which two texts that are alike share at least one, nearly surely, and others seldom.
///
/// A short text gives a key of its content words in any order, and for each of them two keys of the
/// others with the first or the last letter of this one: texts that differ in the spelling of one
/// word share such a key, whatever their function words are; slips within several words are found
/// by a key of all first and last letters. A long text gives the bands of a MinHash over its
/// content words and pairs of neighbours: with 16 bands of 4 (Broder 1997; Leskovec, Rajaraman and
/// Ullman, Mining of Massive Datasets, chapter 3), texts that share 80 % of these share a band with
/// a probability of 0.9997, texts that share 20 % with 0.025.
final class CandidateKeys {
    static final int SHORT_WORDS = 14;

    private static final int BANDS = 16;
    private static final int BAND_ROWS = 4;
    private static final int HASHES = BANDS * BAND_ROWS;

    private final int[] factors = new int[HASHES];
    private final int[] offsets = new int[HASHES];

    CandidateKeys() {
        Random random = new Random(0x5EED);
        for (int i = 0; i < HASHES; i++) {
            factors[i] = random.nextInt() | 1;
            offsets[i] = random.nextInt();
        }
    }

    /// The keys of a text; none where it has no words.
    long[] of(Words words) {
        List<String> content = words.content();
        return content.size() <= SHORT_WORDS ? ofShort(content) : bands(content);
    }

    private static long[] ofShort(List<String> content) {
        int n = content.size();
        if (n == 0) {
            return new long[0];
        }
        long[] hashes = new long[n];
        long sum = n;
        for (int i = 0; i < n; i++) {
            hashes[i] = Hash64.of(content.get(i));
            sum += hashes[i];
        }
        List<Long> keys = new ArrayList<>();
        keys.add(Hash64.mixed(sum));
        if (n >= 3) {
            keys.add(ends(content));
        }
        for (int i = 0; i < n; i++) {
            String word = content.get(i);
            if (word.length() < 3 || Words.isNumber(word)) {
                continue;
            }
            long rest = sum - hashes[i];
            keys.add(Hash64.of(rest, 0x10000 + word.charAt(0)));
            keys.add(Hash64.of(rest, 0x20000 + word.charAt(word.length() - 1)));
        }
        return keys.stream().mapToLong(Long::longValue).toArray();
    }

    /// A key of the first and last letters of the words, which slips of the finger within words
    /// leave alone.
    private static long ends(List<String> content) {
        long sum = content.size();
        for (String word : content) {
            sum +=
                    Words.isNumber(word)
                            ? Hash64.of(word)
                            : Hash64.of(word.charAt(0), word.charAt(word.length() - 1));
        }
        return Hash64.of(sum, 0x30000);
    }

    private long[] bands(List<String> words) {
        int[] least = new int[HASHES];
        Arrays.fill(least, Integer.MAX_VALUE);
        long before = 0;
        for (String word : words) {
            long hash = Hash64.of(word);
            take((int) Hash64.mixed(hash), least);
            take((int) Hash64.of(before, hash), least);
            before = hash;
        }
        long[] keys = new long[BANDS];
        for (int band = 0; band < BANDS; band++) {
            long key = band;
            for (int i = 0; i < BAND_ROWS; i++) {
                key = Hash64.of(key, least[band * BAND_ROWS + i]);
            }
            keys[band] = key;
        }
        return keys;
    }

    private void take(int shingle, int[] least) {
        for (int i = 0; i < HASHES; i++) {
            int hash = shingle * factors[i] + offsets[i];
            hash ^= hash >>> 15;
            least[i] = Math.min(least[i], hash * 0x2C1B3C6D);
        }
    }
}
