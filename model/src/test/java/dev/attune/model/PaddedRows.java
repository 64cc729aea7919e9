package dev.attune.model;

import dev.attune.tensor.Device;
import dev.attune.tensor.Documents;
import dev.attune.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;

/// A padded batch of a reference file as documents without padding, and back.
final class PaddedRows {
    private final int rows;
    private final int width;
    private final int[] mask;
    private final int[] ids;
    private final int[] labels;

    PaddedRows(Reference reference) {
        int[] shape = reference.shape("input_ids");
        rows = shape[0];
        width = shape[1];
        ids = reference.ints("input_ids");
        mask = reference.ints("attention_mask");
        labels = reference.ints("labels");
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
        return java.util.Arrays.copyOf(kept, columns * count);
    }

    /// Positions, in the batch without padding, whose next token is labelled.
    int[] labelledRows() {
        return labelled(true);
    }

    /// The labels of those positions.
    int[] targets() {
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
