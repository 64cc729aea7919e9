package dev.attune.bench;

import dev.attune.base.AttuneException;
import dev.attune.export.ExportProgress;
import dev.attune.export.GgufImport;
import dev.attune.model.Batch;
import dev.attune.model.Decoder;
import dev.attune.tensor.Device;
import dev.attune.tensor.Documents;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tape;
import dev.attune.testkit.LlamaCpp;
import dev.attune.testkit.LlamaCppModel;
import dev.attune.testkit.LlamaCppSettings;
import dev.attune.text.TokenSequence;

import java.nio.file.Path;
import java.util.Optional;

/// The mean loss of the same tokens by two programs: ours, with the weights that a file's blocks
/// stand for, in float32; and llama.cpp as programs use it, which rounds what products read as
/// well.
///
/// @param rows what is judged
/// @param llama the other program, if it is at hand
/// @param threads how many llama.cpp computes on
record GgufLosses(JudgedRows rows, Optional<LlamaCpp> llama, int threads) {
    /// Of a model's folder, by ours.
    double ofFolder(Path folder) {
        double sum = 0;
        try (Decoder decoder = Decoder.load(folder, Dtype.FLOAT32, Device.CPU)) {
            for (TokenSequence row : rows.rows()) {
                sum += loss(decoder, row);
            }
        }
        return sum / rows.tokens();
    }

    /// Of a file, by ours.
    ///
    /// @param scratch a folder that is made, with the weights as floats
    double ofFile(Path file, Path scratch) {
        GgufImport.unpack(file, scratch, ExportProgress.none());
        return ofFolder(scratch);
    }

    /// Of a file, by llama.cpp.
    double byLlamaCpp(LlamaCpp library, Path file) {
        LlamaCppSettings settings = LlamaCppSettings.usual(rows.mostTokens(), threads);
        double sum = 0;
        try (LlamaCppModel model = library.load(file, settings)) {
            int vocabSize = model.vocabSize();
            for (TokenSequence row : rows.rows()) {
                Sum losses = new Sum(row, vocabSize);
                model.read(row.ids(), losses);
                sum += losses.sum;
            }
        }
        return sum / rows.tokens();
    }

    /// Adds the losses of a row's judged tokens.
    private static final class Sum implements LlamaCppModel.LogitsReader {
        private final TokenSequence row;
        private final int vocabSize;
        private double sum;

        Sum(TokenSequence row, int vocabSize) {
            this.row = row;
            this.vocabSize = vocabSize;
        }

        @Override
        public void read(int token, float[] logits) {
            int next = token + 1;
            if (next < row.length() && row.isTrained(next)) {
                if (row.id(next) >= vocabSize) {
                    throw AttuneException.user(
                            "Token %d is none of the file's %d."
                                    .formatted(row.id(next), vocabSize));
                }
                sum += JudgedRows.loss(logits, 0, vocabSize, row.id(next));
            }
        }
    }

    private static double loss(Decoder decoder, TokenSequence row) {
        int vocabSize = decoder.config().vocabSize();
        float[] logits;
        try (var _ = Scope.open("loss")) {
            Batch batch = Batch.of(row.ids(), Documents.ofLengths(row.length()), Device.CPU);
            logits = decoder.head().logits(decoder.hidden(Tape.off(), batch).data()).floats();
        }
        double sum = 0;
        for (int token = 1; token < row.length(); token++) {
            if (row.isTrained(token)) {
                sum += JudgedRows.loss(logits, (token - 1) * vocabSize, vocabSize, row.id(token));
            }
        }
        return sum;
    }
}
