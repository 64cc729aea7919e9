package dev.attune.model;

import dev.attune.base.AttuneException;
import dev.attune.format.Checkpoint;
import dev.attune.tensor.Device;
import dev.attune.tensor.Documents;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Embedding;
import dev.attune.tensor.Generator;
import dev.attune.tensor.LowRank;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.ResidualAdd;
import dev.attune.tensor.Rope;
import dev.attune.tensor.Scale;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tape;
import dev.attune.tensor.Tensor;
import dev.attune.tensor.TokenLogProbs;
import dev.attune.tensor.Value;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// A decoder of any [Family]: token ids in, hidden states out; the head turns those into logits or
/// log-probabilities.
///
/// ```
/// try (Decoder decoder = Decoder.load(folder, Dtype.BFLOAT16, Device.CPU);
///         var step = Scope.open("step")) {
///     Value hidden = decoder.hidden(Tape.off(), Batch.of(ids, documents, Device.CPU));
///     Tensor logits = decoder.head().logits(hidden.data());
/// }
/// ```
///
/// Owns its weights until closed. Used from one thread.
public final class Decoder implements AutoCloseable {
    private final Family family;
    private final DecoderConfig config;
    private final Dtype dtype;
    private final Device device;
    private final Scope weights;
    private final TokenEmbedding embedding;
    private final Optional<Parameter> positionTable;
    private final List<DecoderLayer> layers;
    private final Norm finalNorm;
    private final Projection lmHead;
    private boolean adapted;

    private Decoder(
            Family family,
            DecoderConfig config,
            WeightSource source,
            Placed placed,
            Scope weights) {
        DecoderBuilder builder = new DecoderBuilder(family, config, source);
        this.family = family;
        this.config = config;
        this.dtype = placed.dtype;
        this.device = placed.device;
        this.weights = weights;
        this.embedding = builder.embedding();
        this.positionTable = builder.positionTable();
        this.layers = builder.layers();
        this.finalNorm = builder.finalNorm();
        this.lmHead = builder.head(embedding);
    }

    /// The type and place of the weights.
    private record Placed(Dtype dtype, Device device) {}

