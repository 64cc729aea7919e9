package dev.attune.export;

import dev.attune.base.AttuneException;
import dev.attune.base.Problems;
import dev.attune.model.DecoderConfig;
import dev.attune.model.DecoderConfig.Layer;
import dev.attune.model.DecoderConfig.MixtureOfExperts;
import dev.attune.model.DecoderConfig.QkNorm;
import dev.attune.model.DecoderConfig.Rotary;
import dev.attune.model.Family;
import dev.attune.model.RopeConfig;
import dev.attune.model.RopeScaling;
import dev.attune.tensor.ActivationKind;

import java.util.ArrayList;
import java.util.List;

/// What of a model llama.cpp does not compute, or computes a little otherwise.
final class GgufLimits {
    private static final String FIX = "Export with --to hf instead.";
    private static final int LAYERS_WITH_COHERE_NORMS = 64;
    private static final List<Integer> LAYERS_OF_GEMMA2 = List.of(26, 42, 46);

    private final Family family;
    private final GgufFamily there;
    private final DecoderConfig config;
    private final Problems problems;

    private GgufLimits(Family family, DecoderConfig config, Problems problems) {
        this.family = family;
        this.there = GgufFamily.of(family);
        this.config = config;
        this.problems = problems;
    }

    /// Throws everything that makes a file impossible, together.
    static void require(Family family, DecoderConfig config) {
        Problems problems = new Problems("llama.cpp cannot run this model");
        GgufLimits limits = new GgufLimits(family, config, problems);
        limits.head();
        limits.layers();
        limits.norms();
        limits.biases();
        limits.rope();
        problems.throwIfAny();
    }

    /// What a user should know of a file that can be made.
    static List<String> notes(Family family, DecoderConfig config) {
        List<String> notes = new ArrayList<>();
        boolean windows = config.layers().stream().anyMatch(layer -> layer.window() > 0);
        boolean known =
                switch (family) {
                    case GEMMA2, GEMMA3 -> true;
                    case LLAMA, MISTRAL, QWEN2, QWEN3, QWEN3_MOE, GEMMA, GPT2, GPT_NEOX -> false;
                    case OLMO2, STARCODER2, COHERE, GRANITE, MIXTRAL, PHI3 -> false;
                };
        if (windows && !known) {
            notes.add(
                    "llama.cpp ignores the sliding window of this family: texts longer than it get"
                            + " other answers.");
        }
        boolean dynamic =
                config.positions() instanceof Rotary rotary
                        && rotary.ropes().getFirst().scaling() instanceof RopeScaling.Dynamic;
        if (dynamic) {
            notes.add(
                    "llama.cpp has no dynamic rope: texts longer than %d tokens get other answers."
                            .formatted(config.maxPositionEmbeddings()));
        }
        return notes;
    }

    private void add(String what) {
        problems.add(AttuneException.user(what).fix(FIX));
    }

    private void head() {
        if (!config.tieWordEmbeddings() && !there.headOfItsOwn()) {
            add(
                    "Its head is a tensor of its own, but for %s llama.cpp takes the embedding."
                            .formatted(there.architecture()));
        }
    }

    private void layers() {
        int count = config.numHiddenLayers();
        if (family == Family.GEMMA2 && !LAYERS_OF_GEMMA2.contains(count)) {
            add("It has %d layers; llama.cpp knows Gemma 2 with 26, 42 or 46.".formatted(count));
        }
        Layer first = config.layers().getFirst();
        boolean mixed =
                config.layers().stream()
                        .anyMatch(l -> !l.feedForward().equals(first.feedForward()));
        if (mixed) {
            add("Its layers have feed-forwards of several kinds.");
        }
        ActivationKind kind = first.feedForward().activation();
        boolean gelu =
                kind == ActivationKind.GELU && there.activation() == ActivationKind.GELU_TANH;
        if (kind != there.activation() && !gelu) {
            add(
                    "Its activation is %s; for %s llama.cpp computes %s."
                            .formatted(kind, there.architecture(), there.activation()));
        }
        if (first.feedForward() instanceof MixtureOfExperts experts && !experts.normTopkProb()) {
            add("The weights of its experts do not add up to one (norm_topk_prob is false).");
        }
        scales(first);
        windows();
    }

