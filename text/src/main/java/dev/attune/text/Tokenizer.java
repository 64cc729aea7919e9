package dev.attune.text;

import dev.attune.base.AttuneException;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/// Text to token ids and back, as the model was trained with: what Hugging Face's tokenizers give
/// for a model's `tokenizer.json`, or for the equal description that is made of other files.
///
/// ```
/// try (Tokenizer tokenizer = Tokenizer.load(folder)) {
///     int[] ids = tokenizer.encodeWithSpecialTokens("Once upon a time").ids();
///     String text = tokenizer.decode(ids);
/// }
/// ```
///
/// Whoever loads it closes it. Any number of threads may use one; [#close] waits for calls under
/// way, and later calls are an `IllegalStateException`.
public final class Tokenizer implements AutoCloseable {
    private final NativeTokenizer library;
    private final Vocabulary vocabulary;
    private final TokenizerConfig config;
    private final AffixIds affixes;
    private final Optional<List<Supplier<DecoderStage>>> stages;
    private final PlainTokenizer plain;
    private final String fingerprint;
    private final boolean recognisesSpecialTokens;

    private Tokenizer(NativeTokenizer library, TokenizerFile file, TokenizerSource source) {
        this.library = library;
        this.vocabulary = file.vocabulary();
        this.config = source.config();
        this.affixes = AffixIds.of(library, vocabulary, config);
        this.stages = DecoderStages.of(file.decoder());
        this.plain = new PlainTokenizer(file, source.place());
        this.fingerprint = source.fingerprint();
        this.recognisesSpecialTokens = source.recognisesSpecialTokens();
    }

    /// Opens the tokenizer of a model.
    ///
    /// @param folderOrFile a model's folder, which holds a tokenizer.json, else a tokenizer.model,
    ///   else vocab.json and merges.txt, else a .tiktoken file; or one of these files; or a .gguf
    /// @throws AttuneException of kind USER if there is none, or a broken or unknown one;
    ///   ENVIRONMENT if it cannot be read or the library cannot be unpacked
    public static Tokenizer load(Path folderOrFile) {
        return open(TokenizerSource.of(folderOrFile));
    }

    /// Opens what was described in memory.
    static Tokenizer open(TokenizerSource source) {
        TokenizerFile file = TokenizerFile.read(source.json(), source.place());
        NativeTokenizer library = NativeTokenizer.open(source.json(), source.place());
        try {
            return new Tokenizer(library, file, source);
        } catch (RuntimeException | Error e) {
            library.close();
            throw e;
        }
    }

    /// The tokens of a text, none added at its ends. Special tokens that stand in the text are
    /// recognised. Lone surrogates are read as U+FFFD.
    public Encoding encode(String text) {
        String fit = CodePoints.wellFormed(text);
        return CodePoints.encoding(fit, library.pieces(fit));
    }

    /// As [#encode], with special tokens that stand in the text read as any other characters: for a
    /// text that is not trusted to end a turn. Added tokens that are not special, such as Qwen's
    /// `<tool_call>`, are still recognised.
    public Encoding encodePlain(String text) {
        String fit = CodePoints.wellFormed(text);
        return CodePoints.encoding(fit, plain.library().pieces(fit));
    }

    /// As [#encode], between the tokens that the tokenizer's post-processor or settings put around
    /// each text. A text that begins with the BOS itself is not given another.
    public Encoding encodeWithSpecialTokens(String text) {
        return withSpecialTokens(encode(text), text);
    }

    /// The tokens of [#encode] or [#encodePlain] between those that [#encodeWithSpecialTokens]
    /// adds.
    ///
    /// @param text what was encoded
    public Encoding withSpecialTokens(Encoding encoding, String text) {
        return affixes.around(encoding, text.length());
    }

    /// The ids of [#encode] alone, in less time.
    public int[] encodeIds(String text) {
        return library.ids(CodePoints.wellFormed(text));
    }

    /// The text of the ids, special tokens included.
    ///
    /// @throws AttuneException of kind USER if an id is not in the vocabulary
    public String decode(int[] ids) {
        Arrays.stream(ids).forEach(this::requireToken);
        return library.decode(ids, false);
    }

    /// The text of the ids without special tokens.
    ///
    /// @throws AttuneException of kind USER if an id is not in the vocabulary
    public String decodeSkippingSpecial(int[] ids) {
        Arrays.stream(ids).forEach(this::requireToken);
        return library.decode(ids, true);
    }

    /// A decoder for ids that come one by one; special tokens are given as text.
    public StreamDecoder streamDecoder() {
        return stream(false);
    }

    /// As [#streamDecoder], without special tokens.
    public StreamDecoder streamDecoderSkippingSpecial() {
        return stream(true);
    }

    /// The highest id and one: what an embedding must have rows for.
    public int vocabSize() {
        return vocabulary.size();
    }

    /// The id of a token as the vocabulary writes it (`Ġthe`, `▁the`, `<|im_end|>`).
    public OptionalInt id(String token) {
        return vocabulary.id(token);
    }

    /// The token of an id as the vocabulary writes it; empty where no token has it.
    public Optional<String> token(int id) {
        return vocabulary.token(id);
    }

    /// Whether the id is a special token, which is no part of what a model says.
    public boolean isSpecial(int id) {
        return vocabulary.isSpecial(id);
    }

    /// The tokens that are recognised in a text before the model's own, by id: special ones and
    /// others; unmodifiable.
    public Map<Integer, String> addedTokens() {
        return vocabulary.added();
    }

    /// The tokens with a role.
    public SpecialTokens specialTokens() {
        return config.specialTokens();
    }

    /// All settings, chat templates among them.
    public TokenizerConfig config() {
        return config;
    }

    /// SHA-256 of the tokenizer's description, in hexadecimal: what a cache of ids is keyed by.
    public String fingerprint() {
        return fingerprint;
    }

    /// Whether the program that the tokenizer's file belongs to recognises special tokens in a
    /// text: Hugging Face's does ([#encode]); SentencePiece, tiktoken and llama.cpp, which have a
    /// call of their own for that, do not ([#encodePlain]).
    public boolean recognisesSpecialTokens() {
        return recognisesSpecialTokens;
    }

    /// The token of an id.
    ///
    /// @throws AttuneException of kind USER if there is none
    String requireToken(int id) {
        return vocabulary
                .token(id)
                .orElseThrow(() ->
                        AttuneException.user(
                                        "Token id %d is not in the vocabulary, whose ids end at %d."
                                                .formatted(id, vocabulary.size() - 1))
                                .fix("Check that the ids were made with this tokenizer."));
    }

    @Override
    public void close() {
        library.close();
        plain.close();
    }

    private StreamDecoder stream(boolean skipsSpecial) {
        return new StreamDecoder(
                this, skipsSpecial, stages.orElse(List.of()).stream().map(Supplier::get).toList());
    }
}
