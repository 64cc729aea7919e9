package dev.attune.train;

import dev.attune.base.AttuneException;
import dev.attune.tensor.Device;
import dev.attune.tensor.Parameter;
import dev.attune.tensor.Scope;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/// What weights were like at one time, in a few bytes a tensor.
///
/// @param checksums CRC-32C by the name of the parameter
record WeightsDigest(Map<String, Long> checksums) {
    private static final long CHUNK_BYTES = 1L << 24;

    /// Copies the map.
    WeightsDigest {
        checksums = new LinkedHashMap<>(checksums);
    }

    /// Of the weights as they are now.
    static WeightsDigest of(List<Parameter> parameters) {
        Map<String, Long> checksums = new LinkedHashMap<>();
        for (Parameter parameter : parameters) {
            try (var _ = Scope.open(parameter.name())) {
                MemorySegment bytes = parameter.data().to(Device.CPU).contiguous().memory();
                CRC32C checksum = new CRC32C();
                for (long at = 0; at < bytes.byteSize(); at += CHUNK_BYTES) {
                    long part = Math.min(CHUNK_BYTES, bytes.byteSize() - at);
                    checksum.update(bytes.asSlice(at, part).asByteBuffer());
                }
                checksums.put(parameter.name(), checksum.getValue());
            }
        }
        return new WeightsDigest(checksums);
    }

    /// The names of those that are as they were.
    List<String> unmoved(List<Parameter> parameters) {
        Map<String, Long> now = of(parameters).checksums;
        return checksums.entrySet().stream()
                .filter(entry -> entry.getValue().equals(now.get(entry.getKey())))
                .map(Map.Entry::getKey)
                .toList();
    }

    /// Requires that training has changed something.
    ///
    /// @throws AttuneException of kind USER if all weights are as they were
    void requireMoved(List<Parameter> parameters) {
        if (unmoved(parameters).size() == checksums.size()) {
            throw AttuneException.user(
                            "Training has moved none of the %d weights: the result would be the base."
                                    .formatted(checksums.size()))
                    .fix(
                            "Raise learning_rate; its last steps may lie below the weights'"
                                    + " precision.");
        }
    }
}
