package dev.attune.tensor;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/// A weight under the name it has in its file, and the gradient that gathers in it while it trains.
///
/// The number belongs to the scope of whoever loaded it. The gradient is this object's own, until
/// [#clearGradient], and adds up over backward passes. A single part has the type it was computed
/// in; a sum of several is float32, whatever the type of the weight. A frozen parameter never gets
/// one.
public final class Parameter {
    private final String name;
    private final Tensor data;
    private boolean trainable;
    private @Nullable Tensor gradient;

    /// A frozen weight.
    public Parameter(String name, Tensor data) {
        this.name = name;
        this.data = data;
    }

    /// The name in the checkpoint or adapter file.
    public String name() {
        return name;
    }

    /// The number itself.
    public Tensor data() {
        return data;
    }

    /// Whether backward passes give it a gradient.
    public boolean trainable() {
        return trainable;
    }

    /// Freezes or thaws it.
    public Parameter train(boolean on) {
        trainable = on;
        return this;
    }

    /// The gradient gathered so far.
    public Optional<Tensor> gradient() {
        return Optional.ofNullable(gradient);
    }

    /// Frees the gradient.
    public void clearGradient() {
        if (gradient != null) {
            gradient.release();
            gradient = null;
        }
    }

    /// Adds a part of the shape of the weight.
    void accumulate(Tensor part) {
        if (!trainable) {
            return;
        }
        if (gradient == null) {
            // A part that is a value's gradient too must not be added into later: take a copy.
            hold(part.gradientHolders == 0 ? part : part.copy());
        } else {
            wide(gradient).addInPlace(part);
        }
    }

    /// Adds `alpha` times the matrix product of `a` and `b`.
    void accumulateProduct(Tensor a, Tensor b, double alpha) {
        Tensor before = gradient;
        if (!trainable) {
            return;
        }
        if (before != null && data.dtype() == Dtype.FLOAT32) {
            before.addProductInPlace(a, b, alpha);
            return;
        }
        Tensor product = a.matmul(b);
        if (before == null) {
            hold(alpha == 1 ? product : product.multiplyInPlace(alpha));
        } else {
            wide(before).addInPlace(product, alpha);
        }
    }

    /// Adds `part` to the rows at `indices`, which may repeat.
    void accumulateRows(Tensor indices, Tensor part) {
        if (!trainable) {
            return;
        }
        if (gradient == null) {
            hold(Tensor.zeros(Dtype.FLOAT32, data.device(), data.shape()));
        }
        if (gradient != null) {
            wide(gradient).addRowsInPlace(indices, part.to(Dtype.FLOAT32));
        }
    }

    /// The gradient so far as float32, in which a sum of many parts does not lose the small ones.
    private Tensor wide(Tensor before) {
        if (before.dtype() == Dtype.FLOAT32) {
            return before;
        }
        Tensor widened = before.to(Dtype.FLOAT32);
        clearGradient();
        hold(widened);
        return widened;
    }

    private void hold(Tensor part) {
        part.retain();
        gradient = part;
    }

    @Override
    public String toString() {
        return name + " " + data;
    }
}
