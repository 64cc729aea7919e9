package dev.attune.model;

import dev.attune.base.AttuneException;
import dev.attune.model.DecoderConfig.Learned;
import dev.attune.model.DecoderConfig.Rotary;
import dev.attune.tensor.Device;
import dev.attune.tensor.Documents;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Rope;
import dev.attune.tensor.Tensor;

import java.util.Arrays;
import java.util.List;

/// The position of each token of a batch and the angles that follow from it.
///
/// @param positions of each token in its text, int64 `(N)`
/// @param angles for each rope of the model; none where positions are learned
record Places(Tensor positions, List<Rope.Angles> angles) {

    /// Positions of a batch of whole texts.
    static Places of(DecoderConfig config, Batch batch, Dtype dtype) {
        Documents documents = batch.documents();
        int[] starts = new int[documents.count()];
        int[] lengths = new int[documents.count()];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = Math.max(documents.length(i), batch.paddedTokens());
        }
        return of(config, documents, starts, lengths, dtype, batch.ids().device());
    }

    /// Positions of new tokens behind texts of which `cached` tokens are known already.
    static Places behind(
            DecoderConfig config, Documents added, int[] cached, Dtype dtype, Device device) {
        int[] lengths = new int[cached.length];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = cached[i] + added.length(i);
        }
        return of(config, added, cached, lengths, dtype, device);
    }

    private static Places of(
            DecoderConfig config,
            Documents documents,
            int[] starts,
            int[] lengths,
            Dtype dtype,
            Device device) {
        int[] positions = documents.positions();
        for (int d = 0; d < documents.count(); d++) {
            for (int t = documents.start(d); t < documents.end(d); t++) {
                positions[t] += starts[d];
            }
        }
        requireRoom(config, lengths);
        List<Rope.Angles> angles =
                switch (config.positions()) {
                    case Learned _ -> List.of();
                    case Rotary(List<RopeConfig> ropes) ->
                            ropes.stream()
                                    .map(rope ->
                                            angles(
                                                    rope, documents, positions, lengths, dtype,
                                                    device))
                                    .toList();
                };
        return new Places(Tensor.indices(positions, device), angles);
    }

    /// Learned positions end; turned ones go on.
    private static void requireRoom(DecoderConfig config, int[] lengths) {
        int longest = Arrays.stream(lengths).max().orElse(0);
        if (config.positions() instanceof Learned && longest > config.maxPositionEmbeddings()) {
            throw AttuneException.user(
                            "A text has "
                                    + longest
                                    + " tokens; the model learned positions for "
                                    + config.maxPositionEmbeddings()
                                    + " (max_position_embeddings).")
                    .fix("Shorten the text, or use a model for longer ones.");
        }
    }

    private static Rope.Angles angles(
            RopeConfig rope,
            Documents documents,
            int[] positions,
            int[] lengths,
            Dtype dtype,
            Device device) {
        int half = rope.rotaryDim() / 2;
        float factor = (float) rope.attentionFactor();
        float[] cos = new float[positions.length * half];
        float[] sin = new float[positions.length * half];
        for (int d = 0; d < documents.count(); d++) {
            float[] frequencies = rope.inverseFrequencies(lengths[d]);
            for (int t = documents.start(d); t < documents.end(d); t++) {
                for (int i = 0; i < half; i++) {
                    // A float product, as the models were trained with.
                    double angle = frequencies[i] * (float) positions[t];
                    cos[t * half + i] = (float) Math.cos(angle) * factor;
                    sin[t * half + i] = (float) Math.sin(angle) * factor;
                }
            }
        }
        return new Rope.Angles(
                Tensor.of(cos, positions.length, half).to(dtype).to(device),
                Tensor.of(sin, positions.length, half).to(dtype).to(device),
                rope.interleaved());
    }
}
