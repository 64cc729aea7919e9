package dev.attune.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.data.ColumnMapping;
import dev.attune.data.RowSource;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;

class RecipeWriterTest {
    private static final Path FOLDER = Path.of("/home/me").toAbsolutePath();
    private static final String[] WORDS = {
        "q_proj",
        "true",
        "null",
        "~",
        "1e5",
        "a b",
        "a: b",
        "# no",
        "\"",
        "\\",
        "'",
        "-",
        "",
        "é",
        "雪",
        "🦜",
        "\n",
        "\t",
        "\u0085",
        "\u2028",
        "a#b",
        "[x]",
        "{y}",
        "*a",
        "&a",
        "!t",
        "%",
        "0x1F",
        "1_0",
        "yes",
        "2026-01-01",
        "1:20",
        ".5",
        "? q",
        "a,b",
        "\u0007"
    };

    @Property(tries = 300)
    void readsBackWhatIsWritten(@ForAll("recipes") Recipe recipe) {
        String yaml = RecipeWriter.yaml(recipe);

        var read =
                RecipeReader.parse(
                        yaml.getBytes(StandardCharsets.UTF_8),
                        Path.of("r.yaml"),
                        List.of(),
                        FOLDER);

        assertThat(read.recipe()).isEqualTo(recipe);
    }

    @Example
    void writesEveryKeyBelowItsMeaning() {
        Recipe recipe = RecipeReader.of(List.of("model=starter", "data=a.jsonl"), FOLDER).recipe();

        assertThat(RecipeWriter.yaml(recipe))
                .contains("# --- Adapter ---\n# The rank: ")
                .contains("learning_rate: 0.0002\n")
                .contains("train_on_roles: [assistant]\n")
                .contains("max_steps: null\n")
                .contains("data: [" + FOLDER.resolve("a.jsonl") + "]\n");
        assertThat(RecipeKeys.names())
                .allSatisfy(
                        key -> assertThat(RecipeWriter.yaml(recipe)).contains("\n" + key + ": "));
    }

    @Provide
    Arbitrary<Recipe> recipes() {
        return Arbitraries.randomValue(RecipeWriterTest::recipe);
    }

    /// A valid recipe with a random value for every key.
    private static Recipe recipe(Random random) {
        var values = new HashMap<String, Object>();
        for (RecipeKey key : RecipeKeys.all()) {
            values.put(key.name(), value(key.type(), random));
        }
        if (random.nextBoolean()) {
            values.put("eval_data", List.of());
            values.put("eval_split", 0.25);
        } else {
            values.put("eval_data", List.of(RowSource.of(FOLDER.resolve("held.jsonl"))));
            values.put("eval_split", 0.0);
        }
        if (random.nextBoolean()) {
            values.put("layers_to_transform", List.of());
        } else {
            values.put("target_modules", RecipeModules.names("q_proj", "v_proj"));
        }
        values.put(random.nextBoolean() ? "warmup_ratio" : "lora_dropout", 0.0);
        if (!Objects.equals(values.get("warmup_ratio"), 0.0)) {
            values.put("warmup_steps", 0L);
        }
        values.put("train_on_roles", List.of("assistant", "tool " + word(random)));
        values.put("rank_pattern", Map.of("q_proj", 4L, "v\\.\"[01]", 2L));
        values.put("alpha_pattern", Map.of("layers\\.\\d+\\.v", random.nextDouble() + 1e-9));
        return new RecipeValues(values).recipe();
    }

    private static Object value(RecipeType type, Random random) {
        return switch (type) {
            case RecipeType.Text _ -> "x" + word(random);
            case RecipeType.Model _ -> random.nextBoolean() ? "starter" : "hf:" + word(random);
            case RecipeType.FilePath _ -> FOLDER.resolve("x" + word(random).replace("\n", " "));
            case RecipeType.Real number -> number(number, random);
            case RecipeType.Whole whole ->
                    random.nextLong(whole.min(), Math.max(whole.min() + 1, whole.max()));
            case RecipeType.Flag _ -> random.nextBoolean();
            case RecipeType.Choice choice -> pick(choice.values(), random);
            case RecipeType.Maybe maybe ->
                    random.nextBoolean()
                            ? Optional.empty()
                            : Optional.of(value(maybe.type(), random));
            case RecipeType.Items items ->
                    random.ints(items.least() + random.nextInt(3))
                            .mapToObj(i -> value(items.type(), random))
                            .toList();
            case RecipeType.Table table -> {
                var map = new LinkedHashMap<String, Object>();
                random.ints(random.nextInt(3))
                        .forEach(i -> map.put(word(random), value(table.type(), random)));
                yield map;
            }
            case RecipeType.Sources _ ->
                    List.of(
                            RowSource.of("hf:owner/name@main:train"),
                            new RowSource(
                                    FOLDER.resolve("x" + word(random).replace("\n", " "))
                                            .toString(),
                                    Optional.of("test"),
                                    new ColumnMapping(Map.of("prompt", "x" + word(random))),
                                    random.nextInt(1, 9) / 4.0));
            case RecipeType.Columns _ -> Map.of("text", "x" + word(random));
            case RecipeType.Any _ ->
                    switch (random.nextInt(3)) {
                        case 0 -> random.nextGaussian();
                        case 1 -> random.nextBoolean();
                        default -> word(random);
                    };
            case RecipeType.Modules modules ->
                    random.nextBoolean()
                            ? RecipeModules.pattern(".*\\.[kv]_proj|\"#'")
                            : RecipeModules.names("a." + word(random), "null");
        };
    }

    private static double number(RecipeType.Real type, Random random) {
        double max = Math.min(type.max(), random.nextBoolean() ? 1e9 : 1e-3);
        double number = type.min() + random.nextDouble() * (max - type.min());
        return type.isOpen() && number <= type.min() ? max : number;
    }

    private static String word(Random random) {
        return WORDS[random.nextInt(WORDS.length)];
    }

    private static <T> T pick(List<T> list, Random random) {
        return list.get(random.nextInt(list.size()));
    }
}
