package dev.attune.data;

import dev.attune.base.AttuneException;
import dev.attune.base.Problems;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// How far a run has come through its data, so that it can go on with the very next row.
///
/// @param dataKey what the rows are: the key of their cache, and of how they were packed
/// @param rows how many there are
/// @param orderKey what decides their order: [EpochOrder#key]
/// @param epoch the epoch under way, from 0
/// @param position how many rows of that epoch are done
/// @param rowsSeen how many rows of all epochs are done
public record Cursor(
        String dataKey, int rows, String orderKey, long epoch, int position, long rowsSeen) {
    /// Refuses what no run can have come to.
    public Cursor {
        if (rows < 0 || epoch < 0 || position < 0 || position > rows || rowsSeen < position) {
            throw AttuneException.user(
                            "The position in the data is impossible: row %d of %d in epoch %d, with"
                                            .formatted(position, rows, epoch)
                                    + " %d rows seen.".formatted(rowsSeen))
                    .fix("Resume from an earlier checkpoint.");
        }
    }

    /// The start of the first epoch.
    public static Cursor start(String dataKey, int rows, EpochOrder order) {
        return new Cursor(dataKey, rows, order.key(), 0, 0, 0);
    }

    /// As it is written into a checkpoint.
    public ObjectNode toJson() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("data_key", dataKey)
                .put("rows", rows)
                .put("order", orderKey)
                .put("epoch", epoch)
                .put("position", position)
                .put("rows_seen", rowsSeen);
    }

    /// Reads what [#toJson] wrote.
    ///
    /// @throws AttuneException of kind USER if a value is missing or impossible
    public static Cursor fromJson(JsonNode json) {
        return new Cursor(
                text(json, "data_key"),
                (int) count(json, "rows", Integer.MAX_VALUE),
                text(json, "order"),
                count(json, "epoch", Long.MAX_VALUE),
                (int) count(json, "position", Integer.MAX_VALUE),
                count(json, "rows_seen", Long.MAX_VALUE));
    }

    /// Requires that the data and the order are those that the run began with.
    ///
    /// @throws AttuneException of kind USER that says what has changed
    public void requireSame(String nowDataKey, int nowRows, EpochOrder nowOrder) {
        Problems problems = new Problems("Cannot resume");
        if (rows != nowRows) {
            problems.add(changed("number of rows", rows, nowRows));
        } else if (!dataKey.equals(nowDataKey)) {
            problems.add(changed("content of the data or its preparation", dataKey, nowDataKey));
        }
        if (!orderKey.equals(nowOrder.key())) {
            problems.add(changed("order of the rows", orderKey, nowOrder.key()));
        }
        problems.throwIfAny();
    }

    private static AttuneException changed(String what, Object before, Object now) {
        return AttuneException.user(
                        "The %s has changed since the run began: was %s, is %s."
                                .formatted(what, before, now))
                .fix("Resume with the data and settings of the run, or begin a new run.");
    }

    private static String text(JsonNode json, String key) {
        JsonNode value = json.path(key);
        if (!value.isString()) {
            throw broken(key, value, "a text");
        }
        return value.stringValue();
    }

    private static long count(JsonNode json, String key, long max) {
        JsonNode value = json.path(key);
        if (!value.isIntegralNumber()
                || !value.canConvertToLong()
                || value.longValue() < 0
                || value.longValue() > max) {
            throw broken(key, value, "a whole number from 0 to " + max);
        }
        return value.longValue();
    }

    private static AttuneException broken(String key, JsonNode value, String expected) {
        return AttuneException.user(
                        "The position in the data cannot be read: `%s` is %s; expected %s."
                                .formatted(key, Quoted.plain(value.toString()), expected))
                .fix("Resume from an earlier checkpoint.");
    }
}
