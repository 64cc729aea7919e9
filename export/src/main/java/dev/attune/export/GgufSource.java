package dev.attune.export;

import dev.attune.format.Checkpoint;
import dev.attune.format.PendingFolder;
import dev.attune.model.Adapter;
import dev.attune.model.AdapterChange;
import dev.attune.model.Decoder;
import dev.attune.model.ModelFolder;
import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.text.TokenSequence;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// What a GGUF file is made of besides the weights of the base: an adapter, and what the model as
/// it was trained says of some texts. Owns the adapter until closed; the base's weights are gone
/// from memory before it is used.
final class GgufSource implements AutoCloseable {
    private final Path base;
    private final Optional<Adapter> adapter;
    private final Optional<Asked> asked;
    private final ImportanceMatrix importance;

    private GgufSource(
            Path base,
            Optional<Adapter> adapter,
            Optional<Asked> asked,
            ImportanceMatrix importance) {
        this.importance = importance;
        this.base = base;
        this.adapter = adapter;
        this.asked = asked;
    }

    /// What the model was asked.
    ///
    /// @param rows how many of the texts are the user's
    /// @param model what it said
    /// @param tuning the divergence of its base
    private record Asked(
            List<ComparedText> texts, int rows, ComparedLogits model, OptionalDouble tuning) {}

    static GgufSource of(GgufRequest request) {
        List<TokenSequence> read =
                request.importance().orElse(null) instanceof ImportanceSource.OfRows of
                        ? of.rows()
                        : List.of();
        if (request.adapter().isEmpty() && !request.check() && read.isEmpty()) {
            return new GgufSource(
                    request.base(), Optional.empty(), Optional.empty(), ImportanceMatrix.NONE);
        }
        Dtype dtype = request.check() ? Dtype.FLOAT32 : Dtype.BFLOAT16;
        try (Decoder decoder = Decoder.load(request.base(), dtype, Device.CPU)) {
            Optional<Adapter> adapter = request.adapter().map(path -> Adapter.load(path, decoder));
            try {
                ImportanceMatrix importance = importance(decoder, adapter, read);
                Optional<Asked> asked =
                        request.check()
                                ? Optional.of(ask(decoder, adapter, request.rows()))
                                : Optional.empty();
                return new GgufSource(request.base(), adapter, asked, importance);
            } catch (RuntimeException | Error e) {
                adapter.ifPresent(Adapter::close);
                throw e;
            }
        }
    }

    private static ImportanceMatrix importance(
            Decoder decoder, Optional<Adapter> adapter, List<TokenSequence> rows) {
        if (rows.isEmpty()) {
            return ImportanceMatrix.NONE;
        }
        adapter.ifPresent(Adapter::attach);
        ImportanceMatrix importance = ImportanceMatrix.of(decoder, rows);
        adapter.ifPresent(Adapter::detach);
        return importance;
    }

    /// Which columns of the weights matter on the rows that were given for it.
    ImportanceMatrix importance() {
        return importance;
    }

    private static Asked ask(Decoder decoder, Optional<Adapter> adapter, ParityRows rows) {
        adapter.ifPresent(Adapter::attach);
        List<ComparedText> theirs = new AskedRows(decoder, rows.stopTokens()).texts(rows.rows());
        int longest = decoder.config().maxPositionEmbeddings();
        List<ComparedText> texts =
                theirs.isEmpty()
                        ? List.of(ComparedText.madeUp(decoder.config().vocabSize(), longest))
                        : theirs;
        ComparedLogits model = ComparedLogits.of(decoder, texts);
        if (adapter.isEmpty()) {
            return new Asked(texts, theirs.size(), model, OptionalDouble.empty());
        }
        adapter.get().detach();
        ComparedLogits base = ComparedLogits.of(decoder, texts);
        double tuning = ModelDistance.of(model, base).divergence();
        return new Asked(texts, theirs.size(), model, OptionalDouble.of(tuning));
    }

    /// What the adapter does to the weights.
    List<AdapterChange> changes() {
        return adapter.map(Adapter::changes).orElse(List.of());
    }

    /// Asks the file and the merged weights the same, if the model was asked anything.
    ///
    /// @param scratch a folder that is made and deleted
    Optional<GgufCheck> check(ModelFolder model, Checkpoint weights, Path file, Path scratch) {
        return asked.map(of ->
                new GgufCheck(
                        of.rows,
                        of.model.rows(),
                        distance(of, file, scratch),
                        adapter.map(_ -> merged(of, model, weights, scratch)),
                        of.tuning,
                        Optional.empty()));
    }

    /// How far another file is.
    ///
    /// @throws IllegalStateException if the model was asked nothing
    ModelDistance distance(Path file, Path scratch) {
        return distance(asked.orElseThrow(IllegalStateException::new), file, scratch);
    }

    private static ModelDistance distance(Asked of, Path file, Path scratch) {
        GgufImport.unpack(file, scratch, ExportProgress.none());
        ComparedLogits found = ComparedLogits.of(scratch, of.texts);
        PendingFolder.remove(scratch);
        return ModelDistance.of(of.model, found);
    }

    private ModelDistance merged(Asked of, ModelFolder model, Checkpoint weights, Path scratch) {
        Optional<Dtype> exact = Optional.of(Dtype.FLOAT32);
        MergePlan plan = MergePlan.of(model, weights, changes(), exact);
        ExportOptions options = ExportOptions.usual().typed(Dtype.FLOAT32);
        try (PendingFolder folder = PendingFolder.create(scratch, false, 0)) {
            new HuggingFaceFolder(base, options)
                    .writeModel(folder, weights, plan, ExportProgress.none());
            return ModelDistance.of(of.model, ComparedLogits.of(folder.path(), of.texts));
        }
    }

    @Override
    public void close() {
        adapter.ifPresent(Adapter::close);
    }
}
