package dev.attune.model;

import dev.attune.tensor.Embedding;
import dev.attune.tensor.LowRank;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Tape;
import dev.attune.tensor.Tensor;
import dev.attune.tensor.Value;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/// The table of token vectors, with room for an adapter.
public final class TokenEmbedding {
    private final String path;
    private Parameter table;
    private @Nullable LowRank update;

    TokenEmbedding(String path, Parameter table) {
        this.path = path;
        this.table = table;
    }

    /// The path in the checkpoint: `model.embed_tokens`.
    public String path() {
        return path;
    }

    /// The table, `(V, C)`.
    public Parameter table() {
        return table;
    }

    /// What an adapter adds here, if one is attached.
    public Optional<LowRank> update() {
        return Optional.ofNullable(update);
    }

    void attach(@Nullable LowRank other) {
        update = other;
    }

    /// Puts another table in place of the present one, which is given back.
    Parameter replaceTable(Parameter other) {
        Parameter before = table;
        table = other;
        return before;
    }

    /// Looks up ids `(N)`: `(N, C)`.
    Value apply(Tape tape, Tensor ids) {
        Value rows = Embedding.apply(tape, table, ids);
        LowRank present = update;
        return present == null ? rows : Embedding.applyLowRank(tape, rows, present, ids);
    }
}