    /// Reads `config.json` and the safetensors files of a folder, each weight straight into its
    /// final type and place.
    ///
    /// @throws AttuneException if the architecture is not known, or weights are missing, of another
    ///   shape, or left over: all of them together
    public static Decoder load(Path folder, Dtype dtype, Device device) {
        ModelFolder.requireFolder(folder);
        ConfigJson json = ConfigJson.read(folder.resolve("config.json"));
        Family family = Family.of(json);
        DecoderConfig config = family.config(json);
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            StoredWeights stored = new StoredWeights(checkpoint, family.names().basePrefix());
            check(family, config, stored);
            Scope weights = Scope.owning("weights of " + folder);
            try {
                WeightSource source = new LoadedWeights(stored, dtype, device, weights);
                return new Decoder(family, config, source, new Placed(dtype, device), weights);
            } catch (RuntimeException e) {
                weights.close();
                throw e;
            }
        }
    }

    /// A decoder with weights drawn anew.
    public static Decoder random(
            Family family, DecoderConfig config, Generator generator, Dtype dtype, Device device) {
        Scope weights = Scope.owning("random weights");
        WeightSource source = new RandomWeights(generator, dtype, device, weights);
        return new Decoder(family, config, source, new Placed(dtype, device), weights);
    }

    /// Throws every way in which the tensors are not those of the configuration, together.
    static void check(Family family, DecoderConfig config, StoredWeights stored) {
        try (Scope placeholders = Scope.owning("placeholders")) {
            CheckedWeights source =
                    new CheckedWeights(stored, family, config.numHiddenLayers(), placeholders);
            Placed nowhere = new Placed(Dtype.FLOAT32, Device.CPU);
            Decoder _ = new Decoder(family, config, source, nowhere, placeholders);
            source.throwIfAny();
        }
    }

    /// The architecture.
    public Family family() {
        return family;
    }

    /// What sort of decoder this is.
    public DecoderConfig config() {
        return config;
    }

    /// The type of weights and activations.
    public Dtype dtype() {
        return dtype;
    }

    /// Where it computes.
    public Device device() {
        return device;
    }

    /// Final hidden states, behind the last norm: `(N, C)`.
    public Value hidden(Tape tape, Batch batch) {
        return hidden(tape, batch, Observer.none());
    }

    /// Like [#hidden(Tape, Batch)], with an onlooker.
    ///
    /// @throws AttuneException if positions are learned and a text is longer than their table
    public Value hidden(Tape tape, Batch batch, Observer observer) {
        return hidden(tape, batch, Pass.PLAIN, observer);
    }

    /// Like [#hidden(Tape, Batch)], for learning: with noise, and layer by layer again in backward
    /// if the pass says so. The head of the same pass is [#head(Pass)].
    ///
    /// @throws AttuneException if positions are learned and a text is longer than their table
    public Value hidden(Tape tape, Batch batch, Pass pass) {
        return hidden(tape, batch, pass, Observer.none());
    }

    /// The same with an onlooker.
    ///
    /// @throws AttuneException if positions are learned and a text is longer than their table
    public Value hidden(Tape tape, Batch batch, Pass pass, Observer observer) {
        try (var scope = Scope.open("decoder")) {
            Places places = Places.of(config, batch, dtype);
            Run run = new Run(new Forward(tape, pass, observer), places, batch.documents());
            Value x = embed(tape, batch.ids(), places);
            x = run.forward.noise().apply(tape, x, batch.documents());
            for (DecoderLayer layer : layers) {
                observer.state(x);
                x =
                        pass.gradientCheckpointing()
                                ? checkpointed(run, layer, x)
                                : apply(run, layer, x);
            }
            Value result = finalNorm.apply(tape, x);
            observer.state(result);
            scope.keep(result.data());
            return result;
        }
    }

    /// What all layers of one pass share.
    private record Run(Forward forward, Places places, Documents documents) {}

    private static Value apply(Run run, DecoderLayer layer, Value x) {
        try (var scope = Scope.open("layer")) {
            Value y = apply(run, run.forward, layer, x);
            scope.keep(y.data());
            return y;
        }
    }

    private static Value apply(Run run, Forward forward, DecoderLayer layer, Value x) {
        Optional<Rope.Angles> angles = angles(run.places, layer);
        return layer.apply(
                forward, x, h -> layer.attention().apply(forward, h, angles, run.documents));
    }

    /// Runs a layer of which only the input is kept. The scores of its router leave it as outputs
    /// beside its result, since a loss may reach them too.
    private static Value checkpointed(Run run, DecoderLayer layer, Value x) {
        Tensor[] read =
                angles(run.places, layer)
                        .map(angles -> new Tensor[] {angles.cos(), angles.sin()})
                        .orElseGet(() -> new Tensor[0]);
        List<Value> outputs =
                run.forward
                        .tape()
                        .checkpoint("layer", x, (tape, in) -> outputs(run, layer, tape, in), read);
        outputs.stream().skip(1).forEach(run.forward.observer()::routed);
        return outputs.getFirst();
    }

    private static List<Value> outputs(Run run, DecoderLayer layer, Tape tape, Value x) {
        List<Value> all = new ArrayList<>();
        try (var scope = Scope.open("layer")) {
            Value y = apply(run, run.forward.on(tape, new Routed(all)), layer, x);
            all.addFirst(y);
            all.forEach(value -> scope.keep(value.data()));
        }
        return all;
    }

    /// Takes down the scores that a layer gives its experts.
    private record Routed(List<Value> scores) implements Observer {
        @Override
        public void state(Value x) {
            // A layer shows scores alone.
        }

        @Override
        public void routed(Value logits) {
            scores.add(logits);
        }
    }

    private static Optional<Rope.Angles> angles(Places places, DecoderLayer layer) {
        return places.angles().isEmpty()
                ? Optional.empty()
                : Optional.of(places.angles().get(layer.config().rope()));
    }

    private Value embed(Tape tape, Tensor ids, Places places) {
        Value tokens = embedding.apply(tape, ids);
        Value scaled = Scale.apply(tape, tokens, embeddingScale());
        if (positionTable.isEmpty()) {
            return scaled;
        }
        Value positions = Embedding.apply(tape, positionTable.get(), places.positions());
        return ResidualAdd.apply(tape, scaled, positions, 1);
    }

    /// Gemma's factor is a number of the activations' type, which for bfloat16 is a round one.
    private double embeddingScale() {
        double exact = config.scales().embedding();
        if (exact == 1 || dtype == Dtype.FLOAT32) {
            return exact;
        }
        try (var _ = Scope.open("scale")) {
            return Tensor.full(exact, dtype, Device.CPU, 1).item();
        }
    }

    /// The head: logits of hidden states, and log-probabilities of labels.
    public TokenLogProbs.Head head() {
        return head(Pass.PLAIN);
    }

    /// The head for a pass to learn from: an adapter on it drops inputs as those below do.
    public TokenLogProbs.Head head(Pass pass) {
        LowRank lowRank = lmHead.update().map(Projection.Update::lowRank).orElse(null);
        boolean drops = lowRank != null && pass.regularization().loraDropout() > 0;
        return new TokenLogProbs.Head(
                lmHead.weight(),
                lowRank,
                config.scales().logit(),
                config.scales().finalSoftCap(),
                drops ? Forward.dropout(pass, lmHead.path()) : null);
    }

    /// The embedding table.
    public TokenEmbedding embedding() {
        return embedding;
    }

    /// The head as a layer.
    public Projection lmHead() {
        return lmHead;
    }

    /// Every linear layer below the head, lowest first.
    public List<Projection> projections() {
        return layers.stream().flatMap(l -> l.projections().stream()).toList();
    }

    /// Every norm, lowest first.
    List<Norm> norms() {
        return Stream.concat(layers.stream().flatMap(DecoderLayer::allNorms), Stream.of(finalNorm))
                .toList();
    }

    List<DecoderLayer> layers() {
        return layers;
    }

    Norm finalNorm() {
        return finalNorm;
    }

    Value embedAt(Tape tape, Tensor ids, Places places) {
        return embed(tape, ids, places);
    }

    static Optional<Rope.Angles> anglesOf(Places places, DecoderLayer layer) {
        return angles(places, layer);
    }

    /// Notes that an adapter is put in or taken out.
    void adapt(boolean in) {
        if (in && adapted) {
            throw new IllegalStateException("another adapter is attached to this decoder");
        }
        adapted = in;
    }

    /// Every weight, a tied one once, with those of an attached adapter.
    public List<Parameter> parameters() {
        Set<Parameter> all = new LinkedHashSet<>();
        all.add(embedding.table());
        embedding.update().ifPresent(u -> all.addAll(List.of(u.a(), u.b())));
        positionTable.ifPresent(all::add);
        for (DecoderLayer layer : layers) {
            layer.projections().forEach(p -> all.addAll(p.parameters()));
            layer.allNorms().forEach(n -> all.addAll(n.parameters()));
        }
        all.addAll(finalNorm.parameters());
        all.addAll(lmHead.parameters());
        return new ArrayList<>(all);
    }

    /// Frees the weights and their gradients.
    @Override
    public void close() {
        parameters().forEach(Parameter::clearGradient);
        weights.close();
    }
}
