package dev.attune.model;

import dev.attune.tensor.Device;
import dev.attune.tensor.Documents;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tape;
import dev.attune.tensor.Tensor;
import dev.attune.tensor.TokenLogProbs;
import dev.attune.tensor.Value;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A padded batch of a reference file as documents without padding, and back.
final class PaddedRows {
    private final int rows;
    private final int width;
    private final int[] mask;
    private final int[] ids;
    private final int[] labels;

    /// The batch of a reference file.
    PaddedRows(Reference reference) {
        this(
                reference.shape("input_ids")[0],
                reference.ints("input_ids"),
                reference.ints("attention_mask"),
                reference.ints("labels"));
    }

    /// Rows one behind the other.
    PaddedRows(int rows, int[] ids, int[] mask, int[] labels) {
        this.rows = rows;
        this.width = ids.length / rows;
        this.ids = ids;
        this.mask = mask;
        this.labels = labels;
    }

    /// One row without padding, of which every token but the first is labelled.
    static PaddedRows text(int... ids) {
        int[] mask = new int[ids.length];
        Arrays.fill(mask, 1);
        return new PaddedRows(1, ids, mask, ids);
    }

    /// Some of the rows.
    PaddedRows rows(int from, int to) {
        return new PaddedRows(
                to - from,
                Arrays.copyOfRange(ids, from * width, to * width),
                Arrays.copyOfRange(mask, from * width, to * width),
                Arrays.copyOfRange(labels, from * width, to * width));
    }

    /// The log-probability of each labelled token.
    Value logProbs(Tape tape, Decoder decoder, Value hidden) {
        return TokenLogProbs.apply(
                tape,
                hidden,
                decoder.head(),
                new TokenLogProbs.Labels(
                        Tensor.indices(labelledRows(), Device.CPU),
                        Tensor.indices(targets(), Device.CPU)));
    }

    /// The mean loss of the labelled tokens, carried back to whatever trains.
    double backward(Tape tape, Decoder decoder, Value hidden) {
        return backward(tape, decoder, hidden, labels());
    }

    /// The sum of the losses over `count`, carried back to whatever trains.
    double backward(Tape tape, Decoder decoder, Value hidden, double count) {
        Value logProbs = logProbs(tape, decoder, hidden);
        double loss = -logProbs.data().sum().item() / count;
        long rows = logProbs.data().elements();
        tape.backward(logProbs, Tensor.full(-1 / count, Dtype.FLOAT32, Device.CPU, rows));
        return loss;
    }

    /// How many tokens are labelled.
    int labels() {
        return labelledRows().length;
    }

    /// The mean loss of the labelled tokens.
    double loss(Decoder decoder) {
        try (var _ = Scope.open("loss")) {
            Value hidden = decoder.hidden(Tape.off(), batch());
            Tensor logProbs = logProbs(Tape.off(), decoder, hidden).data();
            return -logProbs.sum().item() / logProbs.elements();
        }
    }

    /// The logits of all tokens that are no padding.
    float[] logits(Decoder decoder) {
        try (var _ = Scope.open("logits")) {
            Value hidden = decoder.hidden(Tape.off(), batch());
            return decoder.head().logits(hidden.data()).floats();
        }
    }

    Batch batch() {
        return new Batch(Tensor.indices(kept(ids), Device.CPU), documents(), width);
    }

    private Documents documents() {
        int[] lengths = new int[rows];
        for (int i = 0; i < mask.length; i++) {
            lengths[i / width] += mask[i];
        }
        return Documents.ofLengths(lengths);
    }

    private int[] kept(int[] values) {
        List<Integer> kept = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            if (mask[i] == 1) {
                kept.add(values[i]);
            }
        }
        return kept.stream().mapToInt(i -> i).toArray();
    }

    /// The rows of a `(rows, width, C)` array that are no padding.
    float[] kept(float[] values) {
        int columns = values.length / mask.length;
        float[] kept = new float[values.length];
        int count = 0;
        for (int i = 0; i < mask.length; i++) {
            if (mask[i] == 1) {
                System.arraycopy(values, i * columns, kept, columns * count++, columns);
            }
        }
        return Arrays.copyOf(kept, columns * count);
    }

    /// Positions, in the batch without padding, whose next token is labelled.
    private int[] labelledRows() {
        return labelled(true);
    }

    /// The labels of those positions.
    private int[] targets() {
        return labelled(false);
    }

    private int[] labelled(boolean positions) {
        List<Integer> found = new ArrayList<>();
        int position = 0;
        for (int i = 0; i < mask.length; i++) {
            boolean last = i % width == width - 1;
            if (mask[i] == 1 && !last && mask[i + 1] == 1 && labels[i + 1] != -100) {
                found.add(positions ? position : labels[i + 1]);
            }
            position += mask[i];
        }
        return found.stream().mapToInt(i -> i).toArray();
    }

    /// The losses of those positions in a `(rows, width − 1)` array.
    float[] labelledLosses(float[] perToken) {
        List<Float> found = new ArrayList<>();
        for (int i = 0; i < mask.length; i++) {
            boolean last = i % width == width - 1;
            if (mask[i] == 1 && !last && mask[i + 1] == 1 && labels[i + 1] != -100) {
                found.add(perToken[(i / width) * (width - 1) + i % width]);
            }
        }
        float[] losses = new float[found.size()];
        for (int i = 0; i < losses.length; i++) {
            losses[i] = found.get(i);
        }
        return losses;
    }
}
