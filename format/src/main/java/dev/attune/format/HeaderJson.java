package dev.attune.format;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The JSON of a header as it stands there: each tensor is well formed in itself, but nothing is
/// known yet of how they lie in the file.
///
/// @param metadata the strings below `__metadata__`, in the header's order
/// @param tensors the tensors, in the header's order
record HeaderJson(Map<String, String> metadata, List<Claim> tensors) {
    private static final int LONGEST_DTYPE_NAME = 32;

    /// A tensor with the byte range, counted from the start of the data, that the header claims.
    record Claim(TensorSpec spec, long begin, long end) {
        String shown() {
            return Shown.quoted(spec.name());
        }
    }

    /// Parses `utf8`, the bytes between the header length and the data.
    ///
    /// @throws AttuneException at `place` if it is no such header
    static HeaderJson parse(byte[] utf8, Path place) {
        try (StrictJson json = new StrictJson(utf8, "the header", SafetensorsHeader.AGAIN, place)) {
            return new Reading(json).header();
        }
    }

    private static final class Reading {
        private final StrictJson json;
        private final Map<String, String> metadata = new LinkedHashMap<>();
        private final List<Claim> tensors = new ArrayList<>();

        Reading(StrictJson json) {
            this.json = json;
        }

        HeaderJson header() {
            json.document(
                    "tensor",
                    key -> {
                        if (key.equals(TensorSpec.METADATA_KEY)) {
                            metadata();
                        } else {
                            tensors.add(new Tensor(json, key).claim());
                        }
                    });
            return new HeaderJson(
                    Collections.unmodifiableMap(metadata), Collections.unmodifiableList(tensors));
        }

        private void metadata() {
            json.object(
                    TensorSpec.METADATA_KEY,
                    "key",
                    key -> metadata.put(key, json.string("the metadata key " + Shown.quoted(key))));
        }
    }

    /// One value of the header's object: `{"dtype": .., "shape": [..], "data_offsets": [.., ..]}`.
    /// Other keys are passed over, as the reference implementation does.
    private static final class Tensor {
        private final StrictJson json;
        private final String name;
        private final String whose;
        private Optional<SafetensorsDtype> dtype = Optional.empty();
        private Optional<List<Long>> shape = Optional.empty();
        private Optional<List<Long>> offsets = Optional.empty();

        Tensor(StrictJson json, String name) {
            this.json = json;
            this.name = name;
            this.whose = "tensor " + Shown.quoted(name);
        }

        Claim claim() {
            json.object(whose, "key", this::field);
            SafetensorsDtype type = dtype.orElseThrow(() -> lacks("dtype"));
            List<Long> sizes = shape.orElseThrow(() -> lacks("shape"));
            List<Long> range = offsets.orElseThrow(() -> lacks("data_offsets"));
            if (range.size() != 2) {
                throw json.fault(
                        "Found %d data_offsets in %s; expected two, begin and end."
                                .formatted(range.size(), whose));
            }
            try {
                return new Claim(
                        new TensorSpec(name, type, sizes), range.getFirst(), range.getLast());
            } catch (IllegalArgumentException e) {
                throw json.fault("Cannot read %s: %s.".formatted(whose, e.getMessage()))
                        .causedBy(e);
            }
        }

        private void field(String key) {
            switch (key) {
                case "dtype" -> dtype = Optional.of(dtype(json.string("the dtype of " + whose)));
                case "shape" ->
                        shape =
                                Optional.of(
                                        json.counts(
                                                "the shape of " + whose,
                                                TensorSpec.MAX_DIMENSIONS));
                case "data_offsets" ->
                        offsets =
                                Optional.of(
                                        json.counts(
                                                "the data_offsets of " + whose,
                                                TensorSpec.MAX_DIMENSIONS));
                default -> json.skip();
            }
        }

        private SafetensorsDtype dtype(String word) {
            return SafetensorsDtype.named(word).orElseThrow(() -> unknownDtype(word));
        }

        private AttuneException unknownDtype(String word) {
            String upper = word.toUpperCase(Locale.ROOT);
            if (SafetensorsDtype.named(upper).isPresent()) {
                return json.fault(
                                "The dtype %s of %s is not in capital letters."
                                        .formatted(Shown.quoted(word), whose))
                        .fix("Have its writer spell it " + upper + ".");
            }
            List<String> names = SafetensorsDtype.names();
            Optional<String> near =
                    word.length() > LONGEST_DTYPE_NAME ? Optional.empty() : Nearest.to(word, names);
            return json.fault("The dtype %s of %s is unknown.".formatted(Shown.quoted(word), whose))
                    .fix(
                            near.map(n -> "The nearest that the format has is " + n + ".")
                                    .orElse("The format has " + String.join(", ", names) + "."));
        }

        private AttuneException lacks(String key) {
            return json.fault("There is no %s in %s.".formatted(key, whose));
        }
    }
}
