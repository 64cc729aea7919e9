package dev.attune.data;

import dev.attune.base.AttuneException;

import tools.jackson.databind.node.ObjectNode;

import java.util.List;

/// One way in which people write rows: which keys tell it, and how to understand it.
///
/// New shapes are further implementations in the list of a [ShapeRecogniser].
public interface RowShape {
    /// What the shape is called, in messages and reports.
    String title();

    /// The keys that a row of this shape must have.
    List<String> keys();

    /// Further keys that say something in this shape.
    default List<String> optionalKeys() {
        return List.of();
    }

    /// Whether `row` is of this shape. Only keys and the kinds of their values are looked at: a
    /// faulty row is still of its shape.
    boolean fits(ObjectNode row);

    /// Understands a row that fits.
    ///
    /// @throws AttuneException of kind USER, without a place, if a value is not what it must be
    Example example(ObjectNode row, Origin origin);
}
