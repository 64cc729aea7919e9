package dev.attune.tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/// Remembers, in order, how to carry a gradient back through every operation that needs it.
///
/// ```
/// try (var step = Scope.open("step"); var tape = Tape.recording()) {
///     Value y = Linear.apply(tape, tape.constant(x), weight, null, Linear.Layout.OUT_IN);
///     tape.backward(y, dy);                  // gradients gather in the trainable parameters
/// }
/// ```
///
/// Each operation says what it saves; the rest is freed when the scopes of the forward pass close.
/// During backward a saved tensor and a gradient are freed as soon as they have been used. An
/// operation beneath which nothing trains records nothing.
///
/// Where memory is scarcer than time, [#checkpoint] keeps the input of a part alone and runs the
/// part again during backward.
///
/// Lives on one thread. One backward pass a tape.
public final class Tape implements AutoCloseable {
    private final boolean recording;
    private final @Nullable OpTimes times;
    private final Deque<Entry> entries = new ArrayDeque<>();
    private final List<Value> variables = new ArrayList<>();
    private boolean ranBackward;

    private Tape(boolean recording, @Nullable OpTimes times) {
        this.recording = recording;
        this.times = times;
    }

    /// A tape that records.
    public static Tape recording() {
        return new Tape(true, null);
    }

    /// A tape that records, and adds up the time of each operation.
    public static Tape timed(OpTimes times) {
        return new Tape(true, times);
    }

    /// A tape that records nothing, for passes without gradients.
    public static Tape off() {
        return new Tape(false, null);
    }

    /// Whether anything is recorded: whether something is learned from this pass.
    public boolean records() {
        return recording;
    }

    /// A value that takes no gradient.
    public Value constant(Tensor data) {
        return new Value(data, false);
    }

    /// A value whose gradient [#backwardTo] hands out.
    public Value variable(Tensor data) {
        Value variable = new Value(data, recording);
        variables.add(variable);
        return variable;
    }

    /// Carries `gradient`, of the shape of `output`, back to every trainable parameter beneath it.
    ///
    /// @throws IllegalStateException if this tape has run backward before
    public void backward(Value output, Tensor gradient) {
        if (ranBackward) {
            throw new IllegalStateException("this tape has run backward already");
        }
        ranBackward = true;
        gradient.gradientHolders++; // the caller holds it too: nobody may add into it
        try {
            output.accumulate(gradient);
            drain();
        } finally {
            gradient.gradientHolders--;
        }
    }

    private void drain() {
        while (!entries.isEmpty()) {
            run(entries.pop());
        }
    }

    /// Gives one more output its gradient, ahead of the [#backward] of another: a loss of two
    /// parts.
    public void seed(Value output, Tensor gradient) {
        output.accumulate(gradient);
    }

    /// Like [#backward], and gives the gradient of one [#variable], in memory of its own.
    ///
    /// @throws IllegalStateException if no gradient reached it
    public Tensor backwardTo(Value variable, Value output, Tensor gradient) {
        backward(output, gradient);
        Tensor found = variable.gradient();
        if (found == null) {
            throw new IllegalStateException("no gradient reached the variable");
        }
        boolean shared = found.gradientHolders > 1 || found == gradient;
        Tensor result = shared ? found.copy() : found.alias();
        variable.dropGradient();
        return result;
    }

    /// The bytes of what is saved for the way back, parameters left out; a tensor that several
    /// operations save counts once.
    public long savedBytes() {
        Set<Tensor> tensors = Collections.newSetFromMap(new IdentityHashMap<>());
        entries.forEach(entry -> tensors.addAll(entry.saved));
        return tensors.stream().mapToLong(t -> t.elements() * t.dtype().elementBytes()).sum();
    }

    /// Frees whatever is still saved.
    @Override
    public void close() {
        entries.forEach(Entry::free);
        entries.clear();
        variables.forEach(Value::dropGradient);
        variables.clear();
    }

    /// A part of a pass that can run twice and gives the same both times: everything random in it
    /// starts from a seed.
    @FunctionalInterface
    public interface Segment {
        /// Runs the part on that tape; its results belong to the innermost scope.
        List<Value> run(Tape tape, Value x);
    }

