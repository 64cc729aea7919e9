package dev.attune.data;

import java.nio.file.Path;
import java.util.List;
import java.util.function.IntPredicate;

/// What is kept of each row so that equal and alike ones find one another: four numbers a row and
/// some twenty a different prompt, whatever its length.
///
/// Rows are numbered in the order in which they are added. Memory: 32 bytes a row and up to 250
/// bytes a different prompt; a million different prompts take a quarter of a gigabyte. Not
/// thread-safe.
final class RowIndex {
    /// Of a group of rows with one key each is compared with so many that follow it.
    private static final int REACH = 64;

    private static final int MAX_PAIRS = 4_000_000;
    private static final int LINE_BITS = 40;

    private final List<Path> files;
    private final CandidateKeys candidates = new CandidateKeys();
    private final LongList places = new LongList();
    private final LongList prompts = new LongList();
    private final LongList answers = new LongList();
    private final LongList rowNumbers = new LongList();
    private final LongList keys = new LongList();
    private final FirstRows firstPrompts = new FirstRows();
    private boolean capped;

    RowIndex(List<Path> files) {
        this.files = List.copyOf(files);
    }

    /// Adds a row of file number `file`; its number.
    int add(int file, CheckedRow checked) {
        int id = places.size();
        RowText row = checked.text();
        boolean text = row.prompt().isBlank();
        Words words = checked.asked();
        long prompt = Hash64.of(Hash64.of(row.system().strip()), words.hash());
        places.add((long) file << LINE_BITS | row.origin().line());
        rowNumbers.add(row.origin().row());
        prompts.add(prompt);
        answers.add(text ? 0 : checked.answer().hash());
        if (firstPrompts.first(prompt, id) == id) {
            for (long key : candidates.of(words)) {
                keys.add(key >>> 32 << 32 | id);
            }
        }
        return id;
    }

    /// How many rows there are.
    int size() {
        return places.size();
    }

    /// Where a row was written.
    Origin origin(int row) {
        long place = places.at(row);
        return new Origin(
                files.get(file(row)), place & ((1L << LINE_BITS) - 1), rowNumbers.at(row));
    }

    /// Which file a row is from.
    int file(int row) {
        return (int) (places.at(row) >>> LINE_BITS);
    }

    /// The first row with the same system message and prompt, but for case, punctuation and spaces.
    int firstWithPrompt(int row) {
        return firstPrompts.find(prompts.at(row));
    }

    /// Equal for rows with the same answer, but for case, punctuation and spaces.
    long answer(int row) {
        return answers.at(row);
    }

    /// Whether so many rows were alike that not all were compared.
    boolean isCapped() {
        return capped;
    }

    /// Pairs of rows whose prompts may be alike and are not the same; of rows with the same prompt
    /// the first stands for all. To be asked once.
    ///
    /// @param wanted which rows may stand first or second
    LongList candidatePairs(IntPredicate wanted) {
        keys.sort();
        LongList pairs = new LongList();
        int from = 0;
        while (from < keys.size()) {
            int to = from + 1;
            long key = keys.at(from) >>> 32;
            while (to < keys.size() && keys.at(to) >>> 32 == key) {
                to++;
            }
            pairs(from, to, pairs, wanted);
            from = to;
        }
        pairs.sortUnique();
        return pairs;
    }

    private void pairs(int from, int to, LongList pairs, IntPredicate wanted) {
        for (int i = from; i < to; i++) {
            int a = (int) keys.at(i);
            int end = Math.min(to, i + 1 + REACH);
            capped |= end < to;
            for (int j = i + 1; j < end; j++) {
                int b = (int) keys.at(j);
                if (a == b || !(wanted.test(a) && wanted.test(b))) {
                    continue;
                }
                if (pairs.size() >= MAX_PAIRS) {
                    pairs.sortUnique();
                    if (pairs.size() >= MAX_PAIRS / 2) {
                        capped = true;
                        return;
                    }
                }
                pairs.add((long) a << 32 | b);
            }
        }
    }
}
