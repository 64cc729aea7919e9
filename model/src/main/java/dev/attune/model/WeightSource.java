package dev.attune.model;

import dev.attune.tensor.Parameter;

/// Where a decoder under construction gets its weights from.
interface WeightSource {
    /// The weight of that name and shape.
    Parameter take(String name, long... shape);

    /// Whether there is a weight of that name.
    boolean has(String name);
}
