package dev.attune.model;

import dev.attune.base.AttuneException;
import dev.attune.tensor.Generator;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Scope;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A LoRA, rsLoRA or DoRA adapter for one decoder: its weights, and the layers they belong to.
///
/// ```
/// try (Adapter adapter = Adapter.load(folder, decoder)) {
///     adapter.attach();
///     ...                       // the decoder computes with it
///     adapter.detach();         // and without it again
/// }
/// ```
///
/// Owns its weights until closed; closing detaches it. One adapter is attached at a time.
public final class Adapter implements AutoCloseable {
    private final LoraConfig config;
    private final Decoder decoder;
    private final Scope weights;
    private final List<Part> parts;
    private final double loraDropout;
    private boolean attached;

    Adapter(
            LoraConfig config,
            Decoder decoder,
            Scope weights,
            List<Part> parts,
            double loraDropout) {
        this.config = config;
        this.decoder = decoder;
        this.weights = weights;
        this.parts = new ArrayList<>(parts);
        this.loraDropout = loraDropout;
    }

    /// Something that can be put in and taken out of the decoder, with the weights it brings.
    interface Part {
        void attach();

        void detach();

        List<Parameter> parameters();

        AdapterChange change();
    }

    /// Reads `adapter_config.json` and `adapter_model.safetensors` of a folder, in PEFT's layout.
    ///
    /// @throws AttuneException if a tensor fits no layer, has another shape, or lacks its partner:
    ///   all of them together
    public static Adapter load(Path folder, Decoder decoder) {
        return new AdapterLoader(folder, LoraConfigReader.read(folder), decoder).load();
    }

    /// A fresh adapter, which changes nothing yet: A random, B zero, as PEFT starts it.
    ///
    /// @throws AttuneException if the targets match no layer
    public static Adapter fresh(LoraConfig config, Decoder decoder, Generator generator) {
        return new AdapterMaker(config, decoder, generator).make();
    }

    /// What it changes.
    public LoraConfig config() {
        return config;
    }

    /// The `lora_dropout` that its file says it was trained with; 0 for a fresh one.
    public double loraDropout() {
        return loraDropout;
    }

    /// What it does to the base, one by one.
    public List<AdapterChange> changes() {
        return parts.stream().map(Part::change).toList();
    }

    /// Writes `adapter_config.json` and `adapter_model.safetensors` into a folder, which must
    /// exist, as PEFT does: each file appears whole or not at all, the weights first.
    ///
    /// @param base the base model, a name or a path, as `base_model_name_or_path`
    /// @throws AttuneException if the folder cannot be written to, or the disk is full
    public void save(Path folder, String base) {
        save(folder, base, loraDropout);
    }

    /// The same, for an adapter that was trained with another `lora_dropout` than its file said.
    ///
    /// @throws AttuneException if the folder cannot be written to, or the disk is full
    public void save(Path folder, String base, double trainedWith) {
        new AdapterWriter(this, decoder.family().conv1d(), base)
                .keeping(Map.of("lora_dropout", trainedWith))
                .write(folder);
    }

    /// Lets the decoder compute with it.
    ///
    /// @throws IllegalStateException if it, or another, is attached already
    public void attach() {
        if (attached) {
            throw new IllegalStateException("the adapter is attached already");
        }
        decoder.adapt(true);
        parts.forEach(Part::attach);
        attached = true;
    }

    /// Lets the decoder compute without it.
    public void detach() {
        if (attached) {
            parts.reversed().forEach(Part::detach);
            decoder.adapt(false);
            attached = false;
        }
    }

    /// Its own weights, under the names of the adapter file.
    public List<Parameter> parameters() {
        List<Parameter> all = new ArrayList<>();
        parts.forEach(p -> all.addAll(p.parameters()));
        return all;
    }

    /// Freezes the base and makes trainable what the adapter trains: its own weights, among them
    /// from now on copies of the biases that its `bias` asks for.
    ///
    /// @return the parameters that train
    /// @throws IllegalStateException if it is not attached
    public List<Parameter> train() {
        if (!attached) {
            throw new IllegalStateException("the adapter must be attached to train");
        }
        ownBiases();
        decoder.parameters().forEach(p -> p.train(false));
        Set<Parameter> training = new LinkedHashSet<>(parameters());
        training.removeIf(p -> p.name().endsWith(".base_layer.weight"));
        training.forEach(p -> p.train(true));
        return List.copyOf(training);
    }

    /// Takes copies of the biases that are to train, so that the base stays as it was and what was
    /// learned is saved. Those that came from the file are there already.
    private void ownBiases() {
        Set<String> present = new HashSet<>();
        changes().stream()
                .filter(AdapterChange.Bias.class::isInstance)
                .forEach(change -> present.add(change.path()));
        List<Part> more = new AdapterBiases(config.bias(), decoder, weights).except(present);
        more.forEach(Part::attach);
        parts.addAll(more);
    }

    /// Detaches it and frees its weights and their gradients.
    @Override
    public void close() {
        detach();
        parameters().forEach(Parameter::clearGradient);
        weights.close();
    }
}
