package dev.attune.data;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The columns of rows that go into others, on the disk where they are many.
///
/// Whoever reads them closes them. Not thread-safe.
final class MergedColumns implements AutoCloseable {
    private static final int MEMORY_BYTES = 4 << 20;

    private final SpillFile spill = new SpillFile(MEMORY_BYTES);
    private final LongList rows = new LongList();
    private final LongList starts = new LongList();

    /// Keeps the columns of row number `row`; rows come in their order.
    void add(int row, Example example) {
        if (example.columns().isEmpty()) {
            return;
        }
        ObjectNode columns = JsonMapper.shared().createObjectNode();
        example.columns().forEach(columns::set);
        byte[] bytes = columns.toString().getBytes(StandardCharsets.UTF_8);
        rows.add(row);
        starts.add(spill.append(ByteBuffer.wrap(bytes)));
    }

    /// Puts into `row` each column that it lacks, or that is blank in it, and one of `others` has;
    /// the first that has it counts.
    ///
    /// @return the names of the columns
    List<String> complete(ObjectNode row, int[] others) {
        List<String> taken = new ArrayList<>();
        for (int other : others) {
            int at = rows.firstNotBelow(other);
            if (at == rows.size() || rows.at(at) != other) {
                continue;
            }
            long to = at + 1 < starts.size() ? starts.at(at + 1) : spill.size();
            byte[] bytes = new byte[Math.toIntExact(to - starts.at(at))];
            spill.read(starts.at(at), bytes.length).get(bytes);
            JsonMapper.shared()
                    .readTree(new String(bytes, StandardCharsets.UTF_8))
                    .forEachEntry((key, value) -> {
                        if (isBlank(row.path(key)) && !isBlank(value)) {
                            row.set(key, value);
                            taken.add(key);
                        }
                    });
        }
        return taken;
    }

    private static boolean isBlank(JsonNode value) {
        return value.isMissingNode()
                || value.isNull()
                || (value.isString() && value.stringValue().isBlank());
    }

    @Override
    public void close() {
        spill.close();
    }
}
