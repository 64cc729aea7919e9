package dev.attune.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.attune.base.AttuneException;
import dev.attune.base.ErrorKind;
import dev.attune.format.GgufValue.Array;
import dev.attune.format.GgufValue.Whole;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

class GgufFileTest {
    @TempDir private Path folder;

    @Test
    void readsEveryValidFileAsGgmlDoes() throws IOException {
        Path valid = SharedData.path("formats/gguf-valid");
        JsonNode results =
                new JsonMapper()
                        .readTree(SharedData.path("formats/gguf-expected.json").toFile())
                        .path("results");

        for (Path file : files(valid)) {
            String name = file.getFileName().toString().replace(".gguf", "");
            String expected = results.path("valid/" + name).path("ggml_output").stringValue("");
            try (GgufFile gguf = GgufFile.open(file)) {
                assertThat(asGgmlPrints(gguf, expected)).as(name).isEqualTo(expected);
            }
        }
    }

    @Test
    void readsEveryTypeOfMetadata() {
        Path file = SharedData.path("formats/gguf-valid/all-kv-types.gguf");

        try (GgufFile gguf = GgufFile.open(file)) {
            GgufMetadata all = gguf.metadata();
            assertThat(all.whole("a.u8")).as("a.u8").hasValue(255);
            assertThat(all.whole("a.i8")).as("a.i8").hasValue(-128);
            assertThat(all.whole("a.u16")).as("a.u16").hasValue(65_535);
            assertThat(all.whole("a.i16")).as("a.i16").hasValue(-32_768);
            assertThat(all.whole("a.u32")).as("a.u32").hasValue(4_294_967_295L);
            assertThat(all.whole("a.i32")).as("a.i32").hasValue(Integer.MIN_VALUE);
            assertThat(all.whole("a.i64")).as("a.i64").hasValue(Long.MIN_VALUE);
            assertThat(all.values().get("a.u64"))
                    .as("a.u64 as bits")
                    .isEqualTo(new Whole(GgufValueType.UINT64, -1));
            assertThat(all.real("a.f32")).as("a.f32").hasValue(1.5);
            assertThat(all.real("a.f64")).as("a.f64").hasValue(-2.25);
            assertThat(all.flag("a.bool")).as("a.bool").contains(true);
            assertThat(all.text("a.str")).as("a.str").contains("ünï\n\"x\"");
            assertThat(all.text("a.empty")).as("a.empty").contains("");
            assertThat(all.wholes("a.arr.i32")).as("a.arr.i32").contains(List.of(1L, -2L, 3L));
            assertThat(all.texts("a.arr.str")).as("a.arr.str").contains(List.of("a", "", "日本"));
            assertThat(all.values().get("a.arr.empty"))
                    .as("an empty array keeps its type")
                    .isEqualTo(new Array(GgufValueType.FLOAT32, List.of()));
            assertThat(all.whole("nowhere")).as("a missing key").isEqualTo(OptionalLong.empty());
            assertThatThrownBy(() -> all.whole("a.u64"))
                    .hasMessageContaining("'a.u64' is of type UINT64; expected an integer below");
            assertThatThrownBy(() -> all.texts("a.arr.i32"))
                    .hasMessageContaining("'a.arr.i32' is an ARRAY of INT32")
                    .hasMessageContaining("expected an array of strings");
        }
    }

    @Test
    void refusesEveryMalformedFileWithAMessageOfItsOwn() throws IOException {
        Map<String, String> messages = new HashMap<>();

        for (Path file : files(SharedData.path("formats/gguf-malformed"))) {
            String name = file.getFileName().toString();
            if (name.equals("version-big-endian.gguf")) {
                continue; // an empty big-endian file, which this reader and gguf-py understand
            }
            AttuneException refusal =
                    catchThrowableOfType(AttuneException.class, () -> GgufFile.open(file).close());
            assertThat(refusal).as("the refusal of %s", name).isNotNull();
            assertThat(refusal.kind()).as("kind for %s", name).isEqualTo(ErrorKind.USER);
            assertThat(refusal.where()).as("the place of %s", name).contains(file.toString());
            assertThat(refusal.fix()).as("the next step for %s", name).isPresent();
            messages.merge(refusal.what(), name, (a, b) -> a + " and " + b);
        }

        assertThat(messages.values().stream().filter(n -> n.contains(" and ")))
                .as("files that get the same message")
                .containsExactlyInAnyOrderElementsOf(List.of());
        assertThat(messages.keySet().stream().filter(GgufFileTest::namesNothing))
                .as("messages of what has a name, without it")
                .isEmpty();
    }

