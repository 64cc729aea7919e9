package dev.attune.tensor;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Owns tensors and gives their memory back when it is closed.
///
/// ```
/// try (var step = Scope.open("step")) {
///     Tensor loss;
///     try (var part = Scope.open("micro-batch")) {
///         loss = part.keep(forward());   // now owned by "step"
///     }
/// }                                      // everything is freed here
/// ```
///
/// Two sorts:
///
/// - **open** scopes nest on the thread that opened them. A tensor belongs to the innermost one; a
///   tensor made while none is open is an error. [#keep] hands a tensor to the enclosing scope.
/// - **owning** scopes are not on any stack. They hold what lives longer than a block of code, such
///   as the weights of a model; [#adopt] gives them a share in a tensor.
///
/// Thread-confined: open, keep and close happen on one thread. Garbage collection is never relied
/// on.
public final class Scope implements AutoCloseable {
    private static final ThreadLocal<Deque<Scope>> OPEN = ThreadLocal.withInitial(ArrayDeque::new);

    private final String name;
    private final Thread thread = Thread.currentThread();
    private final @Nullable PointerScope pointers;
    private final List<Tensor> adopted = new ArrayList<>();
    private boolean closed;

    private Scope(String name, @Nullable PointerScope pointers) {
        this.name = name;
        this.pointers = pointers;
    }

    /// Opens a scope on this thread, inside the innermost one.
    public static Scope open(String name) {
        Scope scope = new Scope(name, new PointerScope());
        OPEN.get().push(scope);
        return scope;
    }

    /// A scope that is on no stack, for what outlives a block of code.
    public static Scope owning(String name) {
        return new Scope(name, null);
    }

    /// Hands `tensor` from this scope to the one that encloses it. A tensor of another scope stays
    /// with its owner.
    ///
    /// @return the same tensor
    /// @throws IllegalStateException if this scope is not the innermost, or none encloses it
    public Tensor keep(Tensor tensor) {
        requireInnermost("keep a tensor of");
        Scope outer = OPEN.get().stream().skip(1).findFirst().orElse(null);
        if (outer == null || outer.pointers == null || pointers == null) {
            throw new IllegalStateException("no scope encloses " + this);
        }
        if (tensor.owner == this) {
            outer.pointers.attach(tensor.raw());
            pointers.detach(tensor.raw());
            tensor.owner = outer;
        }
        return tensor;
    }

    /// Takes a share in `tensor`: it lives at least as long as this scope.
    ///
    /// @return the same tensor
    public Tensor adopt(Tensor tensor) {
        requireUsable();
        tensor.retain();
        adopted.add(tensor);
        return tensor;
    }

    /// Frees what this scope holds. A second close is an error, since it hints at a mixed-up owner.
    @Override
    public void close() {
        requireUsable();
        if (pointers != null) {
            requireInnermost("close");
            OPEN.get().pop();
            pointers.close();
        }
        adopted.forEach(Tensor::release);
        adopted.clear();
        closed = true;
    }

    /// The innermost scope, which owns what was just made. If there is none, that is freed.
    static Scope innermost(Pointer... made) {
        Scope scope = OPEN.get().peek();
        if (scope == null) {
            for (Pointer orphan : made) {
                orphan.deallocate();
            }
            throw new IllegalStateException(
                    "a tensor was made while no scope is open on thread "
                            + Thread.currentThread().getName());
        }
        return scope;
    }

    private void requireUsable() {
        if (closed) {
            throw new IllegalStateException(this + " is closed already");
        }
        if (pointers != null && !thread.equals(Thread.currentThread())) {
            throw new IllegalStateException(
                    this + " belongs to thread " + thread.getName() + ", not to this one");
        }
    }

    private void requireInnermost(String what) {
        requireUsable();
        if (OPEN.get().peek() != this) {
            throw new IllegalStateException(
                    "cannot " + what + " " + this + ": the innermost is " + OPEN.get().peek());
        }
    }

    @Override
    public String toString() {
        return "scope '" + name + "'";
    }
}
