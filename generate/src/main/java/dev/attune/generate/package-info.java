/// Token ids in, token ids out: batched generation with a key-value cache, sampling, and the
/// log-probabilities of texts. Knows no text and no file.
///
/// ```
///  requests ──▶ TokenGenerator ──▶ Generation ── unread ids ──▶ DecoderSession (key-value cache)
///                                      ▲                              │ last hidden states
///                                      │ next id                      ▼
///  results ◀── GeneratedToken ◀──── Sampler ◀────── logits ──────── head
/// ```
///
/// ```
/// try (Decoder decoder = Decoder.load(folder, Dtype.BFLOAT16, Device.CPU)) {
///     var config = SamplingConfig.builder().sampling(0.7, 42).topP(0.9).maxNewTokens(100).build();
///     var requests = List.of(GenerationRequest.of(ids, config));
///     TokenGenerator.of(decoder).generate(requests, (request, token) -> print(token.id()));
/// }
/// ```
///
/// A conversation is answered turn by turn with a [TurnGenerator], which keeps what it has read.
///
/// Invariants:
///
/// - A text's tokens do not depend on its neighbours in the batch: no padding, and a generator of
///   random numbers for each request. Only the rounding of matrix products may differ, as it does
///   between two batch sizes.
/// - Generation with the cache gives the numbers of a full pass over the text.
/// - Sampling means what the same words mean in transformers.
/// - Log-probabilities are the model's own, before penalty, temperature and filters.
@NullMarked
package dev.attune.generate;

import org.jspecify.annotations.NullMarked;
