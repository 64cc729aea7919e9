package dev.attune.data;

/// Hears how far a long task is; called on the thread that runs the task, as often as once a row.
///
/// A task is one or more passes. Where a pass goes over files, the share that is done is measured
/// in bytes of the files, for how many rows will come is not known.
@FunctionalInterface
public interface Progress {
    /// Hears nothing.
    Progress SILENT = _ -> {};

    /// So many rows are done.
    void rows(long done);

    /// A pass begins.
    ///
    /// @param what is counted in it: `rows checked`
    /// @param total bytes of the files, or what else the pass goes over; 0 where nobody knows
    default void begins(String what, long total) {}

    /// So many rows of the pass are done, which are `ofTotal` of its total.
    default void at(long done, long ofTotal) {
        rows(done);
    }
}
