package dev.attune.export;

import java.util.Optional;
import java.util.OptionalDouble;

/// How far a GGUF file is from the model it was made of: adapter, merged weights and file, on the
/// same texts.
///
/// @param rows how many rows of the user's were asked; 0 where it was a text of made-up ids
/// @param tokens how many next tokens were compared
/// @param file the file beside the model as it was trained
/// @param merged the merged weights before rounding beside the adapter, if one was merged
/// @param tuning the divergence between the model and its base, if an adapter was merged
/// @param keeps the smallest other type tried whose rounding changes the model less than tuning
///   did, where this file's changes it more
public record GgufCheck(
        int rows,
        int tokens,
        ModelDistance file,
        Optional<ModelDistance> merged,
        OptionalDouble tuning,
        Optional<GgufQuant> keeps) {

    /// Whether rounding changes the model more than tuning did.
    public boolean losesTuning() {
        return tuning.isPresent() && !(file.divergence() < tuning.getAsDouble());
    }

    /// The same, told which type keeps the tuning.
    GgufCheck keptBy(GgufQuant quant) {
        return new GgufCheck(rows, tokens, file, merged, tuning, Optional.of(quant));
    }
}
