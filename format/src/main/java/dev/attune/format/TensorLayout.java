package dev.attune.format;

import dev.attune.base.AttuneException;
import dev.attune.format.HeaderJson.Claim;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Checks that tensors tile the data of a file, without overlap, hole or rest.
///
/// @param dataStart the first byte of the data, counted from the start of the file
/// @param dataBytes the bytes from there to the end of the file
/// @param place the file, for messages
record TensorLayout(long dataStart, long dataBytes, Path place) {
    private static final Comparator<Claim> BY_BYTES =
            Comparator.comparingLong(Claim::begin).thenComparingLong(Claim::end);

    /// The tensors by name, in the order of their bytes; empty ones stand before the one that
    /// begins where they do.
    ///
    /// @throws AttuneException if they do not tile the data
    Map<String, TensorEntry> place(List<Claim> claims) {
        claims.forEach(this::checkAlone);
        List<Claim> sorted = new ArrayList<>(claims);
        sorted.sort(BY_BYTES);
        Map<String, TensorEntry> placed = LinkedHashMap.newLinkedHashMap(sorted.size());
        long covered = 0;
        String before = "the start of the data";
        for (Claim claim : sorted) {
            if (claim.begin() < covered) {
                throw fault(
                        "Tensor %s begins at byte %d of the data, inside %s, which ends at %d."
                                .formatted(claim.shown(), claim.begin(), before, covered));
            }
            if (claim.begin() > covered) {
                throw fault(
                        "No tensor covers bytes %d to %d of the data, between %s and tensor %s."
                                .formatted(covered, claim.begin(), before, claim.shown()));
            }
            covered = claim.end();
            before = "tensor " + claim.shown();
            placed.put(
                    claim.spec().name(), TensorEntry.of(claim.spec(), dataStart + claim.begin()));
        }
        if (covered < dataBytes) {
            throw fault(
                    "%d bytes follow %s, where the file should end."
                            .formatted(dataBytes - covered, before));
        }
        return Collections.unmodifiableMap(placed);
    }

    private void checkAlone(Claim claim) {
        if (claim.begin() > claim.end()) {
            throw fault(
                    "The data_offsets of tensor %s are reversed: begin %d, end %d."
                            .formatted(claim.shown(), claim.begin(), claim.end()));
        }
        long claimed = claim.end() - claim.begin();
        long needed = claim.spec().byteLength();
        if (claimed != needed) {
            throw fault(
                    "The data_offsets of tensor %s span %d bytes; %s %s takes %d."
                            .formatted(
                                    claim.shown(),
                                    claimed,
                                    claim.spec().dtype(),
                                    claim.spec().shape(),
                                    needed));
        }
        if (claim.end() > dataBytes) {
            throw fault(
                            "Tensor %s ends at byte %d of the data, but the file holds only %d."
                                    .formatted(claim.shown(), claim.end(), dataBytes))
                    .fix("The file is cut short: its download did not finish. Get it again.");
        }
    }

    private AttuneException fault(String what) {
        return AttuneException.user(what).at(place).fix(SafetensorsHeader.AGAIN);
    }
}
