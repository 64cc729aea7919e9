package dev.attune.data;

import dev.attune.base.AttuneException;

import tools.jackson.databind.node.ObjectNode;

/// What became of one row of a file: its columns, or the reason why it cannot be read.
public sealed interface ReadRow {
    /// Where the row is.
    Origin origin();

    /// A JSON object.
    record Columns(Origin origin, ObjectNode columns) implements ReadRow {}

    /// A row that is not an object, or not JSON; `fault` is at the row's file and line.
    record Faulty(Origin origin, AttuneException fault) implements ReadRow {}
}
