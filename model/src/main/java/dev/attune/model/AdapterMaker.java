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
        List<Adapter.Part> parts = new ArrayList<>();
        Set<String> known = new TreeSet<>();
        String embedding = decoder.embedding().path();
        known.add(embedding);
        boolean allLinear = config.targets().pattern().filter("all-linear"::equals).isPresent();
        if (!allLinear && config.targets().include(embedding, false)) {
            parts.add(ofEmbedding(embedding));
        }
        List<Projection> layers = new ArrayList<>(decoder.projections());
        layers.add(decoder.lmHead());
        for (Projection projection : layers) {
            boolean isHead = projection.path().equals(decoder.lmHead().path());
            known.add(projection.path());
            if (config.targets().include(projection.path(), isHead)) {
                parts.add(ofProjection(projection));
            }
            if (endsInOneOf(projection.path(), config.modulesToSave())) {
                parts.add(whole(projection));
            }
        }
        if (endsInOneOf(embedding, config.modulesToSave())) {
            parts.add(wholeTable());
        }
        requireEachTarget(known);
        return new Adapter(config, decoder, weights, parts);
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
        return new AdapterParts.Replacement(projection::replaceWeight, copy);
    }

    private Adapter.Part wholeTable() {
        TokenEmbedding embedding = decoder.embedding();
        Parameter copy =
                own(
                        new AdapterKey(embedding.path(), Part.WEIGHT).text(),
                        () -> embedding.table().data().copy());
        return new AdapterParts.Replacement(embedding::replaceTable, copy);
    }

    private void requireEachTarget(Set<String> paths) {
        for (String target : config.targets().targetModules()) {
            requireMatch(target, "target_modules", paths);
        }
        for (String module : config.modulesToSave()) {
            requireMatch(module, "modules_to_save", paths);
        }
        boolean byPattern = config.targets().pattern().isPresent();
        if (byPattern && paths.stream().noneMatch(p -> config.targets().include(p, false))) {
            throw AttuneException.user(
                            "target_modules "
                                    + config.targets().pattern().orElseThrow()
                                    + " matches no layer.")
                    .fix("A pattern must match a whole path, such as " + paths.iterator().next());
        }
    }

    private static void requireMatch(String word, String key, Set<String> paths) {
        if (endsInOneOf(paths, word)) {
            return;
        }
        Set<String> ends = new TreeSet<>();
        paths.forEach(p -> ends.add(p.substring(p.lastIndexOf('.') + 1)));
        String nearest = Nearest.to(word, ends).map(n -> ", meant " + n + "?").orElse("");
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
