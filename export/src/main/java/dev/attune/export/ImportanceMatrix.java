package dev.attune.export;

import dev.attune.model.Batch;
import dev.attune.model.Decoder;
import dev.attune.model.Observer;
import dev.attune.model.Projection;
import dev.attune.tensor.Device;
import dev.attune.tensor.Documents;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tape;
import dev.attune.tensor.Tensor;
import dev.attune.tensor.Value;
import dev.attune.text.TokenSequence;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How much each input of a model's linear layers matters: the mean of its square over texts.
///
/// Rounding a weight by `e` moves the output of its layer by `e·x`; so over many texts the squares
/// of `x` tell at which columns an error costs most.
final class ImportanceMatrix {
    /// None: all columns count the same.
    static final ImportanceMatrix NONE = new ImportanceMatrix();

    private final Map<String, Sums> sums = new HashMap<>();

    /// Sums of squares, and over how many inputs.
    private static final class Sums {
        private final double[] squares;
        private double inputs;

        Sums(int columns) {
            squares = new double[columns];
        }

        void add(float[] more, double count) {
            for (int i = 0; i < squares.length; i++) {
                squares[i] += more[i];
            }
            inputs += count;
        }
    }

    /// What a model reads while it reads these rows.
    static ImportanceMatrix of(Decoder decoder, List<TokenSequence> rows) {
        ImportanceMatrix matrix = new ImportanceMatrix();
        int longest = decoder.config().maxPositionEmbeddings();
        for (TokenSequence row : rows) {
            int[] ids = row.ids();
            if (ids.length > 0 && ids.length <= longest) {
                try (var _ = Scope.open("importance")) {
                    Batch batch = Batch.of(ids, Documents.ofLengths(ids.length), Device.CPU);
                    decoder.hidden(Tape.off(), batch, matrix.new Reader());
                }
            }
        }
        return matrix;
    }

    private final class Reader implements Observer {
        @Override
        public void state(Value x) {
            // Only what linear layers read counts.
        }

        @Override
        public void read(Projection layer, Value x) {
            try (var _ = Scope.open("squares")) {
                Tensor data = x.data().to(Dtype.FLOAT32);
                float[] squares = data.times(data).sum(0, false).floats();
                add(layer.path() + ".weight", squares, (double) data.size(0));
            }
        }
    }

    /// Adds to what is known of a weight.
    ///
    /// @param weight its name in the checkpoint
    /// @param squares the sum of the squares of each input
    /// @param inputs how many inputs there were
    void add(String weight, float[] squares, double inputs) {
        sums.computeIfAbsent(weight, _ -> new Sums(squares.length)).add(squares, inputs);
    }

    /// How much each column of a weight counts; empty if nothing is known.
    ///
    /// @param weight its name in the checkpoint
    float[] of(String weight) {
        Sums found = sums.get(weight);
        if (found == null || found.inputs == 0) {
            return new float[0];
        }
        float[] means = new float[found.squares.length];
        double all = 0;
        for (int i = 0; i < means.length; i++) {
            means[i] = (float) (found.squares[i] / found.inputs);
            all += means[i];
        }
        return all > 0 ? means : new float[0];
    }

    /// How many weights something is known of.
    int size() {
        return sums.size();
    }
}
