package dev.attune.model;

import dev.attune.base.AttuneException;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A JSON object of a model folder, read key by key, with errors that name the file and the key.
///
/// A key that is absent or null takes its default. Keys that nobody asks for are no error: such
/// files carry many that matter to other programs only.
final class ConfigJson {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private static final long MAX_BYTES = 16L << 20;

    private final JsonNode node;
    private final Path file;
    private final String prefix;

    private ConfigJson(JsonNode node, Path file, String prefix) {
        this.node = node;
        this.file = file;
        this.prefix = prefix;
    }

    /// Reads a file that must hold one JSON object.
    static ConfigJson read(Path file) {
        JsonNode node;
        try {
            requireModest(file);
            node = MAPPER.readTree(Files.readString(file));
        } catch (NoSuchFileException e) {
            throw AttuneException.user("The folder has no " + file.getFileName() + ".")
                    .at(String.valueOf(file.getParent()))
                    .fix("Give the folder of a Hugging Face model or adapter.");
        } catch (JacksonException e) {
            throw AttuneException.user(
                            file.getFileName() + " is no JSON: " + e.getOriginalMessage() + ".")
                    .at(file + ":" + e.getLocation().getLineNr())
                    .fix("Fetch the file again.")
                    .causedBy(e);
        } catch (IOException e) {
            throw AttuneException.environment("Cannot read " + file.getFileName() + ": " + e + ".")
                    .at(file)
                    .fix("Check that the file is text that you may read.")
                    .causedBy(e);
        }
        if (!node.isObject()) {
            throw AttuneException.user(file.getFileName() + " holds no JSON object.")
                    .at(file)
                    .fix("Fetch the file again.");
        }
        return new ConfigJson(node, file, "");
    }

    private static void requireModest(Path file) throws IOException {
        long bytes = Files.size(file);
        if (bytes > MAX_BYTES) {
            throw AttuneException.user(
                            "%s has %d bytes, expected at most %d."
                                    .formatted(file.getFileName(), bytes, MAX_BYTES))
                    .at(file)
                    .fix("Fetch the file again; such files are a few thousand bytes long.");
        }
    }

    Path file() {
        return file;
    }

    boolean has(String key) {
        JsonNode value = node.get(key);
        return value != null && !value.isNull();
    }

    /// Whether a key holds more than null, false, or something empty.
    boolean isSet(String key) {
        return has(key)
                && !(node.get(key).isBoolean() && !node.get(key).booleanValue())
                && !(node.get(key).isContainer() && node.get(key).isEmpty());
    }

    Optional<ConfigJson> object(String key) {
        if (!has(key)) {
            return Optional.empty();
        }
        JsonNode value = node.get(key);
        if (!value.isObject()) {
            throw wrong(key, "an object", value);
        }
        return Optional.of(new ConfigJson(value, file, prefix + key + "."));
    }

    int integer(String key) {
        return integerIfPresent(key).orElseThrow(() -> missing(key));
    }

    int integer(String key, int fallback) {
        return integerIfPresent(key).orElse(fallback);
    }

    Optional<Integer> integerIfPresent(String key) {
        if (!has(key)) {
            return Optional.empty();
        }
        JsonNode value = node.get(key);
        boolean whole = value.isNumber() && value.doubleValue() == Math.rint(value.doubleValue());
        if (!whole || Math.abs(value.doubleValue()) > Integer.MAX_VALUE) {
            throw wrong(key, "a whole number", value);
        }
        return Optional.of((int) value.doubleValue());
    }

    /// A whole number above zero.
    int positive(String key) {
        return checkedPositive(key, integer(key));
    }

    /// A whole number above zero.
    int positive(String key, int fallback) {
        return checkedPositive(key, integer(key, fallback));
    }

    private int checkedPositive(String key, int value) {
        if (value <= 0) {
            throw wrong(key, "a number above zero", node.get(key));
        }
        return value;
    }

    /// A number above zero.
    double positiveNumber(String key, double fallback) {
        double value = number(key, fallback);
        if (value <= 0) {
            throw wrong(key, "a number above zero");
        }
        return value;
    }

    /// A number above zero.
    double positiveNumber(String key) {
        return has(key) ? positiveNumber(key, 1) : number(key);
    }

    double number(String key, double fallback) {
        return numberIfPresent(key).orElse(fallback);
    }

    double number(String key) {
        return numberIfPresent(key).orElseThrow(() -> missing(key));
    }

    Optional<Double> numberIfPresent(String key) {
        if (!has(key)) {
            return Optional.empty();
        }
        JsonNode value = node.get(key);
        if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
            throw wrong(key, "a number", value);
        }
        return Optional.of(value.doubleValue());
    }

    boolean flag(String key, boolean fallback) {
        if (!has(key)) {
            return fallback;
        }
        JsonNode value = node.get(key);
        if (!value.isBoolean()) {
            throw wrong(key, "true or false", value);
        }
        return value.booleanValue();
    }

    String string(String key, String fallback) {
        return stringIfPresent(key).orElse(fallback);
    }

    Optional<String> stringIfPresent(String key) {
        if (!has(key)) {
            return Optional.empty();
        }
        JsonNode value = node.get(key);
        if (!value.isString()) {
            throw wrong(key, "a string", value);
        }
        return Optional.of(value.stringValue());
    }

    boolean isString(String key) {
        return has(key) && node.get(key).isString();
    }

    boolean isArray(String key) {
        return has(key) && node.get(key).isArray();
    }

    List<String> strings(String key) {
        List<String> found = new ArrayList<>();
        for (JsonNode value : array(key)) {
            if (!value.isString()) {
                throw wrong(key, "a list of strings", value);
            }
            found.add(value.stringValue());
        }
        return List.copyOf(found);
    }

    List<Double> numbers(String key) {
        List<Double> found = new ArrayList<>();
        for (JsonNode value : array(key)) {
            if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
                throw wrong(key, "a list of numbers", value);
            }
            found.add(value.doubleValue());
        }
        return List.copyOf(found);
    }

    List<Integer> integers(String key) {
        return numbers(key).stream().map(value -> wholeIn(key, value)).toList();
    }

    private int wholeIn(String key, double value) {
        if (value != Math.rint(value) || Math.abs(value) > Integer.MAX_VALUE) {
            throw wrong(key, "a list of whole numbers");
        }
        return (int) value;
    }

    List<String> keys() {
        return List.copyOf(node.propertyNames());
    }

    /// The error of a key that is absent or does not go with others.
    AttuneException unfit(String key, String why) {
        return AttuneException.user(prefix + key + " does not fit: " + why + ".")
                .at(file)
                .fix("Write the right " + key + " into the file, or fetch the file again.");
    }

    AttuneException wrong(String key, String expected) {
        return wrong(key, expected, node.get(key));
    }

    private Iterable<JsonNode> array(String key) {
        if (!has(key)) {
            return List.of();
        }
        JsonNode value = node.get(key);
        if (!value.isArray()) {
            throw wrong(key, "a list", value);
        }
        return value;
    }

    private AttuneException wrong(String key, String expected, JsonNode found) {
        String text = String.valueOf(found);
        String shown = text.length() > 60 ? text.substring(0, 60) + "…" : text;
        return AttuneException.user(prefix + key + " is " + shown + ", expected " + expected + ".")
                .at(file)
                .fix("Correct the key, or fetch the file again.");
    }

    private AttuneException missing(String key) {
        return AttuneException.user(prefix + key + " is missing.")
                .at(file)
                .fix("Fetch the file again; this architecture needs the key.");
    }
}
