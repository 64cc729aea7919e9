package dev.attune.data;

/// Turns an example into the tokens that a model is to read, and marks those it is to learn.
///
/// Used by several threads at once.
public interface RowEncoder {
    /// The tokens of `example`.
    ///
    /// @throws dev.attune.base.AttuneException of kind USER if the row cannot be encoded; it is
    ///   told together with all others, with its file and line
    EncodedRow encode(Example example);

    /// What the tokens depend on besides the example: hashes of the content of the template and the
    /// tokenizer, and every setting. Two encoders with one key must give the same tokens.
    String key();
}