    /// Runs a part of the pass without keeping what its operations save, and once more when
    /// backward reaches it: activation checkpointing, [Chen et al.
    /// 2016](https://arxiv.org/abs/1604.06174). Gradients are those of the plain pass, bit by bit
    /// where kernels give the same bits twice.
    ///
    /// ```
    /// forward    x ─▶ part on a tape of its own ─▶ outputs       the tape is closed at once
    /// backward   x ─▶ part on another tape, d(outputs) back through it ─▶ dx
    /// ```
    ///
    /// A loss may reach any of the outputs, and no other value of the part. A tape that does not
    /// record runs the part as it is.
    ///
    /// @param name of the scope, for errors
    /// @param x the one input that may take a gradient; parameters get theirs as ever
    /// @param read what else the part reads and no one else keeps until backward
    /// @return the outputs, of the enclosing scope
    public List<Value> checkpoint(String name, Value x, Segment segment, Tensor... read) {
        if (!recording) {
            return segment.run(this, x);
        }
        try (var scope = Scope.open(name)) {
            List<Value> outputs = new ArrayList<>();
            try (Tape first = new Tape(true, times)) {
                for (Value result : segment.run(first, first.twin(x))) {
                    outputs.add(new Value(scope.keep(result.data()), result.needsGradient()));
                }
            }
            if (outputs.stream().anyMatch(Value::needsGradient)) {
                List<Tensor> saved = new ArrayList<>(List.of(read));
                saved.add(x.data());
                saved.forEach(Tensor::retain);
                entries.push(new Entry(name, outputs, () -> again(x, segment, outputs), saved));
            }
            return List.copyOf(outputs);
        }
    }

    private void again(Value x, Segment segment, List<Value> outputs) {
        try (Tape second = new Tape(true, times)) {
            Value twin = second.twin(x);
            List<Value> results = segment.run(second, twin);
            for (int i = 0; i < results.size(); i++) {
                Tensor gradient = outputs.get(i).gradient();
                if (gradient != null) {
                    results.get(i).accumulate(gradient);
                    // Handed on, not shared: a sole holder may add into it.
                    outputs.get(i).dropGradient();
                }
            }
            second.drain();
            Tensor found = twin.gradient();
            if (found != null) {
                x.accumulate(found);
            }
        }
    }

    /// The same number on this tape, with a gradient of its own.
    private Value twin(Value x) {
        Value twin = new Value(x.data(), x.needsGradient());
        variables.add(twin);
        return twin;
    }

    /// Starts an operation: a scope for what it makes on the way, and its entry in the times.
    Op begin(String name) {
        return new Op(name);
    }

    private void run(Entry entry) {
        long start = System.nanoTime();
        try {
            if (entry.outputs.stream().noneMatch(v -> v.gradient() != null)) {
                return;
            }
            try (var _ = Scope.open(entry.name)) {
                entry.backward.run();
            }
            if (times != null) {
                times.add(entry.name + " backward", System.nanoTime() - start);
            }
        } finally {
            entry.free();
        }
    }

    /// Carries the gradient of an operation's one output back to its inputs.
    interface Backward {
        void run(Tensor gradient);
    }

    /// An operation under way. Closing it frees what was made on the way.
    final class Op implements AutoCloseable {
        private final String name;
        private final Scope scope;
        private final long start = System.nanoTime();

        private Op(String name) {
            this.name = name;
            this.scope = Scope.open(name);
        }

        /// Ends a forward pass with one output.
        ///
        /// @param inputsNeedGradient whether any input or parameter takes a gradient
        /// @param backward carries the gradient back; may use `saved` and the inputs' gradients
        ///   only
        /// @param saved what `backward` reads beside parameters
        Value result(Tensor data, boolean inputsNeedGradient, Backward backward, Tensor... saved) {
            Value output = keep(data, inputsNeedGradient);
            if (output.needsGradient()) {
                Runnable step =
                        () -> {
                            Tensor gradient = output.gradient();
                            if (gradient != null) {
                                backward.run(gradient);
                            }
                        };
                record(List.of(output), step, saved);
            }
            return output;
        }

        /// Hands a result to the enclosing scope, as a value that takes a gradient if asked to.
        Value keep(Tensor data, boolean inputsNeedGradient) {
            return new Value(scope.keep(data), recording && inputsNeedGradient);
        }

        /// Records a step back for several outputs made by [#keep].
        void record(List<Value> outputs, Runnable backward, Tensor... saved) {
            for (Tensor tensor : saved) {
                tensor.retain();
            }
            entries.push(new Entry(name, outputs, backward, List.of(saved)));
        }

        /// Whether anything is recorded at all.
        boolean recording() {
            return recording;
        }

        @Override
        public void close() {
            scope.close();
            if (times != null) {
                times.add(name, System.nanoTime() - start);
            }
        }
    }

    private record Entry(String name, List<Value> outputs, Runnable backward, List<Tensor> saved) {
        void free() {
            saved.forEach(Tensor::release);
            outputs.forEach(Value::dropGradient);
        }
    }
}
