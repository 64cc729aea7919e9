package dev.attune.train;

import dev.attune.data.RowFate;
import dev.attune.format.PendingFile;
import dev.attune.text.TokenSequence;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;

/// Writes `ledger.jsonl`: one line for each row of the data, with its place and its one fate.
///
/// ```
/// {"file":"train.jsonl","line":7,"row":7,"fate":"trained","tokens":61,"trained_tokens":24}
/// {"file":"train.jsonl","line":8,"row":8,"fate":"truncated","use":"trained",...,"tokens_lost":12}
/// ```
final class RowLedger {
    private static final List<String> FATES =
            List.of(
                    "trained",
                    "held_out",
                    "truncated",
                    "split",
                    "dropped",
                    "empty",
                    "nothing_to_learn",
                    "not_drawn");

    /// Without the name of the file no line is shorter.
    private static final long LEAST_LINE_BYTES = 80;

    private final JsonMapper mapper = new JsonMapper();
    private final Map<String, Long> counts = new HashMap<>();

    /// What rows are for.
    enum Use {
        TRAINED,
        HELD_OUT;

        private String told() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// Rows with one use.
    ///
    /// @param all the rows in which `rows` stand, for their notes
    /// @param fates of those that are not used whole
    /// @param times how often each is seen in the run, where weights say that
    record Part(
            ChosenRows rows,
            SourceRows all,
            List<RowFate> fates,
            Use use,
            Optional<IntUnaryOperator> times) {
        /// Copies the list.
        Part {
            fates = List.copyOf(fates);
        }
    }

    /// Writes the lines of all parts, whole or not at all.
    ///
    /// @return how many rows had each fate
    Map<String, Long> write(Path file, List<Part> parts) {
        long rows = parts.stream().mapToLong(part -> part.rows.rows()).sum();
        try (PendingFile pending = PendingFile.create(file, rows * LEAST_LINE_BYTES)) {
            Lines lines = new Lines(pending);
            for (Part part : parts) {
                write(part, lines);
            }
            lines.flush();
            pending.seal();
            pending.publish();
        }
        return counts;
    }

    private void write(Part part, Lines into) {
        int next = 0;
        for (int row = 0; row < part.rows.rows(); row++) {
            boolean isNext = next < part.fates.size() && part.fates.get(next).row() == row;
            into.add(line(part, row, isNext ? part.fates.get(next++) : null));
        }
    }

    /// Lines on their way to a file, a few at a time: there may be millions.
    private static final class Lines {
        private static final int BUFFER_BYTES = 1 << 20;

        private final PendingFile file;
        private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
        private long written;

        Lines(PendingFile file) {
            this.file = file;
        }

        void add(ObjectNode line) {
            waiting.writeBytes(line.toString().getBytes(StandardCharsets.UTF_8));
            waiting.write('\n');
            if (waiting.size() >= BUFFER_BYTES) {
                flush();
            }
        }

        void flush() {
            byte[] bytes = waiting.toByteArray();
            file.write(written, MemorySegment.ofArray(bytes));
            written += bytes.length;
            waiting.reset();
        }
    }

    private ObjectNode line(Part part, int row, @Nullable RowFate fate) {
        TokenSequence tokens = part.rows.row(row);
        int learnable = 0;
        for (int i = 1; i < tokens.length(); i++) {
            learnable += tokens.isTrained(i) ? 1 : 0;
        }
        boolean drawn = part.times.filter(times -> times.applyAsInt(row) == 0).isEmpty();
        String told = drawn || learnable == 0 ? fate(part.use, fate, learnable) : "not_drawn";
        counts.merge(told, 1L, Long::sum);
        ObjectNode line = mapper.createObjectNode();
        line.put("file", String.valueOf(part.rows.origin(row).file()));
        line.put("line", part.rows.origin(row).line());
        line.put("row", part.rows.origin(row).row() + 1);
        line.put("fate", told);
        line.put("use", part.use.told());
        line.put("tokens", tokens.length());
        line.put("trained_tokens", learnable);
        if (fate != null) {
            line.put("tokens_lost", fate.tokensLost());
            line.put("trained_tokens_lost", fate.trainedTokensLost());
        }
        part.times.ifPresent(times -> line.put("times_seen", times.applyAsInt(row)));
        List<String> notes = part.all.notes(part.rows.original(row));
        if (!notes.isEmpty()) {
            line.set("notes", mapper.valueToTree(notes));
        }
        return line;
    }

    private static String fate(Use use, @Nullable RowFate fate, int learnable) {
        if (fate != null) {
            return fate.kind().name().toLowerCase(Locale.ROOT);
        }
        return learnable == 0 ? "nothing_to_learn" : use.told();
    }

    /// In one line, for a person: `410 trained, 40 held_out, 2 nothing_to_learn`.
    static String told(Map<String, Long> counts) {
        return counts.entrySet().stream()
                .sorted(Comparator.comparingInt(entry -> FATES.indexOf(entry.getKey())))
                .map(entry -> "%,d %s".formatted(entry.getValue(), entry.getKey()))
                .collect(Collectors.joining(", "));
    }
}
