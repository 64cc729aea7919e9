package dev.attune.model;

import dev.attune.tensor.Parameter;

/// Where a decoder under construction gets its weights from.
interface WeightSource {
    /// The weight of that name and shape.
    Parameter take(String name, long... shape);

    /// Whether there is a weight of that name.
    boolean has(String name);

    /// Passes over a second copy of a weight that was taken under another name.
    ///
    /// @param name the copy's
    /// @param taken the weight it must equal
    void pass(String name, String taken);
}
