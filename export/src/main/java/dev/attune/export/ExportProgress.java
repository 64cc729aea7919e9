package dev.attune.export;

/// Who wants to know how far an export is.
public interface ExportProgress {
    /// A tensor was written.
    ///
    /// @param tensor its name
    /// @param done how many are written
    /// @param total how many there will be
    void written(String tensor, int done, int total);

    /// Nobody.
    static ExportProgress none() {
        return (_, _, _) -> {};
    }
}
