package dev.attune.data;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.Map;

/// A prompt and the steps of an answer, each found right or wrong.
///
/// @param labels as many as there are steps
public record Stepwise(
        Origin origin,
        String prompt,
        List<String> steps,
        List<Boolean> labels,
        Map<String, JsonNode> columns)
        implements Example {
    /// Copies the lists and columns; refuses a step without its label.
    public Stepwise {
        steps = List.copyOf(steps);
        labels = List.copyOf(labels);
        columns = Example.copied(columns);
        if (steps.size() != labels.size()) {
            throw new IllegalArgumentException(steps.size() + " steps, " + labels.size());
        }
    }
}
