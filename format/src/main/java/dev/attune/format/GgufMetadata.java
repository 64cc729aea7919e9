package dev.attune.format;

import dev.attune.base.AttuneException;
import dev.attune.format.GgufValue.Array;
import dev.attune.format.GgufValue.Flag;
import dev.attune.format.GgufValue.Real;
import dev.attune.format.GgufValue.Text;
import dev.attune.format.GgufValue.Whole;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;

/// The key-value pairs of a GGUF file, in the order of the file. Immutable.
///
/// A question by type is answered with empty where the key is missing; a value of another type is a
/// USER error that names the key.
///
/// @param values the pairs
/// @param place the file, for messages
public record GgufMetadata(Map<String, GgufValue> values, Path place) {
    /// Copies the pairs.
    public GgufMetadata {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /// A text.
    public Optional<String> text(String key) {
        return ask(key, "a string", v -> v instanceof Text t ? Optional.of(t.value()) : none());
    }

    /// An integer of any width.
    public OptionalLong whole(String key) {
        return ask(key, "an integer below 2^63", v -> fits(v) ? Optional.of(of(v)) : none())
                .map(OptionalLong::of)
                .orElse(OptionalLong.empty());
    }

    /// A number of any kind.
    public OptionalDouble real(String key) {
        return ask(key, "a number", GgufMetadata::number)
                .map(OptionalDouble::of)
                .orElse(OptionalDouble.empty());
    }

    /// A truth value.
    public Optional<Boolean> flag(String key) {
        return ask(key, "a bool", v -> v instanceof Flag f ? Optional.of(f.value()) : none());
    }

    /// An array of texts.
    public Optional<List<String>> texts(String key) {
        return each(key, "strings", v -> v instanceof Text t ? Optional.of(t.value()) : none());
    }

    /// An array of integers.
    public Optional<List<Long>> wholes(String key) {
        return each(key, "integers", v -> fits(v) ? Optional.of(of(v)) : none());
    }

    /// An array of numbers of any kind.
    public Optional<List<Double>> reals(String key) {
        return each(key, "numbers", GgufMetadata::number);
    }

    private <T> Optional<List<T>> each(
            String key, String expected, Function<GgufValue, Optional<T>> as) {
        return ask(
                key,
                "an array of " + expected,
                v -> {
                    if (!(v instanceof Array array)) {
                        return none();
                    }
                    List<T> list =
                            array.values().stream().map(as).flatMap(Optional::stream).toList();
                    return list.size() == array.values().size() ? Optional.of(list) : none();
                });
    }

    private <T> Optional<T> ask(String key, String expected, Function<GgufValue, Optional<T>> as) {
        GgufValue value = values.get(key);
        if (value == null) {
            return Optional.empty();
        }
        Optional<T> found = as.apply(value);
        if (found.isEmpty()) {
            throw AttuneException.user(
                            "The metadata key %s is %s; expected %s."
                                    .formatted(Shown.quoted(key), shown(value), expected))
                    .at(place)
                    .fix("Get the file again, or convert the model again: its writer is at fault.");
        }
        return found;
    }

    private static String shown(GgufValue value) {
        return value instanceof Array array
                ? "an ARRAY of " + array.elementType()
                : "of type " + value.type();
    }

    private static boolean fits(GgufValue value) {
        return value instanceof Whole w && (w.value() >= 0 || w.type() != GgufValueType.UINT64);
    }

    private static long of(GgufValue value) {
        return ((Whole) value).value();
    }

    private static Optional<Double> number(GgufValue value) {
        return value instanceof Real r
                ? Optional.of(r.value())
                : fits(value) ? Optional.of((double) of(value)) : none();
    }

    private static <T> Optional<T> none() {
        return Optional.empty();
    }
}
