package dev.attune.model;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;
import dev.attune.base.Problems;
import dev.attune.format.SafetensorsFile;
import dev.attune.format.TensorEntry;
import dev.attune.model.AdapterKey.Part;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.LowRank;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Reads a PEFT folder into an [Adapter]: first everything is checked, then everything is read.
final class AdapterLoader {
    private final Path file;
    private final LoraConfig config;
    private final double loraDropout;
    private final Decoder decoder;
    private final Problems problems;
    private final Map<String, Projection> projections = new LinkedHashMap<>();
    private final Map<String, Norm> norms = new LinkedHashMap<>();

    AdapterLoader(Path folder, LoraConfigReader.Read read, Decoder decoder) {
        this.file = folder.resolve("adapter_model.safetensors");
        this.config = read.config();
        this.loraDropout = read.loraDropout();
        this.decoder = decoder;
        this.problems = new Problems("Cannot load the adapter " + folder);
        decoder.projections().forEach(p -> projections.put(p.path(), p));
        projections.put(decoder.lmHead().path(), decoder.lmHead());
        decoder.norms().stream()
                .filter(n -> n.bias().isPresent())
                .forEach(n -> norms.put(n.path(), n));
    }

    Adapter load() {
        if (!Files.exists(file)) {
            throw AttuneException.user("The adapter has no adapter_model.safetensors.")
                    .at(String.valueOf(file.getParent()))
                    .fix("Save it with safe_serialization=True if it is adapter_model.bin.");
        }
        try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
            Map<String, Map<Part, TensorEntry>> layers = byLayer(tensors);
            layers.forEach(this::check);
            problems.throwIfAny();
            return read(tensors, layers);
        }
    }

    private Map<String, Map<Part, TensorEntry>> byLayer(SafetensorsFile tensors) {
        Map<String, Map<Part, TensorEntry>> layers = new LinkedHashMap<>();
        for (TensorEntry entry : tensors.tensors().values()) {
            Optional<AdapterKey> key = AdapterKey.parse(entry.name());
            if (key.isEmpty()) {
                problem(entry.name() + " is no name that PEFT gives.", "Save it again with PEFT.");
            } else {
                layers.computeIfAbsent(key.get().path(), _ -> new EnumMap<>(Part.class))
                        .put(key.get().part(), entry);
            }
        }
        if (layers.isEmpty() && problems.isEmpty()) {
            problem("The adapter holds no tensors.", "Save it again with PEFT.");
        }
        return layers;
    }

    private void check(String path, Map<Part, TensorEntry> parts) {
        boolean end =
                path.equals(decoder.embedding().path()) || path.equals(decoder.lmHead().path());
        if (end && parts.containsKey(Part.MAGNITUDE)) {
            problem(
                    "The adapter has DoRA on " + path + ", which Attune does not compute.",
                    "Merge the adapter with PEFT, and give the merged model.");
            return;
        }
        if (path.equals(decoder.embedding().path())) {
            long v = decoder.config().vocabSize();
            long c = decoder.config().hiddenSize();
            long r = config.rank(path);
            checkPair(path, parts, Part.EMBEDDING_A, Part.EMBEDDING_B);
            checkShape(parts.get(Part.EMBEDDING_A), r, v);
            checkShape(parts.get(Part.EMBEDDING_B), c, r);
            checkShape(parts.get(Part.WEIGHT), v, c);
            checkShape(parts.get(Part.BASE_WEIGHT), v, c);
            return;
        }
        if (norms.containsKey(path) && parts.keySet().equals(Set.of(Part.BIAS))) {
            norm(path).bias().ifPresent(b -> checkShape(parts.get(Part.BIAS), b.data().shape()));
            return;
        }
        Projection projection = projections.get(path);
        if (projection == null) {
            String nearest =
                    Nearest.to(path, projections.keySet())
                            .map(n -> "The nearest layer of the base is " + n + ".")
                            .orElse("The adapter was trained on another base model.");
            problem(
                    "The adapter changes "
                            + path
                            + ", which is no linear layer or embedding of the base.",
                    nearest);
            return;
        }
        long r = config.rank(path);
        checkPair(path, parts, Part.LORA_A, Part.LORA_B);
        checkShape(parts.get(Part.LORA_A), r, projection.inFeatures());
        checkShape(parts.get(Part.LORA_B), projection.outFeatures(), r);
        checkShape(parts.get(Part.MAGNITUDE), projection.outFeatures());
        boolean biased = parts.containsKey(Part.BIAS) || parts.containsKey(Part.BASE_BIAS);
        if (biased && projection.bias().isEmpty()) {
            problem(
                    "The adapter brings a bias for " + path + ", which has none in the base.",
                    "The adapter was trained on another base model.");
        } else {
            checkShape(parts.get(Part.BIAS), projection.outFeatures());
            checkShape(parts.get(Part.BASE_BIAS), projection.outFeatures());
        }
        checkShape(parts.get(Part.WEIGHT), projection.weight().data().shape());
        checkShape(parts.get(Part.BASE_WEIGHT), projection.weight().data().shape());
        boolean factors = parts.containsKey(Part.LORA_A);
        if (factors && config.scaling().useDora() != parts.containsKey(Part.MAGNITUDE)) {
            problem(
                    path
                            + (config.scaling().useDora()
                                    ? " lacks lora_magnitude_vector, but use_dora is true."
                                    : " has lora_magnitude_vector, but use_dora is false."),
                    "adapter_config.json and the weights must belong together.");
        }
    }

    private void checkPair(String path, Map<Part, TensorEntry> parts, Part a, Part b) {
        if (parts.containsKey(a) != parts.containsKey(b)) {
            Part missing = parts.containsKey(a) ? b : a;
            problem(
                    "The adapter lacks " + new AdapterKey(path, missing).text() + ".",
                    "The file is incomplete; save or fetch it again.");
        }
    }

    private void checkShape(@Nullable TensorEntry entry, long... shape) {
        if (entry == null) {
            return;
        }
        long[] found = entry.shape().stream().mapToLong(Long::longValue).toArray();
        if (!Arrays.equals(found, shape)) {
            problem(
                    "Cannot load %s: shape %s, expected %s."
                            .formatted(
                                    entry.name(), Arrays.toString(found), Arrays.toString(shape)),
                    "The adapter was trained on another base model, or r in adapter_config.json is"
                            + " not that of the weights.");
        }
        if (StoredWeights.torchType(entry.dtype()).isEmpty()) {
            problem(
                    "Cannot load %s: elements of type %s.".formatted(entry.name(), entry.dtype()),
                    "Save the adapter in float32, float16 or bfloat16.");
        }
    }

    private Adapter read(SafetensorsFile tensors, Map<String, Map<Part, TensorEntry>> layers) {
        Scope weights = Scope.owning("adapter " + file);
        try {
            Reader reader = new Reader(tensors, weights);
            List<Adapter.Part> parts = new ArrayList<>();
            layers.forEach((path, of) -> parts.addAll(partsOf(path, of, reader)));
            return new Adapter(config, decoder, weights, parts, loraDropout);
        } catch (RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    private List<Adapter.Part> partsOf(String path, Map<Part, TensorEntry> of, Reader reader) {
        List<Adapter.Part> parts = new ArrayList<>();
        boolean embedding = path.equals(decoder.embedding().path());
        for (Part part : of.keySet()) {
            switch (part) {
                case LORA_B, EMBEDDING_B, MAGNITUDE -> {
                    // Read together with its partner.
                }
                case LORA_A -> parts.add(factors(path, of, reader));
                case EMBEDDING_A ->
                        parts.add(
                                new AdapterParts.OfEmbedding(
                                        decoder.embedding(),
                                        new LowRank(
                                                reader.read(path, of, Part.EMBEDDING_A),
                                                reader.read(path, of, Part.EMBEDDING_B),
                                                config.scale(path))));
                case WEIGHT, BASE_WEIGHT ->
                        parts.add(
                                AdapterParts.Replacement.ofWeight(
                                        path,
                                        embedding
                                                ? decoder.embedding()::replaceTable
                                                : projection(path)::replaceWeight,
                                        reader.read(path, of, part)));
                case BIAS, BASE_BIAS ->
                        parts.add(
                                AdapterParts.Replacement.ofBias(
                                        path,
                                        norms.containsKey(path)
                                                ? norm(path)::replaceBias
                                                : projection(path)::replaceBias,
                                        reader.read(path, of, part)));
            }
        }
        return parts;
    }

    private Adapter.Part factors(String path, Map<Part, TensorEntry> of, Reader reader) {
        LowRank lowRank =
                new LowRank(
                        reader.read(path, of, Part.LORA_A),
                        reader.read(path, of, Part.LORA_B),
                        config.scale(path));
        Optional<Parameter> magnitude =
                of.containsKey(Part.MAGNITUDE)
                        ? Optional.of(reader.read(path, of, Part.MAGNITUDE))
                        : Optional.empty();
        return new AdapterParts.OfProjection(
                projection(path), new Projection.Update(lowRank, magnitude));
    }

    private Norm norm(String path) {
        return Objects.requireNonNull(norms.get(path));
    }

    private Projection projection(String path) {
        return Objects.requireNonNull(projections.get(path));
    }

    private void problem(String what, String fix) {
        problems.add(AttuneException.user(what).at(file).fix(fix));
    }

    /// Reads tensors into the type and place of the base.
    private final class Reader {
        private final SafetensorsFile tensors;
        private final Scope weights;

        Reader(SafetensorsFile tensors, Scope weights) {
            this.tensors = tensors;
            this.weights = weights;
        }

        Parameter read(String path, Map<Part, TensorEntry> of, Part part) {
            TensorEntry entry = Objects.requireNonNull(of.get(part));
            Dtype from = StoredWeights.torchType(entry.dtype()).orElseThrow();
            long[] shape = entry.shape().stream().mapToLong(Long::longValue).toArray();
            try (var _ = Scope.open(entry.name())) {
                Tensor data =
                        Tensor.read(
                                tensors.bytes(entry),
                                from,
                                decoder.dtype(),
                                decoder.device(),
                                shape);
                return new Parameter(new AdapterKey(path, part).text(), weights.adopt(data));
            }
        }
    }
}
