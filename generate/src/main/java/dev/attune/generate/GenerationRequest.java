package dev.attune.generate;

import java.util.Arrays;
import java.util.List;

/// One text to go on with.
///
/// @param promptIds the tokens it begins with, at least one
/// @param sampling how to go on and when to stop
public record GenerationRequest(List<Integer> promptIds, SamplingConfig sampling) {
    /// Takes a copy of the ids.
    public GenerationRequest {
        promptIds = List.copyOf(promptIds);
    }

    /// A request for these ids.
    public static GenerationRequest of(int[] promptIds, SamplingConfig sampling) {
        return new GenerationRequest(Arrays.stream(promptIds).boxed().toList(), sampling);
    }
}
