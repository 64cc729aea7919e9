package dev.attune.tensor;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// An array of numbers of one [Dtype] on one [Device], held outside the Java heap.
///
/// Owned by the [Scope] that was innermost when it was made; used after that scope closed, it says
/// so. Methods that end in `InPlace` change this tensor; views ([#view], [#narrow], [#transposed])
/// share its memory; everything else makes a new tensor. No gradients are recorded here: that is
/// the [Tape]'s work.
public final class Tensor {
    private final org.bytedeco.pytorch.Tensor raw;

    /// How many [Value]s hold this very tensor as their gradient; only a sole holder may add into
    /// it.
    int gradientHolders;

    /// The open scope that frees it, as long as that is open.
    Scope owner;

    private Tensor(org.bytedeco.pytorch.Tensor raw) {
        this.owner = Scope.innermost(raw);
        if (raw.referenceCount() <= 0) {
            throw new IllegalStateException("a borrowed handle cannot become a tensor: copy it");
        }
        this.raw = raw;
    }

    static Tensor of(org.bytedeco.pytorch.Tensor raw) {
        return new Tensor(raw);
    }

    /// A tensor whose elements are not set yet.
    public static Tensor empty(Dtype dtype, Device device, long... shape) {
        Scope.innermost();
        return of(torch.empty(shape, options(dtype, device), null));
    }

    /// A tensor of zeros.
    public static Tensor zeros(Dtype dtype, Device device, long... shape) {
        Scope.innermost();
        return of(torch.zeros(shape, options(dtype, device)));
    }

    /// A tensor with every element `value`.
    public static Tensor full(double value, Dtype dtype, Device device, long... shape) {
        Scope.innermost();
        return of(torch.full(shape, new Scalar(value), options(dtype, device)));
    }

    /// A float32 tensor on the CPU with these elements, row by row.
    public static Tensor of(float[] elements, long... shape) {
        Tensor tensor = emptyFor(elements.length, Dtype.FLOAT32, shape);
        MemorySegment.copy(
                elements, 0, tensor.memory(), ValueLayout.JAVA_FLOAT, 0, elements.length);
        return tensor;
    }

    /// An int64 tensor on the CPU with these elements, row by row.
    public static Tensor of(long[] elements, long... shape) {
        Tensor tensor = emptyFor(elements.length, Dtype.INT64, shape);
        MemorySegment.copy(elements, 0, tensor.memory(), ValueLayout.JAVA_LONG, 0, elements.length);
        return tensor;
    }

    /// An int64 tensor of shape `(n)` with these elements on `device`, as indices.
    public static Tensor indices(int[] elements, Device device) {
        return of(Arrays.stream(elements).asLongStream().toArray(), elements.length).to(device);
    }

    /// Reads numbers from memory, such as a mapped file, straight into their final type and place:
    /// one copy.
    ///
    /// @param bytes little-endian elements of type `from`, row by row
    /// @throws IllegalArgumentException if the size of `bytes` is not that of the shape
    public static Tensor read(
            MemorySegment bytes, Dtype from, Dtype to, Device device, long... shape) {
        Tensor target = empty(to, device, shape);
        if (bytes.byteSize() != target.elements() * from.elementBytes()) {
            throw new IllegalArgumentException(
                    bytes.byteSize() + " bytes for " + from + Arrays.toString(shape));
        }
        if (target.elements() > 0) {
            try (var _ = Scope.open("read")) {
                target.copyInPlace(over(bytes, from, shape));
            }
        }
        return target;
    }

    private static Tensor over(MemorySegment bytes, Dtype dtype, long... shape) {
        Pointer start = new AddressOf(bytes.address());
        return of(torch.from_blob(start, shape, new TensorOptions(dtype.scalarType())));
    }

    private static Tensor emptyFor(int count, Dtype dtype, long... shape) {
        Tensor tensor = empty(dtype, Device.CPU, shape);
        if (tensor.elements() != count) {
            throw new IllegalArgumentException(count + " elements for " + Arrays.toString(shape));
        }
        return tensor;
    }

    private static TensorOptions options(Dtype dtype, Device device) {
        TensorOptions options = new TensorOptions(dtype.scalarType());
        return device.isCuda()
                ? options.device(new org.bytedeco.pytorch.DeviceOptional(device.raw()))
                : options;
    }

    org.bytedeco.pytorch.Tensor raw() {
        if (raw.isNull()) {
            throw new IllegalStateException("a tensor was used after its scope had closed");
        }
        return raw;
    }

    void retain() {
        raw().retainReference();
    }

    void release() {
        raw.releaseReference();
    }

    /// The size of each dimension.
    public long[] shape() {
        long[] shape = new long[rank()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = raw().size(i);
        }
        return shape;
    }

    /// The size of dimension `dim`, counted from the end when negative.
    public long size(int dim) {
        return raw().size(dim);
    }

