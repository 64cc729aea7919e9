package dev.attune.model;

import dev.attune.tensor.Device;
import dev.attune.tensor.Documents;
import dev.attune.tensor.Tensor;

/// Token ids of several documents, end to end, with no padding.
///
/// @param ids int64, `(N)`
/// @param documents where each begins and ends
/// @param paddedTokens how long each document counts as for ropes that depend on the length of a
///   text, at least its own: 0 takes each as it is, which makes a document's numbers the same alone
///   and in company; the length of a padded batch gives the numbers of a program that pads
public record Batch(Tensor ids, Documents documents, int paddedTokens) {
    /// Documents one behind the other, each as long as it is.
    public static Batch of(int[] ids, Documents documents, Device device) {
        if (ids.length != documents.tokens()) {
            throw new IllegalArgumentException(
                    ids.length + " ids for documents of " + documents.tokens() + " tokens");
        }
        return new Batch(Tensor.indices(ids, device), documents, 0);
    }
}