    private void scales(Layer first) {
        boolean one = config.layers().stream().allMatch(l -> l.scale() == first.scale());
        boolean usual = Math.abs(first.scale() / there.attentionScale(config) - 1) < 1e-6;
        boolean apart = config.attention().projection() == DecoderConfig.Projection.SEPARATE;
        if (there.writesAttentionScale() ? !one : !apart && !(one && usual)) {
            add("It scales attention in a way that no key of the file can tell.");
        }
    }

    /// Which layers have a window is a rule of the program.
    private void windows() {
        for (int i = 0; i < config.numHiddenLayers(); i++) {
            boolean windowed = config.layers().get(i).window() > 0;
            boolean expected =
                    switch (family) {
                        case GEMMA2 -> i % 2 == 0;
                        case GEMMA3 -> i % 6 != 5;
                        case LLAMA, MISTRAL, QWEN2, QWEN3, QWEN3_MOE, GEMMA, GPT2, PHI3 -> windowed;
                        case GPT_NEOX, OLMO2, STARCODER2, COHERE, GRANITE, MIXTRAL -> windowed;
                    };
            if (windowed != expected) {
                add(
                        "Layer %d %s a sliding window; llama.cpp thinks otherwise."
                                .formatted(i, windowed ? "has" : "has not"));
                return;
            }
        }
    }

    /// Biases of queries are looked for in the size of the hidden state.
    private void biases() {
        DecoderConfig.Heads heads = config.attention();
        boolean wide = heads.numAttentionHeads() * heads.headDim() != config.hiddenSize();
        if (there.architecture().equals("llama") && config.biases().qkv() && wide) {
            add(
                    ("Its queries have biases, and with %d heads of %d are not as wide as its"
                                    + " hidden state of %d.")
                            .formatted(
                                    heads.numAttentionHeads(),
                                    heads.headDim(),
                                    config.hiddenSize()));
        }
    }

    private void norms() {
        boolean cohereNorms = config.attention().qkNorm() == QkNorm.LAYER;
        if (cohereNorms && config.numHiddenLayers() < LAYERS_WITH_COHERE_NORMS) {
            add(
                    "It has norms of queries and keys, which llama.cpp reads for %d layers and more."
                            .formatted(LAYERS_WITH_COHERE_NORMS));
        }
    }

    private void rope() {
        if (!(config.positions() instanceof Rotary(List<RopeConfig> ropes))) {
            return;
        }
        RopeConfig rope = ropes.getFirst();
        if (there.pairsTogether() && rope.rotaryDim() != config.attention().headDim()) {
            add("Only a part of each head turns, which llama.cpp's llama does not do.");
        }
        switch (rope.scaling()) {
            case RopeScaling.None _, RopeScaling.Linear _, RopeScaling.Dynamic _ -> {}
            case RopeScaling.Llama3 _ -> {
                if (!there.architecture().equals("llama") && family != Family.GRANITE) {
                    add("It has llama3's rope scaling in another family.");
                }
            }
            case RopeScaling.Yarn yarn -> {
                if (yarn.betaFast() != 32 || yarn.betaSlow() != 1 || !yarn.truncate()) {
                    add("Its YaRN has a ramp of its own.");
                }
            }
            case RopeScaling.LongRope _ -> {
                if (family != Family.PHI3) {
                    add("It has longrope in another family than Phi-3.");
                }
            }
        }
        if (family == Family.GEMMA3 && !isLocalRopeOfGemma3(ropes.getLast())) {
            add("The rope of its windowed layers is not that of a base of 10000.");
        }
    }

    private static boolean isLocalRopeOfGemma3(RopeConfig rope) {
        return rope.ropeTheta() == 10_000 && rope.scaling() instanceof RopeScaling.None;
    }
}
