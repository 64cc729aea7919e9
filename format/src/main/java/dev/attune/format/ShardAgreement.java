package dev.attune.format;

import dev.attune.base.AttuneException;
import dev.attune.base.Problems;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// Checks that every tensor is in exactly the shard that the index says, and tells all that are
/// not.
///
/// @param index the index
/// @param indexFile where it is, for messages
/// @param shards the open shard of each name that the index has
record ShardAgreement(ShardIndex index, Path indexFile, Map<String, SafetensorsFile> shards) {
    private static final String FIX =
            "The index and the shards are of different models or revisions: download them"
                    + " together.";

    /// @throws AttuneException of kind USER if they do not agree
    void check() {
        Problems problems = new Problems("The index does not agree with its shards");
        Map<String, String> foundIn = new LinkedHashMap<>();
        shards.forEach((shard, file) ->
                file.tensors().keySet().forEach(tensor -> found(tensor, shard, foundIn, problems)));
        index.weightMap()
                .forEach((tensor, shard) -> {
                    if (!foundIn.containsKey(tensor)) {
                        problems.add(
                                fault(
                                        "The index says that tensor %s is in %s, which lacks it."
                                                .formatted(
                                                        Shown.quoted(tensor), Shown.plain(shard))));
                    }
                });
        problems.throwIfAny();
    }

    private void found(
            String tensor, String shard, Map<String, String> foundIn, Problems problems) {
        String before = foundIn.putIfAbsent(tensor, shard);
        String indexed = index.weightMap().get(tensor);
        if (before != null) {
            problems.add(
                    fault(
                            "Tensor %s is in two shards, %s and %s."
                                    .formatted(
                                            Shown.quoted(tensor),
                                            Shown.plain(before),
                                            Shown.plain(shard))));
        } else if (indexed == null) {
            problems.add(
                    fault(
                            "Tensor %s is in %s, but the index omits it."
                                    .formatted(Shown.quoted(tensor), Shown.plain(shard))));
        } else if (!indexed.equals(shard) && !holds(indexed, tensor)) {
            problems.add(
                    fault(
                            "The index says that tensor %s is in %s, but it is in %s."
                                    .formatted(
                                            Shown.quoted(tensor),
                                            Shown.plain(indexed),
                                            Shown.plain(shard))));
        }
    }

    private boolean holds(String shard, String tensor) {
        SafetensorsFile file = shards.get(shard);
        return file != null && file.tensors().containsKey(tensor);
    }

    private AttuneException fault(String what) {
        return AttuneException.user(what).at(indexFile).fix(FIX);
    }
}
