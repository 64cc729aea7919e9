package dev.attune.tensor;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/// A result on the [Tape]: its number, and, during backward, the gradient of the loss by it.
///
/// The number belongs to the scope it was made in; the gradient is freed as soon as the operation
/// that made this value has used it.
public final class Value {
    private final Tensor data;
    private final boolean needsGradient;
    private final @Nullable Form form;
    private @Nullable Tensor gradient;

    Value(Tensor data, boolean needsGradient) {
        this.data = data;
        this.needsGradient = needsGradient;
        this.form = needsGradient ? new Form(data) : null;
    }

    /// What a gradient looks like, kept because `data` may be gone by the time of the backward
    /// pass.
    private static final class Form {
        private final Dtype dtype;
        private final Device device;
        private final long[] shape;

        Form(Tensor data) {
            dtype = data.dtype();
            device = data.device();
            shape = data.shape();
        }

        Tensor zeros() {
            return Tensor.zeros(dtype, device, shape);
        }
    }

    /// The gradient, or zeros if none arrived.
    Tensor gradientOrZeros() {
        Tensor found = gradient;
        return found != null ? found : Objects.requireNonNull(form).zeros();
    }

    /// The number itself.
    public Tensor data() {
        return data;
    }

    /// Whether something that trains lies beneath.
    public boolean needsGradient() {
        return needsGradient;
    }

    @Nullable Tensor gradient() {
        return gradient;
    }

    /// Adds `part` to the gradient. `part` may be the gradient of another value, but no view of
    /// one: a view could be changed behind its owner's back.
    void accumulate(Tensor part) {
        if (!needsGradient) {
            return;
        }
        Tensor before = gradient;
        if (before == null) {
            hold(part);
        } else if (before.gradientHolders == 1) {
            before.addInPlace(part);
        } else {
            replaceBy(before.plus(part));
        }
    }

    /// Adds `alpha` times the matrix product of `a` and `b` to the gradient.
    void accumulateProduct(Tensor a, Tensor b, double alpha) {
        if (!needsGradient) {
            return;
        }
        Tensor before = gradient;
        if (before == null) {
            Tensor product = Products.of(a, b, null);
            hold(alpha == 1 ? product : product.multiplyInPlace(alpha));
        } else if (before.gradientHolders == 1) {
            Products.addTo(before, a, b, alpha);
        } else {
            replaceBy(Products.plus(before, a, b, alpha));
        }
    }

    /// Adds `part` to the rows of the gradient at `indices`.
    void accumulateRows(Tensor indices, Tensor part) {
        if (!needsGradient) {
            return;
        }
        Tensor before = gradient;
        if (before == null) {
            hold(Objects.requireNonNull(form).zeros());
        } else if (before.gradientHolders > 1) {
            replaceBy(before.copy());
        }
        if (gradient != null) {
            gradient.addRowsInPlace(indices, part);
        }
    }

    void dropGradient() {
        Tensor held = gradient;
        if (held != null) {
            held.gradientHolders--;
            held.release();
            gradient = null;
        }
    }

    private void replaceBy(Tensor sum) {
        dropGradient();
        hold(sum);
    }

    private void hold(Tensor part) {
        part.retain();
        part.gradientHolders++;
        gradient = part;
    }
}
