package dev.attune.data;

/// The values of a field in a batch.
@FunctionalInterface
interface ArrowColumn {
    /// Writes a value as JSON.
    ///
    /// @throws ArrowFault if the value cannot be read
    /// @throws IndexOutOfBoundsException if it lies beyond its buffers
    void write(int row, ArrowText out) throws ArrowFault;
}
