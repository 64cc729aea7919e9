package dev.attune.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.base.AttuneException;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// What the Rust reference implementation says of each file, and what we say.
class ReferenceFilesTest {
    private static final String END = ".safetensors";

    /// Refused files, by the message that each must give. Files with the same fault share a line.
    private static final Map<String, List<String>> FAULTS =
            Map.ofEntries(
                    Map.entry("The file has 0 bytes", List.of("empty-file")),
                    Map.entry("The file has 7 bytes", List.of("seven-bytes")),
                    Map.entry("2 bytes, but only 0 follow", List.of("header-length-only")),
                    Map.entry("1000 bytes, but only 2 follow", List.of("header-length-past-end")),
                    Map.entry("is 18446744073709551615 bytes", List.of("header-length-max-u64")),
                    Map.entry("is 9223372036854775808 bytes", List.of("header-length-2^63")),
                    Map.entry("is 100000001 bytes", List.of("header-over-100MB-declared")),
                    Map.entry("The header length is 0;", List.of("header-zero-length")),
                    Map.entry("not JSON in the header, at char", List.of("header-not-json")),
                    Map.entry("Found an array for the header", List.of("header-json-array")),
                    Map.entry("not UTF-8: 0xff at byte 2", List.of("header-invalid-utf8")),
                    Map.entry("ends before it is complete", List.of("header-truncated-json")),
                    Map.entry(
                            "follows the closing brace",
                            List.of("trailing-garbage-in-header", "nul-in-header")),
                    Map.entry("dtype 'F31' of tensor 'a' is unknown", List.of("unknown-dtype")),
                    Map.entry("dtype 'f32' of tensor 'a' is not in", List.of("lowercase-dtype")),
                    Map.entry("There is no dtype in tensor 'a'", List.of("missing-dtype")),
                    Map.entry("There is no shape in tensor 'a'", List.of("missing-shape")),
                    Map.entry("There is no data_offsets in", List.of("missing-offsets")),
                    Map.entry("negative number, -2, in the shape", List.of("negative-shape")),
                    Map.entry("There is 2.0 in the shape", List.of("float-shape")),
                    Map.entry(
                            "the shape [8589934592, 8589934592] has more elements",
                            List.of("shape-overflow")),
                    Map.entry(
                            "the shape [4611686018427387904, 2] has more elements",
                            List.of("shape-times-dtype-overflow")),
                    Map.entry("are reversed: begin 16, end 0", List.of("offsets-reversed")),
                    Map.entry(
                            "span 12 bytes; F32 [2, 2] takes 16", List.of("offsets-size-mismatch")),
                    Map.entry("but the file holds only 8.", List.of("offsets-past-end")),
                    Map.entry("Found 3 data_offsets", List.of("offsets-three")),
                    Map.entry(
                            "negative number, -16, in the data_offs", List.of("offsets-negative")),
                    Map.entry(
                            "bytes 16 to 20 of the data, between tensor 'a' and tensor 'b'",
                            List.of("hole-between-tensors")),
                    Map.entry("bytes 0 to 4 of the data", List.of("hole-at-start")),
                    Map.entry(
                            "inside tensor 'a', which ends at 16", List.of("overlapping-tensors")),
                    Map.entry("4 bytes follow tensor 'a'", List.of("trailing-data")),
                    Map.entry("but the file holds only 0.", List.of("data-missing")),
                    Map.entry("The tensor 'a' appears twice", List.of("duplicate-tensor-name")),
                    Map.entry("for the metadata key 'k'", List.of("metadata-not-strings")),
                    Map.entry("a string for __metadata__", List.of("metadata-not-object")),
                    Map.entry("F4 [3] takes 12 bits", List.of("sub-byte-odd-f4")),
                    Map.entry("nested deeper than 32", List.of("deeply-nested-json")),
                    Map.entry("This is a Python pickle", List.of("pickle-not-safetensors")),
                    Map.entry("This is a git-lfs pointer", List.of("git-lfs-pointer")),
                    Map.entry("This is an HTML page", List.of("html-error-page")),
                    Map.entry("This is a zip archive", List.of("zip-file")));

