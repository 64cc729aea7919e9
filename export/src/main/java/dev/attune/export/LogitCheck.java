package dev.attune.export;

import dev.attune.base.AttuneException;
import dev.attune.model.Batch;
import dev.attune.model.Decoder;
import dev.attune.tensor.Device;
import dev.attune.tensor.Documents;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tape;

import java.nio.file.Path;
import java.util.List;

/// Runs a text through two models and asks whether they are the same.
///
/// Both compute in float32, so that what is left is the rounding of the merged weights to the type
/// they are stored in. All logits count together: among experts, rounding can send a single token
/// another way.
///
/// @param ids the text
/// @param vocabSize V
record LogitCheck(List<Integer> ids, int vocabSize) {
    /// Copies the text.
    LogitCheck {
        ids = List.copyOf(ids);
    }

    /// @param given the text, or none for one that is made up
    /// @param longest how many tokens the model knows positions for
    static LogitCheck of(List<Integer> given, int vocabSize, int longest) {
        given.stream()
                .filter(id -> id < 0 || id >= vocabSize)
                .findFirst()
                .ifPresent(id -> {
                    throw AttuneException.user(
                                    "The token id %d is none of the model's %d."
                                            .formatted(id, vocabSize))
                            .fix("Check with ids of this model's tokenizer.");
                });
        List<Integer> ids = given.isEmpty() ? ComparedText.madeUp(vocabSize, longest).ids() : given;
        return new LogitCheck(ids, vocabSize);
    }

    /// The model of a folder.
    float[] logits(Path folder) {
        try (Decoder decoder = Decoder.load(folder, Dtype.FLOAT32, Device.CPU)) {
            return logits(decoder);
        }
    }

    /// A model as it computes now.
    float[] logits(Decoder decoder) {
        try (var _ = Scope.open("check")) {
            int[] text = ids.stream().mapToInt(Integer::intValue).toArray();
            Batch batch = Batch.of(text, Documents.ofLengths(text.length), Device.CPU);
            return decoder.head().logits(decoder.hidden(Tape.off(), batch).data()).floats();
        }
    }

    /// @param stored the coarsest type that a weight was rounded to
    /// @throws AttuneException if they differ by more than rounding
    LogitDifference compare(float[] expected, float[] found, Dtype stored) {
        LogitDifference difference =
                LogitDifference.of(expected, found, vocabSize, tolerance(stored));
        if (!difference.isSmall()) {
            throw AttuneException.internal(
                            ("The written model gives other logits: %s for %s at position %d, token"
                                            + " %d; all together %.2g apart, where rounding makes"
                                            + " at most %.2g. Nothing was kept.")
                                    .formatted(
                                            difference.found(),
                                            difference.expected(),
                                            difference.position(),
                                            difference.token(),
                                            difference.relative(),
                                            difference.allowed()))
                    .fix(
                            stored == Dtype.FLOAT32
                                    ? "Report it with the names of the base and the adapter."
                                    : "Export in float32; report it if that fails too.");
        }
        return difference;
    }

    /// The most that [LogitDifference#relative] may be. Found on the reference folders: up to
    /// 2.7e-6 in float32, up to 0.02 in bfloat16, and 0.05 where a token changes its expert.
    static double tolerance(Dtype stored) {
        return switch (stored) {
            case FLOAT32, FLOAT64 -> 2e-5;
            case FLOAT16 -> 1e-2;
            default -> 8e-2;
        };
    }
}
