package dev.attune.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.format.GgmlType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The type of each tensor in each mix, beside what llama.cpp chose (`mixes/README.md`).
class GgufMixTest {
    private static final Pattern COMMAS = Pattern.compile(", ");
    private static final Pattern SPACES = Pattern.compile(" ");

    @ParameterizedTest
    @MethodSource("models")
    void choosesTheTypesThatLlamaCppChooses(Model model) {
        for (Map.Entry<String, String> mix : model.mixes().entrySet()) {
            assertThat(model.ours(mix.getKey()))
                    .as("%s of %s", mix.getKey(), model.head())
                    .isEqualTo(model.theirs(mix.getValue()));
        }
    }

    static List<Model> models() throws IOException {
        List<Model> models = new ArrayList<>();
        try (InputStream in = GgufMixTest.class.getResourceAsStream("mixes/types.txt")) {
            byte[] bytes = Objects.requireNonNull(in).readAllBytes();
            for (String line : new String(bytes, StandardCharsets.UTF_8).lines().toList()) {
                int space = line.indexOf(' ');
                String rest = line.substring(space + 1);
                switch (line.substring(0, space)) {
                    case "model" -> models.add(new Model(rest, "", new LinkedHashMap<>()));
                    case "tensors" -> models.add(models.removeLast().withTensors(rest));
                    default -> models.getLast().mixes().put(line.substring(0, space), rest);
                }
            }
        }
        return models;
    }

    /// A model whose tensors llama.cpp rounded.
    ///
    /// @param head its family, layers, heads to a key, experts, whether it has a head of its own
    ///   and an importance matrix
    /// @param tensors names, N for each layer, and lengths of rows
    /// @param mixes for each what is usual, and each tensor that differs
    record Model(String head, String tensors, Map<String, String> mixes) {
        Model withTensors(String list) {
            return new Model(head, list, mixes);
        }

        private String word(int index) {
            return SPACES.splitAsStream(head).toList().get(index);
        }

        private int layers() {
            return Integer.parseInt(word(1));
        }

        Map<String, List<GgmlType>> ours(String mix) {
            GgufMix ours =
                    new GgufMix(
                            GgufQuant.of(mix),
                            layers(),
                            Integer.parseInt(word(2)),
                            Integer.parseInt(word(3)),
                            false,
                            Boolean.parseBoolean(word(4)),
                            Boolean.parseBoolean(word(5)));
            Map<String, List<GgmlType>> types = new LinkedHashMap<>();
            for (String tensor : COMMAS.splitAsStream(tensors).toList()) {
                String name = tensor.substring(0, tensor.indexOf(' '));
                long columns = Long.parseLong(tensor.substring(name.length() + 1));
                List<GgmlType> each = new ArrayList<>();
                for (int layer = 0; layer < count(name); layer++) {
                    String full = name.replace("N", Integer.toString(layer));
                    each.add(ours.of(full, List.of(64L, columns)));
                }
                types.put(name, each);
            }
            return types;
        }

        private int count(String name) {
            return name.contains("N") ? layers() : 1;
        }

        Map<String, List<GgmlType>> theirs(String line) {
            List<String> parts = Pattern.compile("; ").splitAsStream(line).toList();
            Map<String, List<GgmlType>> types = new LinkedHashMap<>();
            for (String tensor : COMMAS.splitAsStream(tensors).toList()) {
                String name = tensor.substring(0, tensor.indexOf(' '));
                GgmlType usual = GgmlType.valueOf(parts.getFirst());
                types.put(name, Stream.generate(() -> usual).limit(count(name)).toList());
            }
            for (String part : parts.subList(1, parts.size())) {
                List<String> words = SPACES.splitAsStream(part).toList();
                types.put(
                        words.getFirst(),
                        words.subList(1, words.size()).stream().flatMap(Model::run).toList());
            }
            return types;
        }

        /// `3*Q6_K`.
        private static Stream<GgmlType> run(String text) {
            int star = text.indexOf('*');
            GgmlType[] types = new GgmlType[Integer.parseInt(text.substring(0, star))];
            Arrays.fill(types, GgmlType.valueOf(text.substring(star + 1)));
            return Arrays.stream(types);
        }
    }
}
