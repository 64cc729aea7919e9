package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.testkit.LeakCheck;

import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class TensorTest {
    private Scope scope = Scope.owning("none yet");

    @BeforeEach
    void open() {
        scope = Scope.open("test");
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void aTensorSaysItsTypeShapeAndDevice() {
        Tensor tensor = Tensor.zeros(Dtype.BFLOAT16, Device.CPU, 2, 3);
        assertThat(tensor).hasToString("Tensor[bfloat16[2, 3] cpu]");
        assertThat(tensor.dtype()).isEqualTo(Dtype.BFLOAT16);
        assertThat(tensor.device()).isEqualTo(Device.CPU);
        assertThat(tensor.shape()).containsExactly(2, 3);
        assertThat(tensor.size(-1)).isEqualTo(3);
        assertThat(tensor.rank()).isEqualTo(2);
        assertThat(tensor.elements()).isEqualTo(6);
    }

    @Test
    void everyTypeCanBeMadeAndKeepsItsName() {
        for (Dtype dtype : Dtype.values()) {
            Tensor tensor = Tensor.zeros(dtype, Device.CPU, 3);
            assertThat(tensor.dtype()).isEqualTo(dtype);
            assertThat(tensor.memory().byteSize()).isEqualTo(3L * dtype.elementBytes());
            assertThat(tensor.floats()).containsExactly(0, 0, 0);
        }
    }

    @Test
    void theFloatingTypesAreThoseNamedFloat() {
        for (Dtype dtype : Dtype.values()) {
            assertThat(dtype.isFloating()).isEqualTo(dtype.torchName().contains("float"));
        }
    }

    @Test
    void tensorsWithoutElementsAreWhole() {
        assertThat(Tensor.of(new float[0], 0, 4).floats()).isEmpty();
        assertThat(Tensor.of(new long[0], 0).longs()).isEmpty();
        assertThat(Tensor.indices(new int[0], Device.CPU).shape()).containsExactly(0);
        Tensor empty = Tensor.zeros(Dtype.BFLOAT16, Device.CPU, 2, 0);
        assertThat(empty.floats()).isEmpty();
        assertThat(empty.sum().item()).isZero();
        assertThat(empty.isFinite()).isTrue();
        assertThat(empty.plus(1).copy().to(Dtype.FLOAT32).shape()).containsExactly(2, 0);
    }

    @Test
    void aTensorWithoutDimensionsHoldsOneElement() {
        Tensor scalar = Tensor.full(2.5, Dtype.FLOAT32, Device.CPU);
        assertThat(scalar.shape()).isEmpty();
        assertThat(scalar.rank()).isZero();
        assertThat(scalar.elements()).isEqualTo(1);
        assertThat(scalar.item()).isEqualTo(2.5);
        assertThat(scalar.floats()).containsExactly(2.5f);
        assertThat(Tensor.of(new float[] {7}).item()).isEqualTo(7);
    }

    @Test
    void itemWantsExactlyOneElement() {
        assertThat(Tensor.of(new long[] {1L << 52}, 1, 1).item()).isEqualTo(0x1p52);
        assertThatThrownBy(() -> numbers(1, 2).item())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no single item in Tensor[float32[2] cpu]");
    }

    @Test
    void elementsThatDoNotFillTheShapeAreRefused() {
        assertThatThrownBy(() -> Tensor.of(new float[3], 2, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("3 elements for [2, 2]");
        assertThatThrownBy(() -> Tensor.of(new long[5], 2, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("5 elements for [2, 2]");
    }

    @Test
    void floatsAndLongsReadViewsInTheirOwnOrder() {
        Tensor matrix = numbers(1, 2, 3, 4, 5, 6).view(2, 3);
        assertThat(matrix.transposed().floats()).containsExactly(1, 4, 2, 5, 3, 6);
        assertThat(matrix.narrow(1, 1, 2).longs()).containsExactly(2, 3, 5, 6);
        assertThat(matrix.select(1, 2).floats()).containsExactly(3, 6);
        assertThat(matrix.select(0, 1).unsqueeze(1).expand(3, 2).floats())
                .containsExactly(4, 4, 5, 5, 6, 6);
        assertThat(matrix.unflatten(1, 3, 1).permute(1, 2, 0).shape()).containsExactly(3, 1, 2);
    }

    @Test
    void viewsShareMemoryAndCopiesDoNot() {
        Tensor matrix = numbers(1, 2, 3, 4).view(2, 2);
        Tensor copy = matrix.copy();
        matrix.narrow(0, 0, 1).fillInPlace(9);
        matrix.transposed().select(0, 1).addInPlace(1);
        matrix.alias().multiplyInPlace(2);
        assertThat(matrix.floats()).containsExactly(18, 20, 6, 10);
        assertThat(copy.floats()).containsExactly(1, 2, 3, 4);
        assertThat(matrix.contiguous()).isSameAs(matrix);
        assertThat(matrix.to(Dtype.FLOAT32)).isSameAs(matrix);
        assertThat(matrix.to(Device.CPU)).isSameAs(matrix);
        assertThat(matrix.transposed().contiguous().floats()).containsExactly(18, 6, 20, 10);
    }

    @Test
    void aViewOutlivesTheTensorItLooksAt() {
        Tensor row;
        try (var inner = Scope.open("inner")) {
            row = inner.keep(numbers(1, 2, 3, 4).view(2, 2).select(0, 1));
        }
        assertThat(row.floats()).containsExactly(3, 4);
    }

    @Test
    void productsAreThoseOfMatrices() {
        Tensor a = numbers(1, 2, 3, 4).view(2, 2);
        Tensor b = numbers(5, 6, 7, 8).view(2, 2);
        assertThat(a.matmul(b).floats()).containsExactly(19, 22, 43, 50);
        assertThat(a.plusProduct(a, b, 2, 0.5).floats()).containsExactly(11.5f, 15, 27.5f, 33);
        assertThat(a.view(2, 1, 2).matmul(b.view(2, 2, 1)).floats()).containsExactly(17, 53);
        assertThat(a.copy().addProductInPlace(a, b, -1).floats())
                .containsExactly(-18, -20, -40, -46);
        assertThat(a.copy().addProductOfElementsInPlace(a, b, 2).floats())
                .containsExactly(11, 26, 45, 68);
    }

    @Test
    void sumsMayWidenTheirType() {
        Tensor ones = Tensor.full(1, Dtype.BFLOAT16, Device.CPU, 2, 1000);
        assertThat(ones.sum(1, false, Dtype.FLOAT32).floats()).containsExactly(1000, 1000);
        assertThat(ones.sum(1, true, Dtype.FLOAT32).shape()).containsExactly(2, 1);
        assertThat(ones.sum(0, false).dtype()).isEqualTo(Dtype.BFLOAT16);
        assertThat(numbers(1, 2, 3).sum().item()).isEqualTo(6);
    }

    @Test
    void rowsAreReadAndAddedByIndex() {
        Tensor matrix = numbers(1, 2, 3, 4, 5, 6).view(3, 2);
        Tensor at = Tensor.indices(new int[] {2, 0, 2}, Device.CPU);
        assertThat(matrix.rows(at).floats()).containsExactly(5, 6, 1, 2, 5, 6);
        matrix.addRowsInPlace(at, Tensor.full(1, Dtype.FLOAT32, Device.CPU, 3, 2));
        assertThat(matrix.floats()).containsExactly(2, 3, 3, 4, 7, 8);
    }

    @Test
    void argmaxGatherAndLogsumexpWorkByRow() {
        Tensor matrix = numbers(0, 5, 1, 7, 2, 7).view(2, 3);
        assertThat(matrix.argmax().longs()[0]).isEqualTo(1);
        assertThat(matrix.gather(Tensor.of(new long[] {2, 0}, 2, 1)).floats())
                .containsExactly(1, 7);
        assertThat(numbers(0, 0).view(1, 2).logsumexp().item()).isEqualTo((float) Math.log(2));
        assertThat(numbers(0, 0).softmax().floats()).containsExactly(0.5f, 0.5f);
    }

    @Test
    void aHandleThatATupleOwnsIsRefused() {
        Tensor numbers = numbers(1, 3, 2);
        try (var pair = torch.topk(numbers.raw(), 1)) {
            assertThatThrownBy(() -> Tensor.of(pair.get1()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("a borrowed handle cannot become a tensor: copy it");
        }
    }

    @Test
    void isFiniteFindsInfinitiesAndNans() {
        assertThat(numbers(1, -2).isFinite()).isTrue();
        assertThat(numbers(1, Float.NaN).isFinite()).isFalse();
        assertThat(numbers(Float.NEGATIVE_INFINITY, 1).isFinite()).isFalse();
    }

    @Test
    void devicesAreSpelledAsPyTorchDoes() {
        assertThat(Device.CPU).hasToString("cpu");
        assertThat(Device.cuda(1)).hasToString("cuda:1");
        assertThat(Device.cuda(0).isCuda()).isTrue();
        assertThatThrownBy(() -> Device.cuda(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no device CUDA:-1");
        assertThatThrownBy(() -> new Device(Device.Kind.CPU, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no device CPU:1");
    }

    private static Tensor numbers(float... numbers) {
        return Tensor.of(numbers, numbers.length);
    }
}
