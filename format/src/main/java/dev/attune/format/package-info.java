/// safetensors: the bytes of a model's weights to records and back, and the folder of one or more
/// such files that makes a checkpoint; and GGUF, read ([GgufFile]) and written ([GgufWriter]), with
/// the rounding of its block types ([GgmlFloats]). No tensors and no models live here: a weight is
/// a name, an element type, a shape and a run of bytes.
///
/// ```
/// byte 0        8                      8 + n                                        end of file
///      ┌────────┬──────────────────────┬──────────────┬───────────┬────────────────┐
///      │   n    │ header: JSON, UTF-8, │ tensor q     │ tensor r  │ tensor s       │
///      │ u64 LE │ padded with spaces   │ row-major LE │           │                │
///      └────────┴──────────────────────┴──────────────┴───────────┴────────────────┘
///                                      ▲ data_offsets count from here
///
/// header = {"__metadata__": {"format": "pt"},
///           "q": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
///           "r": {"dtype": "BF16", "shape": [4],   "data_offsets": [24, 32]}, ...}
/// ```
///
/// Reading a checkpoint, and writing it again in shards:
///
/// ```
/// try (Checkpoint from = Checkpoint.open(folder);
///         CheckpointWriter to = CheckpointWriter.create(
///                 copy, from.specs(), from.metadata(), CheckpointWriter.DEFAULT_MAX_SHARD_BYTES)) {
///     for (String name : from.tensors().keySet()) {
///         to.write(name, from.bytes(name));
///     }
///     to.finish();
/// }
/// ```
///
/// Invariants.
/// - A file is hostile until its header has been checked whole: nothing is allocated by a number
///   that the file merely claims, and every fault is a [dev.attune.base.AttuneException] that names
///   the tensor, the place and one next step.
/// - The tensors of an open file tile its data: no overlap, no hole, nothing after the last.
/// - Weights are mapped, never copied to the heap: a file may be larger than memory and than 2 GiB.
/// - A written file appears whole, under its own name, or not at all.
/// - Bytes are moved, not interpreted. They are little-endian, as are all hosts that Attune
///   supports, and may start at any byte: read them with unaligned layouts.
@NullMarked
package dev.attune.format;

import org.jspecify.annotations.NullMarked;
