package dev.attune.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.base.AttuneException;
import dev.attune.base.ErrorKind;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

class SafetensorsPropertyTest {
    private static final byte[] VALID =
            Crafted.file(
                    "{\"__metadata__\":{\"format\":\"pt\"},"
                            + "\"x\":{\"dtype\":\"F4\",\"shape\":[2,2],\"data_offsets\":[0,2]},"
                            + "\"y\":{\"dtype\":\"BF16\",\"shape\":[3],\"data_offsets\":[2,8]}}  ",
                    8);
    private static final String STRUCTURE = "{}[]\",:0123456789-.eE\\u ";

    private static Path folder = Path.of(".");

    @BeforeContainer
    static void makeFolder() throws IOException {
        folder = Files.createTempDirectory("safetensors");
    }

    @AfterContainer
    static void deleteFolder() throws IOException {
        Files.delete(folder);
    }

    @Property(tries = 150)
    void readsBackWhatIsWritten(
            @ForAll("specs") List<TensorSpec> specs,
            @ForAll("metadata") Map<String, String> metadata,
            @ForAll long seed)
            throws IOException {
        Path path = folder.resolve("m.safetensors");
        Map<String, byte[]> contents = new HashMap<>();
        Random random = new Random(seed);
        try (var writer = SafetensorsWriter.create(path, specs, metadata)) {
            for (TensorSpec spec : specs) {
                byte[] bytes = new byte[(int) spec.byteLength()];
                random.nextBytes(bytes);
                contents.put(spec.name(), bytes);
                writer.write(spec.name(), MemorySegment.ofArray(bytes));
            }
            writer.finish();
        }

        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertThat(file.tensors().values().stream().map(TensorEntry::spec))
                    .as("specs")
                    .containsExactlyInAnyOrderElementsOf(specs);
            assertThat(file.metadata()).as("metadata").isEqualTo(metadata);
            contents.forEach(
                    (name, bytes) -> assertThat(Crafted.heap(file.bytes(name))).isEqualTo(bytes));
        } finally {
            Files.delete(path);
        }
    }

    @Property(tries = 3000)
    void refusesMutatedFilesWithNothingButAUserError(
            @ForAll long seed, @ForAll("edits") int edits) {
        byte[] file = mutated(new Random(seed), edits);
        try {
            SafetensorsHeader header = Crafted.read(file);
            assertThat(header.tensors().values())
                    .allSatisfy(t ->
                            assertThat(t.offset() + t.byteLength())
                                    .isLessThanOrEqualTo(file.length));
        } catch (AttuneException e) {
            assertThat(e.kind()).as("kind of %s", e.what()).isEqualTo(ErrorKind.USER);
            assertThat(e.where()).as("place").isPresent();
            assertThat(e.fix()).as("next step").isPresent();
        }
    }

    @Provide
    Arbitrary<Integer> edits() {
        return Arbitraries.integers().between(1, 8);
    }

    @Provide
    Arbitrary<Map<String, String>> metadata() {
        return Arbitraries.maps(text(), text()).ofMaxSize(3);
    }

    @Provide
    Arbitrary<List<TensorSpec>> specs() {
        Arbitrary<List<Long>> shapes =
                Arbitraries.longs().between(0, 6).list().ofMaxSize(4).map(List::copyOf);
        Arbitrary<SafetensorsDtype> dtypes = Arbitraries.of(SafetensorsDtype.class);
        // A last size of 8 fills whole bytes with any element type.
        return Combinators.combine(text(), dtypes, shapes)
                .as((name, dtype, shape) -> new TensorSpec(name, dtype, ending(shape, 8L)))
                .list()
                .ofMaxSize(6)
                .uniqueElements(TensorSpec::name);
    }

    private static Arbitrary<String> text() {
        return Arbitraries.strings()
                .ofMaxLength(12)
                .filter(Shown::isUnicode)
                .filter(name -> !name.equals(TensorSpec.METADATA_KEY));
    }

    private static List<Long> ending(List<Long> shape, long last) {
        return Stream.concat(shape.stream(), Stream.of(last)).toList();
    }

    /// Replaces, inserts, removes or repeats bytes of a good file; some edits keep the length true.
    private static byte[] mutated(Random random, int edits) {
        StringBuilder text = new StringBuilder(new String(VALID, StandardCharsets.ISO_8859_1));
        for (int i = 0; i < edits && text.length() > 0; i++) {
            int at = random.nextInt(text.length());
            char any =
                    random.nextBoolean()
                            ? STRUCTURE.charAt(random.nextInt(STRUCTURE.length()))
                            : (char) random.nextInt(256);
            switch (random.nextInt(4)) {
                case 0 -> text.setCharAt(at, any);
                case 1 -> text.insert(at, any);
                case 2 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(4)));
                default -> {
                    int end = Math.min(text.length(), at + random.nextInt(40));
                    text.insert(at, text.substring(at, end));
                }
            }
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
        boolean keepsLength = random.nextBoolean() && bytes.length > 16;
        if (keepsLength) {
            int header = bytes.length - 16;
            byte[] body = Arrays.copyOfRange(bytes, 8, 8 + header);
            return Crafted.file(body, 8);
        }
        return bytes;
    }
}
