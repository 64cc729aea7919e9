package dev.attune.data;

import dev.attune.base.AttuneException;

import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;

/// What is kept of each row so that equal and alike ones find one another: four numbers a row in
/// memory, and some twenty a different prompt that are sorted on the disk, whatever its length.
///
/// Rows are numbered in the order in which they are added. Memory: 32 bytes a row, 16 to 32 bytes a
/// different prompt, and what [SortedLongs] takes; disk: up to 250 bytes a different prompt.
/// Whoever makes it closes it. Not thread-safe.
final class RowIndex implements AutoCloseable {
    /// A number of a row has so many bits beside a candidate key, which has the others: of a
    /// hundred million keys a few ten thousand are equal by chance, and their rows compared in
    /// vain.
    private static final int ROW_BITS = 28;

    private static final int MAX_ROWS = 1 << ROW_BITS;

    /// Of a group of rows with one key each is compared with so many that stand before it.
    private static final int REACH = 64;

    /// From so many rows of one key on, with so many only: what half a data set shares tells nobody
    /// from the rest.
    private static final int MANY = 1024;

    private static final int SHORT_REACH = 4;
    private static final long MIN_PAIRS = 4_000_000;
    private static final int PAIRS_PER_ROW = 8;
    private static final int LINE_BITS = 40;

    private final List<Path> files;
    private final CandidateKeys candidates = new CandidateKeys();
    private final LongList places = new LongList();
    private final LongList prompts = new LongList();
    private final LongList answers = new LongList();
    private final LongList rowNumbers = new LongList();
    private final SortedLongs keys = new SortedLongs(SortedLongs.IN_MEMORY);
    private final FirstRows firstPrompts = new FirstRows();
    private int partlyCompared;

    RowIndex(List<Path> files) {
        this.files = List.copyOf(files);
    }

    /// Adds a row of file number `file`; its number.
    int add(int file, CheckedRow checked) {
        int id = places.size();
        if (id == MAX_ROWS) {
            throw AttuneException.user("The data has more than %,d rows.".formatted(MAX_ROWS))
                    .at(files.get(file))
                    .fix("Give it in several parts.");
        }
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
                keys.add(key >>> ROW_BITS << ROW_BITS | id);
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

    /// How many rows have so many candidates that they were compared with some of them only.
    int partlyCompared() {
        return partlyCompared;
    }

    /// Adds pairs of rows whose prompts may be alike and are not the same to `into`, as `first <<
    /// 32 | second`, some of them several times; of rows with the same prompt the first stands for
    /// all. Beyond so many pairs a row has none but those with the row before it of the same key.
    void candidatePairs(SortedLongs into, Progress progress) {
        long mostPairs = Math.max(MIN_PAIRS, (long) PAIRS_PER_ROW * size());
        long pairs = 0;
        int[] before = new int[REACH];
        BitSet partly = new BitSet(size());
        int met = 0;
        long key = -1;
        progress.begins("keys compared", keys.added());
        SortedLongs.Ascending sorted = keys.ascending();
        for (long done = 1; sorted.hasNext(); done++) {
            long next = sorted.next();
            progress.at(done, done);
            if (next >>> ROW_BITS != key) {
                key = next >>> ROW_BITS;
                met = 0;
            }
            int row = (int) (next & (MAX_ROWS - 1));
            int reach = pairs > mostPairs ? 1 : met < MANY ? REACH : SHORT_REACH;
            if (met > reach) {
                partly.set(row);
            }
            for (int i = Math.max(0, met - reach); i < met; i++) {
                if (before[i % REACH] != row) {
                    into.add((long) before[i % REACH] << 32 | row);
                    pairs++;
                }
            }
            before[met++ % REACH] = row;
        }
        partlyCompared = partly.cardinality();
    }

    @Override
    public void close() {
        keys.close();
    }
}
