package dev.attune.hub;

/// Watches a download, on the thread that downloads.
public interface PullListener {
    /// Watches nothing and stops nothing.
    PullListener SILENT = new PullListener() {};

    /// So much of a file is here; called at the start, often in between, and once with all of it,
    /// when its checksum has been found right.
    ///
    /// @param file its path in the repository
    /// @param doneBytes what is here, what an earlier download left included
    /// @param totalBytes its size
    default void progress(String file, long doneBytes, long totalBytes) {}

    /// Something a person may want to know, such as a wait before another attempt.
    default void notice(String text) {}

    /// Whether to stop. What has arrived stays and is built upon by the next download.
    default boolean cancelled() {
        return false;
    }
}
