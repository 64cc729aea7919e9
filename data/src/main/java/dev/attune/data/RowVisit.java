package dev.attune.data;

/// Goes through the rows of epoch after epoch, without end, and can say at any row how far it is.
///
/// Holds one int a row. Not thread-safe.
public final class RowVisit {
    private final EpochOrder order;
    private Cursor cursor;
    private int[] rows;

    private RowVisit(EpochOrder order, Cursor cursor) {
        this.order = order;
        this.cursor = cursor;
        this.rows = order.rows(cursor.epoch(), cursor.rows());
    }

    /// Begins with the first row of the first epoch.
    ///
    /// @throws IllegalArgumentException if there are no rows
    public static RowVisit start(String dataKey, int rows, EpochOrder order) {
        return resume(Cursor.start(dataKey, rows, order), dataKey, rows, order);
    }

    /// Goes on with the row after `cursor`.
    ///
    /// @throws dev.attune.base.AttuneException of kind USER if the data or the order has changed
    public static RowVisit resume(Cursor cursor, String dataKey, int rows, EpochOrder order) {
        if (rows < 1) {
            throw new IllegalArgumentException("no rows to visit");
        }
        cursor.requireSame(dataKey, rows, order);
        return new RowVisit(order, cursor);
    }

    /// The next row; after the last of an epoch, the first of the one that follows.
    public int next() {
        if (cursor.position() == rows.length) {
            cursor = moved(cursor.epoch() + 1, 0, cursor.rowsSeen());
            rows = order.rows(cursor.epoch(), rows.length);
        }
        int row = rows[cursor.position()];
        cursor = moved(cursor.epoch(), cursor.position() + 1, cursor.rowsSeen() + 1);
        return row;
    }

    /// How far it has come.
    public Cursor cursor() {
        return cursor;
    }

    private Cursor moved(long epoch, int position, long seen) {
        return new Cursor(
                cursor.dataKey(), cursor.rows(), cursor.orderKey(), epoch, position, seen);
    }
}
