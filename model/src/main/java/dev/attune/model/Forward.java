package dev.attune.model;

import dev.attune.tensor.Dropout;
import dev.attune.tensor.EmbeddingNoise;
import dev.attune.tensor.Seed;
import dev.attune.tensor.Tape;

/// What all layers of one pass share.
record Forward(Tape tape, Pass pass, Observer observer) {
    /// A pass with nobody looking on and nothing made harder.
    static Forward plain(Tape tape) {
        return new Forward(tape, Pass.PLAIN, Observer.none());
    }

    /// The same on another tape, seen by another.
    Forward on(Tape other, Observer onlooker) {
        return new Forward(other, pass, onlooker);
    }

    /// Whether adapters lose a share of their inputs, each layer another.
    boolean drops() {
        return tape.records() && pass.regularization().loraDropout() > 0;
    }

    /// What the factors at that path lose.
    Dropout dropout(String path) {
        return dropout(pass, path);
    }

    /// The same for a pass alone.
    static Dropout dropout(Pass pass, String path) {
        Seed seed = new Seed(pass.noiseSeed()).with("lora_dropout").with(path);
        return new Dropout(pass.regularization().loraDropout(), seed);
    }

    /// What is added to the vectors of tokens.
    EmbeddingNoise noise() {
        Seed seed = new Seed(pass.noiseSeed()).with("neftune_noise");
        return new EmbeddingNoise(pass.regularization().neftuneNoiseAlpha(), seed);
    }
}
