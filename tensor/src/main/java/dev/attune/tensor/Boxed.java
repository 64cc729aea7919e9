package dev.attune.tensor;

import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.TensorList;
import org.bytedeco.pytorch.TensorVector;

import java.util.ArrayList;
import java.util.List;

/// A call of a libtorch operator that the binding has no method for, by its name and with its
/// arguments in the order of its schema.
///
/// ```
/// Tensor ds = Boxed.of("aten::_softmax_backward_data")
///         .with(dp).with(p).with(-1L).withTypeOf(p).call().tensor(0);
/// ```
///
/// Lives inside one scope, which frees what it holds.
final class Boxed {
    private final String name;
    private final String overload;
    private final IValueVector stack = new IValueVector();

    private Boxed(String name, String overload) {
        this.name = name;
        this.overload = overload;
    }

    /// A call without arguments so far.
    ///
    /// @param name with its namespace, of the overload without a name: `aten::mm`
    static Boxed of(String name) {
        return new Boxed(name, "");
    }

    /// A call of the overload that the schema writes behind a dot: `_foreach_mul_.Scalar`.
    static Boxed of(String name, String overload) {
        return new Boxed(name, overload);
    }

    Boxed with(Tensor tensor) {
        stack.push_back(new IValue(tensor.raw()));
        return this;
    }

    Boxed with(List<Tensor> tensors) {
        GenericList list = new GenericList(new TensorList().elementType());
        for (Tensor tensor : tensors) {
            list.push_back(new IValue(tensor.raw()));
        }
        stack.push_back(new IValue(list));
        return this;
    }

    Boxed with(double number) {
        stack.push_back(new IValue(number));
        return this;
    }

    Boxed with(long number) {
        stack.push_back(new IValue(number));
        return this;
    }

    Boxed with(boolean flag) {
        stack.push_back(new IValue(flag));
        return this;
    }

    Boxed withTypeOf(Tensor tensor) {
        stack.push_back(new IValue(tensor.raw().scalar_type()));
        return this;
    }

    Boxed withType(Dtype dtype) {
        stack.push_back(new IValue(dtype.scalarType()));
        return this;
    }

    /// An optional argument that is left out.
    Boxed withNothing() {
        stack.push_back(new IValue());
        return this;
    }

    /// Runs the operator: its results take the place of its arguments.
    Boxed call() {
        Dispatcher.singleton().findSchemaOrThrow(name, overload).callBoxed(stack);
        return this;
    }

    /// A result that is a tensor, as a handle of its own.
    Tensor tensor(int index) {
        return Tensor.of(new org.bytedeco.pytorch.Tensor(stack.get(index).toTensor()));
    }

    /// A result that is a list of tensors, as handles of their own.
    List<Tensor> tensors(int index) {
        TensorVector list = stack.get(index).toTensorVector();
        List<Tensor> tensors = new ArrayList<>();
        for (long i = 0; i < list.size(); i++) {
            tensors.add(Tensor.of(new org.bytedeco.pytorch.Tensor(list.get(i))));
        }
        return tensors;
    }

    /// A result that is a whole number.
    long number(int index) {
        return stack.get(index).toInt();
    }
}
