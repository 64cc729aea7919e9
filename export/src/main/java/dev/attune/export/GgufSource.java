package dev.attune.export;

import dev.attune.format.PendingFolder;
import dev.attune.model.Adapter;
import dev.attune.model.AdapterChange;
import dev.attune.model.Decoder;
import dev.attune.model.ModelFolder;
import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What a GGUF file is made of besides the weights of the base: an adapter, and the logits that the
/// file is to give. Owns the adapter until closed; the base's weights are gone from memory before
/// it is used.
final class GgufSource implements AutoCloseable {
    private final Optional<Adapter> adapter;
    private final Optional<Checked> checked;

    private GgufSource(Optional<Adapter> adapter, Optional<Checked> checked) {
        this.adapter = adapter;
        this.checked = checked;
    }

    /// The text, and what the model and its base say of it.
    private static final class Checked {
        private final LogitCheck check;
        private final float[] model;
        private final float[] base;

        Checked(LogitCheck check, float[] model, float[] base) {
            this.check = check;
            this.model = model;
            this.base = base;
        }
    }

    static GgufSource of(GgufRequest request, ModelFolder base) {
        if (request.adapter().isEmpty() && !request.check()) {
            return new GgufSource(Optional.empty(), Optional.empty());
        }
        int longest = base.config().maxPositionEmbeddings();
        LogitCheck check = LogitCheck.of(List.of(), base.config().vocabSize(), longest);
        Dtype dtype = request.check() ? Dtype.FLOAT32 : Dtype.BFLOAT16;
        try (Decoder decoder = Decoder.load(request.base(), dtype, Device.CPU)) {
            float[] plain = request.check() ? check.logits(decoder) : new float[0];
            if (request.adapter().isEmpty()) {
                Checked model = new Checked(check, plain, plain);
                return new GgufSource(Optional.empty(), Optional.of(model));
            }
            Adapter adapter = Adapter.load(request.adapter().get(), decoder);
            if (!request.check()) {
                return new GgufSource(Optional.of(adapter), Optional.empty());
            }
            try {
                adapter.attach();
                Checked tuned = new Checked(check, check.logits(decoder), plain);
                adapter.detach();
                return new GgufSource(Optional.of(adapter), Optional.of(tuned));
            } catch (RuntimeException | Error e) {
                adapter.close();
                throw e;
            }
        }
    }

    /// What the adapter does to the weights.
    List<AdapterChange> changes() {
        return adapter.map(Adapter::changes).orElse(List.of());
    }

    /// Reads the file back as a model, and asks it the same.
    ///
    /// @param scratch a folder that is made and deleted
    Optional<GgufCheck> check(Path file, Path scratch) {
        return checked.map(expected -> {
            GgufImport.unpack(file, scratch, ExportProgress.none());
            float[] found = expected.check.logits(scratch);
            PendingFolder.remove(scratch);
            int vocabSize = expected.check.vocabSize();
            GgufCheck check = GgufCheck.of(expected.model, found, vocabSize);
            return adapter.isEmpty()
                    ? check
                    : check.tuned(
                            GgufCheck.of(expected.model, expected.base, vocabSize).divergence());
        });
    }

    @Override
    public void close() {
        adapter.ifPresent(Adapter::close);
    }
}
