package dev.attune.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The words of some rows, to be compared in any order: on the disk where they are many, and the
/// rows that were asked for last in memory.
///
/// ```
/// record: system message's hash, 8 | bytes of the prompt's words, 4 | words of prompt | of answer
/// ```
///
/// Whoever reads them closes them. Not thread-safe.
final class RowTexts implements AutoCloseable {
    private static final int MEMORY_BYTES = 4 << 20;
    private static final int MAX_WORDS = 600;
    private static final int KEPT = 1 << 9;

    private final SpillFile spill = new SpillFile(MEMORY_BYTES);
    private final LongList rows = new LongList();
    private final LongList starts = new LongList();
    private final int[] keptRows = new int[KEPT];
    private final Text[] kept = new Text[KEPT];

    private RowTexts() {
        Arrays.fill(keptRows, -1);
    }

    /// What is compared of a row.
    ///
    /// @param prompt of a text that asks nothing, its own words
    record Text(long system, Words prompt, Words answer) {}

    /// Reads the texts of the rows that are `wanted`, numbered as in a [RowIndex].
    static RowTexts read(BitSet wanted, Supplier<RowStream> again, Progress progress) {
        RowTexts texts = new RowTexts();
        int row = 0;
        int last = wanted.length();
        try (RowStream stream = again.get()) {
            progress.begins("rows read again", stream.totalBytes());
            for (var read = stream.next(); read.isPresent() && row < last; read = stream.next()) {
                if (read.get() instanceof RowStream.Read.Understood understood) {
                    if (wanted.get(row)) {
                        texts.add(row, RowText.of(understood.example()));
                    }
                    row++;
                }
                progress.at(stream.rows(), stream.bytes());
            }
        } catch (RuntimeException e) {
            texts.close();
            throw e;
        }
        return texts;
    }

    private void add(int row, RowText text) {
        boolean plain = text.prompt().isBlank();
        byte[] prompt = words(plain ? text.answer() : text.prompt());
        byte[] answer = words(plain ? "" : text.answer());
        ByteBuffer record = ByteBuffer.allocate(12 + prompt.length + answer.length);
        record.putLong(Hash64.of(text.system().strip())).putInt(prompt.length);
        rows.add(row);
        starts.add(spill.append(record.put(prompt).put(answer).flip()));
    }

    private static byte[] words(String text) {
        List<String> words = Words.of(text).all();
        return String.join(" ", words.subList(0, Math.min(MAX_WORDS, words.size())))
                .getBytes(StandardCharsets.UTF_8);
    }

    /// What is compared of a row; nothing if it was not read.
    Optional<Text> of(int row) {
        int slot = row & (KEPT - 1);
        if (keptRows[slot] != row) {
            int at = rows.firstNotBelow(row);
            if (at == rows.size() || rows.at(at) != row) {
                return Optional.empty();
            }
            long from = starts.at(at);
            long to = at + 1 < starts.size() ? starts.at(at + 1) : spill.size();
            kept[slot] = text(spill.read(from, Math.toIntExact(to - from)));
            keptRows[slot] = row;
        }
        return Optional.of(kept[slot]);
    }

    private static Text text(ByteBuffer record) {
        long system = record.getLong();
        int promptBytes = record.getInt();
        Words prompt = words(record, promptBytes);
        return new Text(system, prompt, words(record, record.remaining()));
    }

    private static Words words(ByteBuffer record, int count) {
        byte[] bytes = new byte[count];
        record.get(bytes);
        String joined = new String(bytes, StandardCharsets.UTF_8);
        return new Words(joined.isEmpty() ? List.of() : Arrays.asList(joined.split(" ")));
    }

    @Override
    public void close() {
        spill.close();
    }
}
