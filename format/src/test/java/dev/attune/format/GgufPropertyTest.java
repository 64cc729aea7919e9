package dev.attune.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.format.GgufValue.Array;
import dev.attune.format.GgufValue.Flag;
import dev.attune.format.GgufValue.Real;
import dev.attune.format.GgufValue.Text;
import dev.attune.format.GgufValue.Whole;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

class GgufPropertyTest {
    @Property(tries = 150)
    void readsBackWhatIsWritten(
            @ForAll("metadata") Map<String, GgufValue> metadata,
            @ForAll("specs") List<GgufTensorSpec> specs,
            @ForAll long seed)
            throws IOException {
        Path path = Files.createTempFile("written", ".gguf");
        Random random = new Random(seed);
        Map<String, byte[]> contents = new LinkedHashMap<>();
        try (GgufWriter writer = GgufWriter.create(path, metadata, specs)) {
            for (GgufTensorSpec spec : specs) {
                byte[] bytes = new byte[(int) spec.byteLength()];
                random.nextBytes(bytes);
                contents.put(spec.name(), bytes);
                writer.append(spec.name(), MemorySegment.ofArray(bytes));
            }
            writer.finish();
        }

        try (GgufFile file = GgufFile.open(path)) {
            assertThat(file.version()).isEqualTo(3);
            assertThat(file.metadata().values()).as("metadata").isEqualTo(metadata);
            assertThat(List.copyOf(file.metadata().values().keySet()))
                    .as("keys in order")
                    .isEqualTo(List.copyOf(metadata.keySet()));
            assertThat(List.copyOf(file.tensors().keySet()))
                    .as("tensors in order")
                    .isEqualTo(List.copyOf(contents.keySet()));
            for (GgufTensorSpec spec : specs) {
                GgufTensor found = Objects.requireNonNull(file.tensors().get(spec.name()));
                assertThat(found.shape()).isEqualTo(spec.shape());
                assertThat(file.bytes(spec.name()).toArray(ValueLayout.JAVA_BYTE))
                        .isEqualTo(contents.get(spec.name()));
            }
        } finally {
            Files.delete(path);
        }
    }

    @Provide
    Arbitrary<List<GgufTensorSpec>> specs() {
        Arbitrary<GgufTensorSpec> spec =
                Combinators.combine(
                                Arbitraries.strings().ofMinLength(1).ofMaxLength(12).alpha(),
                                Arbitraries.of(GgmlType.class),
                                Arbitraries.longs().between(1, 3).list().ofMaxSize(3),
                                Arbitraries.integers().between(1, 3))
                        .as((name, type, sizes, blocks) -> {
                            List<Long> shape = new ArrayList<>(sizes);
                            shape.add((long) type.blockLength() * blocks);
                            return new GgufTensorSpec(name, type, shape);
                        });
        return spec.list().ofMaxSize(5).uniqueElements(GgufTensorSpec::name);
    }

    @Provide
    Arbitrary<Map<String, GgufValue>> metadata() {
        Arbitrary<String> keys = Arbitraries.strings().ofMinLength(1).ofMaxLength(8);
        return Arbitraries.maps(keys.map(GgufPropertyTest::paired), values()).ofMaxSize(6);
    }

    private static Arbitrary<GgufValue> values() {
        Arbitrary<GgufValue> arrays =
                Arbitraries.of(GgufValueType.INT16, GgufValueType.STRING, GgufValueType.FLOAT32)
                        .flatMap(type ->
                                scalar(type)
                                        .list()
                                        .ofMaxSize(4)
                                        .map(list -> new Array(type, list)));
        Arbitrary<GgufValue> scalars =
                Arbitraries.of(GgufValueType.class)
                        .filter(type -> type != GgufValueType.ARRAY)
                        .flatMap(GgufPropertyTest::scalar);
        return Arbitraries.oneOf(scalars, arrays);
    }

    private static Arbitrary<GgufValue> scalar(GgufValueType type) {
        return switch (type) {
            case UINT8 -> whole(type, 0, 255);
            case INT8 -> whole(type, Byte.MIN_VALUE, Byte.MAX_VALUE);
            case UINT16 -> whole(type, 0, 65_535);
            case INT16 -> whole(type, Short.MIN_VALUE, Short.MAX_VALUE);
            case UINT32 -> whole(type, 0, 0xffff_ffffL);
            case INT32 -> whole(type, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case UINT64, INT64 -> whole(type, Long.MIN_VALUE, Long.MAX_VALUE);
            case FLOAT32 -> Arbitraries.floats().map(f -> new Real(type, (double) f));
            case FLOAT64 -> Arbitraries.doubles().map(d -> new Real(type, d));
            case BOOL -> Arbitraries.of(true, false).map(Flag::new);
            case STRING, ARRAY ->
                    Arbitraries.strings().ofMaxLength(9).map(s -> new Text(paired(s)));
        };
    }

    private static Arbitrary<GgufValue> whole(GgufValueType type, long low, long high) {
        return Arbitraries.longs().between(low, high).map(n -> new Whole(type, n));
    }

    /// Without halves of characters, which UTF-8 cannot hold.
    private static String paired(String text) {
        return text.replaceAll("[\\ud800-\\udfff]", "ü");
    }
}
