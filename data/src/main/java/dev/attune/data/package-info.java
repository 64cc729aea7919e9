/// Data sets: rows of any file to packed token sequences.
///
/// ```
///  train.jsonl ─▶ RowReader ─▶ RowShape ─▶ Example ─▶ RowEncoder ─▶ TokenCache ─▶ Packer ─▶ PackedRow
///                  file:line    what is     its        text's        mapped       first fit
///                  of each row  it, why?    Origin     template      file         decreasing
///                      │            │                     │                          │
///                      └─── RowFaults: told together ─────┘              RowFate: what was cut
/// ```
///
/// From files to rows of a batch:
///
/// ```
/// TokenJob job = new TokenJob(List.of(file), encoder, Map.of(), cacheFolder, 4);
/// try (TokenCache cache = TokenisedData.open(job, Progress.SILENT).cache()) {
///     Packing packing = new Packer(2048).pack(cache);
///     RowVisit visit = RowVisit.start(cache.key(), packing.rows(), EpochOrder.shuffled(42));
///     PackedRow next = packing.row(visit.next());
///     String position = visit.cursor().toJson().toString();
/// }
/// ```
///
/// Before that, a data set may be judged and mended: [DataCheck] names what is wrong, with file and
/// line; [DataCleaning], [DataSplit] and [DataConversion] write what remains, and a ledger in which
/// each row has its one fate.
///
/// A [RowSource] says where rows come from, and [RowPlaces] finds its files: those of this machine,
/// or with [HubRows] those of the hub, one split of them, as the data set's card says or the names
/// of the files ([SplitNames]).
///
/// The parts, each of use alone: [ExampleStream] reads files of rows with no tokenizer at hand;
/// [ShapeRecogniser] takes further [RowShape]s; [Windows] cuts running text as pre-training does;
/// [Cursor] and [RowVisit] resume with the very next row.
///
/// Invariants.
/// - No row is lost in silence. A row read is an example or a fault with file, line and next step;
///   a row packed is whole or has a [RowFate]. An answer is never cut unless that was chosen.
/// - Every key of a message and every column of a row goes along: `weight`, `train`, `tools`, and
///   those that nobody here knows.
/// - A row written in another shape is read back: it means what it meant, or what is lost is told.
/// - Input is hostile. What a file claims allocates nothing; a row is at most 16 MiB; what would be
///   read otherwise than it was written (a key given twice, NaN, half a character) is refused.
/// - Memory does not grow with the files: rows are streamed, arrays too, tokens are mapped. What
///   does grow is 16 bytes a row while a cache is written, some 30 while rows are packed, 4 while
///   they are visited, and 32 with up to 250 a different prompt while they are compared.
/// - The same data, encoder and settings give the same bytes, order and packing on every machine
///   and any number of threads.
/// - A result appears whole or not at all; Ctrl-C, too, leaves neither half a file nor a temporary
///   one ([TemporaryFile], [SpillFile]).
/// - Plain ints: there are no tensors here.
@NullMarked
package dev.attune.data;

import org.jspecify.annotations.NullMarked;
