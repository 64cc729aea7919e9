package dev.attune.tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

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
            while (!entries.isEmpty()) {
                run(entries.pop());
            }
        } finally {
            gradient.gradientHolders--;
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

    /// Frees whatever is still saved.
    @Override
    public void close() {
        entries.forEach(Entry::free);
        entries.clear();
        variables.forEach(Value::dropGradient);
        variables.clear();
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
