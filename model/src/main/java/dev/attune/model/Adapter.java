package dev.attune.model;

import dev.attune.base.AttuneException;
import dev.attune.tensor.Generator;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Scope;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
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
    private boolean attached;

    Adapter(LoraConfig config, Decoder decoder, Scope weights, List<Part> parts) {
        this.config = config;
        this.decoder = decoder;
        this.weights = weights;
        this.parts = List.copyOf(parts);
    }

    /// Something that can be put in and taken out of the decoder, with the weights it brings.
    interface Part {
        void attach();

        void detach();

        List<Parameter> parameters();
    }

    /// Reads `adapter_config.json` and `adapter_model.safetensors` of a folder, in PEFT's layout.
    ///
    /// @throws AttuneException if a tensor fits no layer, has another shape, or lacks its partner:
    ///   all of them together
    public static Adapter load(Path folder, Decoder decoder) {
        LoraConfig config = LoraConfigReader.read(folder);
        return new AdapterLoader(folder, config, decoder).load();
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

    /// Freezes the base and makes trainable what the adapter trains: its own weights, and the
    /// biases that its `bias` asks for.
    ///
    /// @return the parameters that train
    /// @throws IllegalStateException if it is not attached
    public List<Parameter> train() {
        if (!attached) {
            throw new IllegalStateException("the adapter must be attached to train");
        }
        decoder.parameters().forEach(p -> p.train(false));
        Set<Parameter> training = new LinkedHashSet<>(parameters());
        training.removeIf(p -> p.name().contains(".base_layer."));
        switch (config.bias()) {
            case "all" ->
                    decoder.parameters().stream()
                            .filter(p -> p.name().endsWith(".bias"))
                            .forEach(training::add);
            case "lora_only" ->
                    decoder.projections().stream()
                            .filter(p -> p.update().isPresent())
                            .forEach(p -> p.bias().ifPresent(training::add));
            default -> {
                // The base's biases stay as they are.
            }
        }
        training.forEach(p -> p.train(true));
        return List.copyOf(training);
    }

    /// Detaches it and frees its weights and their gradients.
    @Override
    public void close() {
        detach();
        parameters().forEach(Parameter::clearGradient);
        weights.close();
    }
}
