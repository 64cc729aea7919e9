package dev.attune.model;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;
import dev.attune.model.AdapterKey.Part;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Generator;
import dev.attune.tensor.LowRank;
import dev.attune.tensor.Magnitude;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Makes a fresh adapter as PEFT starts one: A evenly from `±1/√I`, B zero, row lengths those of
/// the weight; for an embedding A zero and B normal.
final class AdapterMaker {
    private final LoraConfig config;
    private final Decoder decoder;
    private final Generator generator;
    private final Scope weights = Scope.owning("fresh adapter");

    AdapterMaker(LoraConfig config, Decoder decoder, Generator generator) {
        this.config = config;
        this.decoder = decoder;
        this.generator = generator;
    }

    Adapter make() {
        List<Projection> layers = new ArrayList<>(decoder.projections());
        layers.add(decoder.lmHead());
        requireEachTarget(layers);
        try {
            return new Adapter(config, decoder, weights, parts(layers), 0);
        } catch (RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    private List<Adapter.Part> parts(List<Projection> layers) {
        List<Adapter.Part> parts = new ArrayList<>();
        String embedding = decoder.embedding().path();
        if (targeted(embedding)) {
            parts.add(ofEmbedding(embedding));
        }
        for (Projection projection : layers) {
            if (targeted(projection.path())) {
                parts.add(ofProjection(projection));
            }
            if (endsInOneOf(projection.path(), config.modulesToSave())) {
                parts.add(whole(projection));
                projection.bias().ifPresent(bias -> parts.add(wholeBias(projection, bias)));
            }
        }
        if (endsInOneOf(embedding, config.modulesToSave())) {
            parts.add(wholeTable());
        }
        return parts;
    }

    /// Whether a layer gets factors: one that is trained whole does not.
    private boolean targeted(String path) {
        return config.targets().include(path, isEnd(path))
                && !endsInOneOf(path, config.modulesToSave());
    }

    /// Whether it is the embedding or the head.
    private boolean isEnd(String path) {
        return path.equals(decoder.lmHead().path()) || path.equals(decoder.embedding().path());
    }

    private Adapter.Part ofProjection(Projection projection) {
        String path = projection.path();
        long r = config.rank(path);
        double bound = 1 / Math.sqrt((double) projection.inFeatures());
        Parameter a =
                own(
                        new AdapterKey(path, Part.LORA_A).text(),
                        () -> uniform(bound, r, projection.inFeatures()));
        Parameter b =
                own(
                        new AdapterKey(path, Part.LORA_B).text(),
                        () -> zeros(projection.outFeatures(), r));
        LowRank lowRank = new LowRank(a, b, config.scale(path));
        Optional<Parameter> magnitude =
                config.scaling().useDora()
                        ? Optional.of(
                                own(
                                        new AdapterKey(path, Part.MAGNITUDE).text(),
                                        () ->
                                                Magnitude.rowNorms(
                                                                projection.weight(),
                                                                projection.layout(),
                                                                lowRank)
                                                        .to(decoder.dtype())))
                        : Optional.empty();
        return new AdapterParts.OfProjection(projection, new Projection.Update(lowRank, magnitude));
    }

    private Adapter.Part ofEmbedding(String path) {
        long r = config.rank(path);
        Parameter a =
                own(
                        new AdapterKey(path, Part.EMBEDDING_A).text(),
                        () -> zeros(r, decoder.config().vocabSize()));
        Parameter b =
                own(
                        new AdapterKey(path, Part.EMBEDDING_B).text(),
                        () -> normal(decoder.config().hiddenSize(), r));
        return new AdapterParts.OfEmbedding(
                decoder.embedding(), new LowRank(a, b, config.scale(path)));
    }

    private Adapter.Part whole(Projection projection) {
        Parameter copy =
                own(
                        new AdapterKey(projection.path(), Part.WEIGHT).text(),
                        () -> projection.weight().data().copy());
        return AdapterParts.Replacement.ofWeight(
                projection.path(), projection::replaceWeight, copy);
    }

    private Adapter.Part wholeBias(Projection projection, Parameter bias) {
        Parameter copy =
                own(new AdapterKey(projection.path(), Part.BIAS).text(), () -> bias.data().copy());
        return AdapterParts.Replacement.ofBias(projection.path(), projection::replaceBias, copy);
    }

    private Adapter.Part wholeTable() {
        TokenEmbedding embedding = decoder.embedding();
        Parameter copy =
                own(
                        new AdapterKey(embedding.path(), Part.WEIGHT).text(),
                        () -> embedding.table().data().copy());
        return AdapterParts.Replacement.ofWeight(embedding.path(), embedding::replaceTable, copy);
    }

    private void requireEachTarget(List<Projection> layers) {
        Set<String> paths = new TreeSet<>();
        paths.add(decoder.embedding().path());
        layers.forEach(p -> paths.add(p.path()));
        for (String target : config.targets().targetModules()) {
            requireMatch(target, "target_modules", paths);
        }
        for (String module : config.modulesToSave()) {
            requireMatch(module, "modules_to_save", paths);
        }
        List<String> targeted = paths.stream().filter(this::targeted).toList();
        if (targeted.isEmpty() && config.modulesToSave().isEmpty()) {
            throw nothing(paths);
        }
        if (config.scaling().useDora()) {
            targeted.stream().filter(this::isEnd).findFirst().ifPresent(AdapterMaker::refuseDora);
        }
    }

    private AttuneException nothing(Set<String> paths) {
        Optional<String> pattern = config.targets().pattern();
        if (pattern.isPresent()) {
            return AttuneException.user("target_modules " + pattern.get() + " matches no layer.")
                    .fix(
                            "A pattern must match a whole path, such as %s."
                                    .formatted(List.copyOf(paths).getLast()));
        }
        return AttuneException.user("The adapter changes no layer.")
                .fix(
                        "target_modules, layers_to_transform and exclude_modules leave none of %d."
                                .formatted(decoder.config().numHiddenLayers()));
    }

    private static void refuseDora(String path) {
        throw AttuneException.user("use_dora on " + path + " is not computed.")
                .fix("Leave it out of target_modules, or set use_dora to false.");
    }

    private static void requireMatch(String word, String key, Set<String> paths) {
        if (endsInOneOf(paths, word)) {
            return;
        }
        Set<String> ends = new TreeSet<>();
        paths.forEach(p -> ends.add(p.substring(p.lastIndexOf('.') + 1)));
        String nearest = Nearest.to(word, ends).map(n -> " (nearest: " + n + ")").orElse("");
        throw AttuneException.user(key + " " + word + " matches no layer" + nearest + ".")
                .fix("This model has " + String.join(", ", ends) + ".");
    }

    private static boolean endsInOneOf(Set<String> paths, String word) {
        return paths.stream().anyMatch(p -> endsInOneOf(p, List.of(word)));
    }

    private static boolean endsInOneOf(String path, List<String> words) {
        return words.stream().anyMatch(w -> path.equals(w) || path.endsWith("." + w));
    }

    private interface Draw {
        Tensor draw();
    }

    private Parameter own(String name, Draw draw) {
        try (var _ = Scope.open(name)) {
            return new Parameter(name, weights.adopt(draw.draw()));
        }
    }

    private Tensor uniform(double bound, long... shape) {
        return generator
                .uniform(-bound, bound, Dtype.FLOAT32, decoder.device(), shape)
                .to(decoder.dtype());
    }

    private Tensor normal(long... shape) {
        return generator.normal(0, 1, Dtype.FLOAT32, decoder.device(), shape).to(decoder.dtype());
    }

    private Tensor zeros(long... shape) {
        return Tensor.zeros(decoder.dtype(), decoder.device(), shape);
    }
}
