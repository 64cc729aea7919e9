package dev.attune.export;

import dev.attune.model.Batch;
import dev.attune.model.Decoder;
import dev.attune.tensor.Device;
import dev.attune.tensor.Documents;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tape;
import dev.attune.tensor.Tensor;

import java.nio.file.Path;
import java.util.List;

/// What a model says of texts: the logits at every place that counts, one row after the other.
final class ComparedLogits {
    private final int vocabSize;
    private final int[] places;
    private final float[] logits;

    /// @param places how many rows each text has
    /// @param logits all rows
    ComparedLogits(int vocabSize, int[] places, float[] logits) {
        this.vocabSize = vocabSize;
        this.places = places.clone();
        this.logits = logits;
    }

    /// The model of a folder, computing in float32.
    static ComparedLogits of(Path folder, List<ComparedText> texts) {
        try (Decoder decoder = Decoder.load(folder, Dtype.FLOAT32, Device.CPU)) {
            return of(decoder, texts);
        }
    }

    /// A model as it computes now.
    static ComparedLogits of(Decoder decoder, List<ComparedText> texts) {
        int vocabSize = decoder.config().vocabSize();
        int[] places = texts.stream().mapToInt(ComparedText::count).toArray();
        int rows = texts.stream().mapToInt(ComparedText::count).sum();
        float[] logits = new float[Math.multiplyExact(rows, vocabSize)];
        int at = 0;
        for (ComparedText text : texts) {
            float[] here = logits(decoder, text);
            System.arraycopy(here, 0, logits, at, here.length);
            at += here.length;
        }
        return new ComparedLogits(vocabSize, places, logits);
    }

    private static float[] logits(Decoder decoder, ComparedText text) {
        try (var _ = Scope.open("compared")) {
            int[] ids = text.ids().stream().mapToInt(Integer::intValue).toArray();
            Batch batch = Batch.of(ids, Documents.ofLengths(ids.length), Device.CPU);
            Tensor hidden = decoder.hidden(Tape.off(), batch).data();
            return decoder.head().logits(hidden.narrow(0, text.first(), text.count())).floats();
        }
    }

    int texts() {
        return places.length;
    }

    /// How many rows a text has.
    int places(int text) {
        return places[text];
    }

    int rows() {
        return logits.length / vocabSize;
    }

    int vocabSize() {
        return vocabSize;
    }

    float logit(int row, int token) {
        return logits[row * vocabSize + token];
    }

    /// The token of the greatest logit, of several the first.
    int likeliest(int row) {
        int best = 0;
        for (int token = 1; token < vocabSize; token++) {
            best = logit(row, token) > logit(row, best) ? token : best;
        }
        return best;
    }

    double logSumExp(int row) {
        double largest = logit(row, likeliest(row));
        double sum = 0;
        for (int token = 0; token < vocabSize; token++) {
            sum += Math.exp(logit(row, token) - largest);
        }
        return largest + Math.log(sum);
    }
}
