package dev.attune.text;

import dev.attune.base.AttuneException;
import dev.attune.format.GgufValue;
import dev.attune.format.GgufValue.Array;
import dev.attune.format.GgufValue.Flag;
import dev.attune.format.GgufValue.Real;
import dev.attune.format.GgufValue.Text;
import dev.attune.format.GgufValue.Whole;
import dev.attune.format.GgufValueType;
import dev.attune.text.SentencePieceModel.PieceType;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// A model's tokenizer and chat templates as the metadata of a GGUF file: the reverse of what
/// [Tokenizer#load] reads from one.
///
/// ```
/// tokenizer.ggml.model         gpt2 for byte-level BPE, llama for SentencePiece's, t5 for unigram,
///                              bert for WordPiece
/// tokenizer.ggml.pre           the name of the rule that splits a text into words
/// tokenizer.ggml.tokens, .token_type, .merges or .scores
/// tokenizer.ggml.bos_token_id, .eos_token_id, .eot_token_id ..., .add_bos_token ...
/// tokenizer.chat_template      and tokenizer.chat_template.NAME for others
/// ```
public final class GgufTokens {
    private static final String GGML = "tokenizer.ggml.";
    private static final String TEMPLATE = "tokenizer.chat_template";
    private static final Map<String, String> ROLES = roles();

    private final Map<String, GgufValue> pairs = new LinkedHashMap<>();

    private GgufTokens() {}

    /// The metadata of the tokenizer of a model's folder.
    ///
    /// @param rows the rows of the embedding table; the vocabulary is filled up to them
    /// @param now the time that templates tell when they are tried
    /// @throws AttuneException of kind USER if the folder has no tokenizer, or one that llama.cpp
    ///   has not
    public static Map<String, GgufValue> of(Path model, int rows, LocalDateTime now) {
        GgufTokens made = new GgufTokens();
        WrittenVocabulary vocabulary = WrittenVocabulary.of(model, rows);
        made.vocabulary(vocabulary);
        try (ChatFormat format = ChatFormat.loadOrPlain(model, Optional.empty(), now)) {
            made.special(format, vocabulary);
            made.templates(format.tokenizer().config().chatTemplates());
        }
        return made.pairs;
    }

    private void vocabulary(WrittenVocabulary vocabulary) {
        pairs.put(GGML + "model", new Text(vocabulary.kind().ggml()));
        pairs.put(GGML + "pre", new Text(vocabulary.pre()));
        pairs.put(GGML + "tokens", texts(vocabulary.tokens()));
        switch (vocabulary.kind()) {
            case BYTE_LEVEL -> {
                pairs.put(GGML + "token_type", types(vocabulary.types()));
                pairs.put(GGML + "merges", texts(vocabulary.merges()));
            }
            case WORD_PIECE -> pairs.put(GGML + "token_type", types(vocabulary.types()));
            case SENTENCE_PIECE, UNIGRAM -> pieces(vocabulary);
        }
    }

    private void pieces(WrittenVocabulary vocabulary) {
        List<GgufValue> scores = new ArrayList<>();
        vocabulary.scores().forEach(s -> scores.add(new Real(GgufValueType.FLOAT32, (double) s)));
        pairs.put(GGML + "scores", new Array(GgufValueType.FLOAT32, scores));
        pairs.put(GGML + "token_type", types(vocabulary.types()));
        pairs.put(GGML + "add_space_prefix", new Flag(vocabulary.addsSpacePrefix()));
        if (vocabulary.removesExtraSpaces()) {
            pairs.put(GGML + "remove_extra_whitespaces", new Flag(true));
        }
        if (!vocabulary.charsMap().isEmpty()) {
            List<GgufValue> bytes = new ArrayList<>();
            for (byte each : Base64.getDecoder().decode(vocabulary.charsMap())) {
                bytes.add(new Whole(GgufValueType.UINT8, each & 0xff));
            }
            pairs.put(GGML + "precompiled_charsmap", new Array(GgufValueType.UINT8, bytes));
        }
    }

    private void special(ChatFormat format, WrittenVocabulary vocabulary) {
        Tokenizer tokenizer = format.tokenizer();
        SpecialTokens special = tokenizer.specialTokens();
        int[] bare = tokenizer.encode("a").ids();
        int[] whole = tokenizer.encodeWithSpecialTokens("a").ids();
        boolean more = whole.length > bare.length;
        boolean before = more && (bare.length == 0 || whole[0] != bare[0]);
        boolean after = more && bare.length > 0 && whole[whole.length - 1] != bare[bare.length - 1];
        ROLES.forEach((role, key) ->
                Optional.ofNullable(special.named().get(role))
                        .map(tokenizer::id)
                        .filter(OptionalInt::isPresent)
                        .ifPresent(id -> id(key, id.getAsInt())));
        if (before) {
            id("bos", whole[0]);
        }
        if (special.eos().isEmpty()) {
            format.stopTokens().ids().stream().findFirst().ifPresent(id -> id("eos", id));
        }
        OptionalInt eos = special.eos().map(tokenizer::id).orElse(OptionalInt.empty());
        format.stopTokens().ids().stream()
                .filter(id -> eos.isPresent() && id != eos.getAsInt())
                .filter(id -> vocabulary.types().get(id) != PieceType.NORMAL)
                .findFirst()
                .ifPresent(id -> id("eot", id));
        pairs.put(GGML + "add_bos_token", new Flag(before));
        pairs.put(GGML + "add_eos_token", new Flag(after));
    }

    private void id(String key, int id) {
        pairs.put(GGML + key + "_token_id", new Whole(GgufValueType.UINT32, id));
    }

    private void templates(Map<String, String> templates) {
        List<String> others = new ArrayList<>();
        templates.forEach((name, template) -> {
            boolean usual = name.equals(TokenizerConfig.DEFAULT_TEMPLATE);
            if (!usual) {
                others.add(name);
            }
            pairs.put(usual ? TEMPLATE : TEMPLATE + "." + name, new Text(template));
        });
        if (!others.isEmpty()) {
            pairs.put(TEMPLATE + "s", texts(others));
        }
    }

    private static GgufValue texts(List<String> texts) {
        List<GgufValue> values = new ArrayList<>();
        texts.forEach(text -> values.add(new Text(text)));
        return new Array(GgufValueType.STRING, values);
    }

    private static GgufValue types(List<PieceType> types) {
        List<GgufValue> values = new ArrayList<>();
        types.forEach(type -> values.add(new Whole(GgufValueType.INT32, type.number())));
        return new Array(GgufValueType.INT32, values);
    }

    private static Map<String, String> roles() {
        Map<String, String> roles = new LinkedHashMap<>();
        roles.put("bos_token", "bos");
        roles.put("eos_token", "eos");
        roles.put("unk_token", "unknown");
        roles.put("cls_token", "cls");
        roles.put("sep_token", "seperator"); // llama.cpp's own spelling
        roles.put("pad_token", "padding");
        roles.put("mask_token", "mask");
        return roles;
    }
}
