package dev.attune.format;

import dev.attune.base.AttuneException;

import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.core.util.Separators.Spacing;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// `model.safetensors.index.json`: which shard holds which tensor.
///
/// ```
/// {"metadata": {"total_size": 1040128},
///  "weight_map": {"model.norm.weight": "model-00001-of-00003.safetensors", ...}}
/// ```
///
/// @param weightMap the shard's file name for each tensor name; the names are safe to resolve
///   against the folder
record ShardIndex(Map<String, String> weightMap) {
    static final String FILE_NAME = "model.safetensors.index.json";

    private static final String AGAIN =
            "Get the index again from where the model came from, with all of its shards.";
    private static final Set<String> DOTS = Set.of("", ".", "..");
    private static final Pattern DRIVE = Pattern.compile("^[A-Za-z]:.*", Pattern.DOTALL);

    /// The shards that the index names, in the order of their names.
    Set<String> shards() {
        return new TreeSet<>(weightMap.values());
    }

    /// Reads and checks the index at `file`; whether the shards agree is not looked at.
    ///
    /// @throws AttuneException of kind USER if it is damaged or leads out of its folder,
    ///   ENVIRONMENT if it cannot be read
    static ShardIndex read(Path file) {
        IoFault.requireFile(file);
        byte[] utf8;
        try {
            if (Files.size(file) > SafetensorsHeader.MAX_HEADER_BYTES) {
                throw AttuneException.user("The index is over 100 MB.").at(file).fix(AGAIN);
            }
            utf8 = Files.readAllBytes(file);
        } catch (IOException e) {
            throw IoFault.reading(file, e);
        }
        return parse(utf8, file);
    }

    /// As [#read], of the index's bytes.
    static ShardIndex parse(byte[] utf8, Path place) {
        ForeignFile.recognise(MemorySegment.ofArray(utf8))
                .filter(kind -> kind != ForeignFile.TEXT)
                .ifPresent(kind -> {
                    throw AttuneException.user(kind.what()).at(place).fix(kind.fix());
                });
        try (StrictJson json = new StrictJson(utf8, "the index", AGAIN, place)) {
            Map<String, String> weightMap = new LinkedHashMap<>();
            json.document(
                    "key",
                    key -> {
                        if (key.equals("weight_map")) {
                            weightMap(json, weightMap);
                        } else {
                            json.skip();
                        }
                    });
            if (weightMap.isEmpty()) {
                throw json.fault("The index has no weight_map, or an empty one.");
            }
            return new ShardIndex(Collections.unmodifiableMap(weightMap));
        }
    }

    /// The JSON text as transformers writes it: indented, keys sorted, a line feed at the end.
    ///
    /// @param totalBytes the bytes of all tensors together
    byte[] toJson(long totalBytes) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("metadata", Map.of("total_size", totalBytes));
        json.put("weight_map", new TreeMap<>(weightMap));
        DefaultIndenter lines = new DefaultIndenter("  ", "\n");
        Separators separators =
                Separators.createDefaultInstance().withObjectNameValueSpacing(Spacing.AFTER);
        PrettyPrinter layout = new DefaultPrettyPrinter(separators).withObjectIndenter(lines);
        String text = new JsonMapper().writer().with(layout).writeValueAsString(json) + "\n";
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void weightMap(StrictJson json, Map<String, String> weightMap) {
        json.object(
                "weight_map",
                "tensor",
                tensor -> {
                    String shard = json.string("the shard of tensor " + Shown.quoted(tensor));
                    if (!staysInside(shard)) {
                        throw json.fault(
                                        "The index sends tensor %s to %s, which is not a file of"
                                                        .formatted(
                                                                Shown.quoted(tensor),
                                                                Shown.quoted(shard))
                                                + " the model's own folder.")
                                .fix("Do not use this model: its index reaches for other files.");
                    }
                    weightMap.put(tensor, shard);
                });
    }

    /// Whether `shard` is, on any system, a relative path that never steps up.
    private static boolean staysInside(String shard) {
        return !shard.isBlank()
                && shard.chars().noneMatch(c -> c < ' ' || c == '\\')
                && Shown.isUnicode(shard)
                && !shard.startsWith("/")
                && !DRIVE.matcher(shard).matches()
                && Arrays.stream(shard.split("/", -1)).noneMatch(DOTS::contains);
    }
}
