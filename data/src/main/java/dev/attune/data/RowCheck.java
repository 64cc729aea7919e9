package dev.attune.data;

import java.util.List;

/// A check that sees each row once, and tells what it found at the end.
///
/// One small file each; [DataCheck] lists them. Memory must not grow with the texts: a few bytes a
/// row at most.
interface RowCheck {
    /// Sees a row of the training data.
    void see(CheckedRow checked);

    /// What was found.
    ///
    /// @param index where the rows were written
    List<Finding> findings(RowIndex index);
}