    /// How many dimensions there are.
    public int rank() {
        return (int) raw().dim();
    }

    /// How many elements there are.
    public long elements() {
        return raw().numel();
    }

    /// The type of the elements.
    public Dtype dtype() {
        return Dtype.of(raw().scalar_type());
    }

    /// Where the elements are.
    public Device device() {
        if (!raw().is_cuda()) {
            return Device.CPU;
        }
        try (var _ = Scope.open("device")) {
            return Device.cuda(raw().device().index());
        }
    }

    /// The elements as floats, row by row.
    public float[] floats() {
        try (var _ = Scope.open("floats")) {
            Tensor host = to(Dtype.FLOAT32).to(Device.CPU).contiguous();
            return host.memory().toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    /// The elements as integers, row by row.
    public long[] longs() {
        try (var _ = Scope.open("longs")) {
            Tensor host = to(Dtype.INT64).to(Device.CPU).contiguous();
            return host.memory().toArray(ValueLayout.JAVA_LONG);
        }
    }

    /// The one element of a tensor of one element.
    public double item() {
        if (elements() != 1) {
            throw new IllegalStateException("no single item in " + this);
        }
        return raw().item().toDouble();
    }

    /// The memory of a contiguous tensor on the CPU; valid as long as the tensor.
    @SuppressWarnings("restricted")
    public MemorySegment memory() {
        long bytes = elements() * dtype().elementBytes();
        if (bytes == 0) {
            return MemorySegment.NULL; // libtorch gives no address then
        }
        return MemorySegment.ofAddress(raw().data_ptr().address()).reinterpret(bytes);
    }

    /// This tensor, or a copy of it in that type.
    public Tensor to(Dtype dtype) {
        return dtype() == dtype ? this : of(raw().to(dtype.scalarType()));
    }

    /// This tensor, or a copy of it on that device.
    public Tensor to(Device device) {
        return device().equals(device) ? this : of(raw().to(device.raw(), raw().scalar_type()));
    }

    /// The same elements in another shape; shares memory.
    public Tensor view(long... shape) {
        return of(raw().view(shape));
    }

    /// The same elements in another shape; shares memory where the layout allows it.
    public Tensor reshape(long... shape) {
        return of(raw().reshape(shape));
    }

    /// `length` entries of dimension `dim` from `start`; shares memory.
    public Tensor narrow(int dim, long start, long length) {
        return of(raw().narrow(dim, start, length));
    }

    /// Entry `index` of dimension `dim`, which goes away; shares memory.
    public Tensor select(int dim, long index) {
        return of(raw().select(dim, index));
    }

    /// Dimensions in another order; shares memory.
    public Tensor permute(long... dims) {
        return of(raw().permute(dims));
    }

    /// The last two dimensions exchanged; shares memory.
    public Tensor transposed() {
        return of(raw().transpose(-2, -1));
    }

    /// A dimension of size one before `dim`; shares memory.
    public Tensor unsqueeze(int dim) {
        return of(raw().unsqueeze(dim));
    }

    /// Dimension `dim` taken apart into two; shares memory.
    public Tensor unflatten(int dim, long outer, long inner) {
        return of(raw().unflatten(dim, new long[] {outer, inner}));
    }

    /// Dimensions of size one repeated to this shape; shares memory.
    public Tensor expand(long... shape) {
        return of(raw().expand(shape));
    }

    /// This tensor if its elements lie row by row, else a copy in which they do.
    public Tensor contiguous() {
        return raw().is_contiguous() ? this : of(raw().contiguous());
    }

    /// A copy with memory of its own.
    public Tensor copy() {
        return of(raw().clone());
    }

    /// A second handle to the same memory with a life of its own.
    public Tensor alias() {
        return of(raw().detach());
    }

    /// The rows (entries of dimension 0) at these int64 indices.
    public Tensor rows(Tensor indices) {
        return of(torch.index_select(raw(), 0, indices.raw()));
    }

    /// Sum with broadcasting.
    public Tensor plus(Tensor other) {
        return of(torch.add(raw(), other.raw()));
    }

    /// Sum with one number.
    public Tensor plus(double number) {
        return of(torch.add(raw(), new Scalar(number)));
    }

    /// Difference with broadcasting.
    public Tensor minus(Tensor other) {
        return of(torch.sub(raw(), other.raw()));
    }

    /// Product element by element with broadcasting.
    public Tensor times(Tensor other) {
        return of(torch.mul(raw(), other.raw()));
    }

    /// Product with one number.
    public Tensor times(double number) {
        return of(torch.mul(raw(), new Scalar(number)));
    }

    /// Quotient element by element with broadcasting.
    public Tensor over(Tensor other) {
        return of(torch.div(raw(), other.raw()));
    }

    /// Matrix product of two matrices, or of two batches of matrices.
    public Tensor matmul(Tensor other) {
        return of(rank() == 3 ? torch.bmm(raw(), other.raw()) : torch.mm(raw(), other.raw()));
    }

    /// `beta` times this matrix plus `alpha` times the product of `a` and `b`.
    public Tensor plusProduct(Tensor a, Tensor b, double beta, double alpha) {
        return of(torch.addmm(raw(), a.raw(), b.raw(), new Scalar(beta), new Scalar(alpha)));
    }

    /// Adds `alpha` times the product of `a` and `b`.
    public Tensor addProductInPlace(Tensor a, Tensor b, double alpha) {
        raw().addmm_(a.raw(), b.raw(), new Scalar(1.0), new Scalar(alpha));
        return this;
    }

    /// Adds another tensor, with broadcasting.
    public Tensor addInPlace(Tensor other) {
        raw().add_(other.raw());
        return this;
    }

    /// Adds one number.
    public Tensor addInPlace(double number) {
        raw().add_(new Scalar(number));
        return this;
    }

    /// Adds `scale` times another tensor, with broadcasting.
    public Tensor addInPlace(Tensor other, double scale) {
        raw().add_(other.raw(), new Scalar(scale));
        return this;
    }

    /// Subtracts another tensor, with broadcasting.
    public Tensor subtractInPlace(Tensor other) {
        raw().sub_(other.raw());
        return this;
    }

    /// Multiplies by another tensor, with broadcasting.
    public Tensor multiplyInPlace(Tensor other) {
        raw().mul_(other.raw());
        return this;
    }

    /// Divides by another tensor, with broadcasting.
    public Tensor divideInPlace(Tensor other) {
        raw().div_(other.raw());
        return this;
    }

    /// Multiplies by one number.
    public Tensor multiplyInPlace(double number) {
        raw().mul_(new Scalar(number));
        return this;
    }

    /// Adds the product of two tensors, element by element, times `scale`.
    public Tensor addProductOfElementsInPlace(Tensor a, Tensor b, double scale) {
        raw().addcmul_(a.raw(), b.raw(), new Scalar(scale));
        return this;
    }

    /// Takes over the elements of another tensor, turned into this one's type and device.
    public Tensor copyInPlace(Tensor other) {
        raw().copy_(other.raw());
        return this;
    }

    /// Sets every element.
    public Tensor fillInPlace(double number) {
        raw().fill_(new Scalar(number));
        return this;
    }

    /// Adds the rows of `source` to the rows of this at these int64 indices.
    public Tensor addRowsInPlace(Tensor indices, Tensor source) {
        raw().index_add_(0, indices.raw(), source.raw());
        return this;
    }

    /// Sum of all elements, in this type.
    public Tensor sum() {
        return of(torch.sum(raw()));
    }

    /// Sums over dimension `dim`, which stays with size one if `keepdim`.
    public Tensor sum(int dim, boolean keepdim) {
        return sum(dim, keepdim, null);
    }

    /// Sums over dimension `dim` in another type, which avoids rounding each partial sum.
    public Tensor sum(int dim, boolean keepdim, @Nullable Dtype dtype) {
        ScalarTypeOptional type =
                dtype == null
                        ? new ScalarTypeOptional()
                        : new ScalarTypeOptional(dtype.scalarType());
        return of(torch.sum(raw(), new long[] {dim}, keepdim, type));
    }

    /// The index of the greatest element of each row (the last dimension), int64.
    public Tensor argmax() {
        return of(torch.argmax(raw(), new LongOptional(-1), false));
    }

    /// The elements at these int64 positions of the last dimension, of the shape of `indices`.
    public Tensor gather(Tensor indices) {
        return of(torch.gather(raw(), -1, indices.raw()));
    }

    /// Softmax over the last dimension.
    public Tensor softmax() {
        return of(torch.softmax(raw(), -1));
    }

    /// Logarithm of the sum of exponentials over the last dimension, which goes away.
    public Tensor logsumexp() {
        return of(torch.logsumexp(raw(), -1));
    }

    /// Whether another tensor has the same shape and the same elements.
    public boolean equalTo(Tensor other) {
        return torch.equal(raw(), other.raw());
    }

    /// Whether every element is a finite number.
    public boolean isFinite() {
        try (var _ = Scope.open("isFinite")) {
            return torch.isfinite(raw()).all().item_bool();
        }
    }

    /// Type, shape and device, without the elements.
    @Override
    public String toString() {
        return raw.isNull()
                ? "Tensor[freed]"
                : "Tensor[" + dtype().torchName() + Arrays.toString(shape()) + " " + device() + "]";
    }

    /// A plain address as JavaCPP wants it.
    private static final class AddressOf extends Pointer {
        AddressOf(long start) {
            super((Pointer) null);
            address = start;
        }
    }
}
