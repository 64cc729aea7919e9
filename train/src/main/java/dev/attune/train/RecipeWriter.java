package dev.attune.train;

import dev.attune.data.RowSource;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Writes a recipe with every key, in the order of [RecipeKeys], each below what it means. Reading
/// it back gives an equal recipe.
public final class RecipeWriter {
    private static final Pattern WORD = Pattern.compile("[A-Za-z_/][A-Za-z0-9_./-]*");
    private static final List<String> RESERVED = List.of("true", "false", "null", "Null", "NULL");

    private RecipeWriter() {}

    /// The text of the recipe, in YAML.
    public static String yaml(Recipe recipe) {
        var text = new StringBuilder();
        for (RecipeKeys.Section section : RecipeKeys.SECTIONS) {
            text.append(text.isEmpty() ? "" : "\n").append("# --- ").append(section.title());
            text.append(" ---\n");
            for (RecipeKey key : section.keys()) {
                text.append("# ").append(key.help()).append('\n');
                text.append(key.name()).append(": ");
                text.append(value(key.of().apply(recipe))).append('\n');
            }
        }
        return text.toString();
    }

    /// A value of a [RecipeType] in one line of YAML.
    static String value(Object value) {
        return switch (value) {
            case Optional<?> optional -> optional.map(RecipeWriter::value).orElse("null");
            case RecipeModules modules ->
                    value(modules.pattern().map(p -> (Object) p).orElse(modules.names()));
            case List<?> list ->
                    list.stream()
                            .map(RecipeWriter::value)
                            .collect(Collectors.joining(", ", "[", "]"));
            case Map<?, ?> map ->
                    map.entrySet().stream()
                            .map(e -> value(e.getKey()) + ": " + value(e.getValue()))
                            .collect(Collectors.joining(", ", "{", "}"));
            case RowSource source -> source(source);
            case Double number -> number(number);
            case Boolean flag -> flag.toString();
            case Long number -> number.toString();
            default -> text(value.toString());
        };
    }

    private static String source(RowSource source) {
        if (source.isPlain()) {
            return value(source.path());
        }
        var described = new LinkedHashMap<String, Object>();
        described.put("path", source.path());
        source.split().ifPresent(split -> described.put("split", split));
        if (!source.columns().from().isEmpty()) {
            described.put("columns", source.columns().from());
        }
        if (source.weight() != 1) {
            described.put("weight", source.weight());
        }
        return value(described);
    }

    private static String number(double number) {
        if (!Double.isFinite(number)) {
            return Double.toString(number);
        }
        BigDecimal exact = new BigDecimal(Double.toString(number)).stripTrailingZeros();
        return exact.scale() < 0 && Math.abs(number) < 1e9
                ? exact.toPlainString()
                : exact.toString();
    }

    private static String text(String text) {
        return WORD.matcher(text).matches() && !RESERVED.contains(text)
                ? text
                : text.codePoints()
                        .mapToObj(RecipeWriter::quoted)
                        .collect(Collectors.joining("", "\"", "\""));
    }

    private static String quoted(int character) {
        if (character == '"' || character == '\\') {
            return "\\" + Character.toString(character);
        }
        if ((character >= ' ' && character < 0x7F) || Character.isLetterOrDigit(character)) {
            return Character.toString(character);
        }
        return character <= 0xFFFF
                ? "\\u%04X".formatted(character)
                : "\\U%08X".formatted(character);
    }
}