    @Test
    void readsAnEmptyBigEndianFileAndOneWithATensor() throws IOException {
        byte[] file = oneTensor(ByteOrder.BIG_ENDIAN);

        try (GgufFile gguf = GgufFile.open(Files.write(folder.resolve("big.gguf"), file))) {
            assertThat(gguf.byteOrder()).as("byte order").isEqualTo(ByteOrder.BIG_ENDIAN);
            assertThat(gguf.metadata().whole("n")).as("n").hasValue(7);
            assertThat(
                            gguf.bytes("t")
                                    .get(
                                            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(
                                                    gguf.byteOrder()),
                                            4))
                    .as("the second element")
                    .isEqualTo(2.5f);
        }
        try (GgufFile gguf =
                GgufFile.open(SharedData.path("formats/gguf-malformed/version-big-endian.gguf"))) {
            assertThat(gguf.tensors()).as("tensors of an empty file").isEmpty();
        }
    }

    @Test
    void readsATensorBeyondTwoGibibytes() throws IOException {
        ByteBuffer head = ByteBuffer.allocate(96).order(ByteOrder.LITTLE_ENDIAN);
        head.put("GGUF".getBytes(StandardCharsets.UTF_8)).putInt(3).putLong(2).putLong(0);
        long big = 3L << 30;
        head.putLong(1).put((byte) 'a').putInt(1).putLong(big).putInt(24).putLong(0);
        head.putLong(1).put((byte) 'b').putInt(1).putLong(1).putInt(24).putLong(big);
        Path path = folder.resolve("sparse.gguf");
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.write(head.array());
            file.seek(96 + big);
            file.write(42);
        }

        try (GgufFile gguf = GgufFile.open(path)) {
            assertThat(gguf.bytes("b").get(ValueLayout.JAVA_BYTE, 0))
                    .as("last byte")
                    .isEqualTo((byte) 42);
            assertThatThrownBy(() -> gguf.bytes("c")).hasMessageContaining("none named 'c'");
        }
    }

    @Test
    void knowsTheBlockSizesOfTheQuantisedReferenceData() throws IOException {
        JsonNode index =
                new JsonMapper()
                        .readTree(SharedData.path("formats/gguf-quants/index.json").toFile());
        Path quants = SharedData.path("formats/gguf-quants");

        for (Path file : files(quants)) {
            String name = file.getFileName().toString();
            if (!name.endsWith(".bin")) {
                continue;
            }
            String type = name.replace(".bin", "").toUpperCase(Locale.ROOT);
            GgmlType ggml = GgmlType.valueOf(type);
            long elements = Files.size(quants.resolve("input.f32")) / 4;
            assertThat(elements / ggml.blockLength() * ggml.blockBytes())
                    .as("bytes of %d elements of %s (%s)", elements, ggml, index.propertyNames())
                    .isEqualTo(Files.size(file));
        }
    }

    private static byte[] oneTensor(ByteOrder order) {
        ByteBuffer file = ByteBuffer.allocate(104).order(order);
        file.put("GGUF".getBytes(StandardCharsets.UTF_8)).putInt(3).putLong(1).putLong(1);
        file.putLong(1).put((byte) 'n').putInt(4).putInt(7);
        file.putLong(1).put((byte) 't').putInt(1).putLong(2).putInt(0).putLong(0);
        return file.putFloat(96, 1.5f).putFloat(100, 2.5f).array();
    }

    private static String asGgmlPrints(GgufFile gguf, String expected) {
        String tensors =
                gguf.tensors().values().stream()
                        .map(t ->
                                " %s@%d:%s"
                                        .formatted(
                                                t.name(),
                                                t.offset() - dataOffset(expected),
                                                t.type().toString().toLowerCase(Locale.ROOT)))
                        .collect(Collectors.joining());
        return "ACCEPT version=%d kv=%d tensors=%d align=%d data_offset=%d%s"
                .formatted(
                        gguf.version(),
                        gguf.metadata().values().size(),
                        gguf.tensors().size(),
                        gguf.alignment(),
                        dataOffset(expected),
                        tensors);
    }

    private static long dataOffset(String expected) {
        return Long.parseLong(expected.replaceFirst(".*data_offset=([0-9]+).*", "$1"));
    }

    private static boolean namesNothing(String message) {
        return message.startsWith("The tensor ") && !message.contains("'");
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }
}
