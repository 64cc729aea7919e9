package dev.attune.tensor;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/// A weight under the name it has in its file, and the gradient that gathers in it while it trains.
///
/// The number belongs to the scope of whoever loaded it. The gradient is this object's own, until
/// [#clearGradient]; it has the type and shape of the weight and adds up over backward passes. A
/// frozen parameter never gets one.
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
        Tensor before = gradient;
        if (!trainable) {
            return;
        }
        if (before == null) {
            // A part may be shared with a value's gradient or have another type: take a copy then.
            boolean own = part.gradientHolders == 0 && part.dtype() == data.dtype();
            hold(own ? part : part.to(data.dtype()).copy());
        } else {
            before.addInPlace(part);
        }
    }

    /// Adds `alpha` times the matrix product of `a` and `b`, in one kernel.
    void accumulateProduct(Tensor a, Tensor b, double alpha) {
        Tensor before = gradient;
        if (!trainable) {
            return;
        }
        if (before == null) {
            Tensor product = a.matmul(b);
            hold(alpha == 1 ? product : product.multiplyInPlace(alpha));
        } else {
            before.addProductInPlace(a, b, alpha);
        }
    }

    /// Adds `part` to the rows at `indices`.
    void accumulateRows(Tensor indices, Tensor part) {
        if (!trainable) {
            return;
        }
        if (gradient == null) {
            hold(Tensor.zeros(data.dtype(), data.device(), data.shape()));
        }
        if (gradient != null) {
            gradient.addRowsInPlace(indices, part);
        }
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
