package dev.attune.data;

/// Hears how far a long task is; called on the thread that runs the task, as often as once a row.
@FunctionalInterface
public interface Progress {
    /// Hears nothing.
    Progress SILENT = _ -> {};

    /// So many rows are done.
    void rows(long done);
}