    @Test
    void agreesWithTheReferenceOnEveryFile() throws IOException {
        JsonNode results =
                new JsonMapper()
                        .readTree(SharedData.path("formats/safetensors-expected.json").toFile())
                        .get("results");
        Set<String> seen = new TreeSet<>();
        for (String kind : List.of("valid", "malformed")) {
            for (Path path : files("formats/safetensors-" + kind)) {
                JsonNode expected = results.get(kind + "/" + name(path));
                seen.add(kind + "/" + name(path));
                if (expected.get("accepted").asBoolean()) {
                    assertThat(described(path)).as(path.toString()).isEqualTo(described(expected));
                } else {
                    assertThatThrownBy(() -> SafetensorsFile.open(path).close())
                            .as(path.toString())
                            .isInstanceOf(AttuneException.class);
                }
            }
        }
        assertThat(seen).as("every expectation has its file").containsAll(results.propertyNames());
    }

    @Test
    void tellsTheFaultOfEveryMalformedFile() throws IOException {
        Map<String, String> fragmentOf = new HashMap<>();
        FAULTS.forEach((fragment, names) -> names.forEach(n -> fragmentOf.put(n, fragment)));
        Set<String> unlisted = new TreeSet<>();
        for (Path path : files("formats/safetensors-malformed")) {
            String fragment = fragmentOf.get(name(path));
            if (fragment == null) {
                unlisted.add(name(path));
                continue;
            }
            assertThatThrownBy(() -> SafetensorsFile.open(path).close())
                    .as(path.toString())
                    .hasMessageContaining(fragment)
                    .hasMessageContaining("at   " + path)
                    .hasMessageContaining("fix  ");
        }
        assertThat(unlisted)
                .as("files that the reference accepts")
                .containsExactly("header-starts-with-space");
    }

    @Test
    void writesTheBytesOfTheReferenceImplementation() {
        for (String model :
                List.of(
                        "models/variants/stories260K-f16/model.safetensors",
                        "models/variants/tinystories-656K-bf16/model.safetensors",
                        "reference/llama-bf16-sharded/model-00001-of-00002.safetensors")) {
            assertRewritesTheSame(SharedData.path(model));
        }
    }

    private static void assertRewritesTheSame(Path original) {
        try (SafetensorsFile file = SafetensorsFile.open(original)) {
            Path copy = Files.createTempFile("copy", END);
            List<TensorSpec> shuffled =
                    file.tensors().values().stream().map(TensorEntry::spec).toList().reversed();
            try (var writer = SafetensorsWriter.create(copy, shuffled, file.metadata())) {
                file.tensors().keySet().forEach(n -> writer.write(n, file.bytes(n)));
                writer.finish();
            }
            assertThat(copy).as("copy of %s", original).hasSameBinaryContentAs(original);
            Files.delete(copy);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> files(String folder) throws IOException {
        try (Stream<Path> files = Files.list(SharedData.path(folder))) {
            return files.sorted().toList();
        }
    }

    private static String name(Path path) {
        String name = path.getFileName().toString();
        return name.substring(0, name.length() - END.length());
    }

    private static Map<String, String> described(Path path) {
        Map<String, String> tensors = new TreeMap<>();
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            file.tensors().forEach((n, t) -> tensors.put(n, t.dtype() + " " + t.shape()));
        }
        return tensors;
    }

    private static Map<String, String> described(JsonNode expected) {
        Map<String, String> tensors = new TreeMap<>();
        expected.get("tensors")
                .properties()
                .forEach(t -> {
                    List<Long> shape =
                            t.getValue().get("shape").valueStream().map(JsonNode::asLong).toList();
                    String dtype = t.getValue().get("dtype").asString();
                    tensors.put(t.getKey(), dtype + " " + shape);
                });
        return tensors;
    }
}
