package dev.attune.text;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;
import dev.attune.format.GgufMetadata;
import dev.attune.text.SentencePieceModel.Kind;
import dev.attune.text.SentencePieceModel.Normalizer;
import dev.attune.text.SentencePieceModel.Piece;
import dev.attune.text.SentencePieceModel.PieceType;
import dev.attune.text.TokenizerJson.Affix;
import dev.attune.text.TokenizerJson.Merge;

import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;

/// The tokenizer that a GGUF file describes in its metadata, as a tokenizer.json.
final class GgufVocabulary {
    private static final String GGML = "tokenizer.ggml.";
    private static final String WORD_MARK = "▁";

    private final GgufMetadata metadata;
    private final List<String> tokens;
    private final List<PieceType> types;
    private final SpecialTokens special;

    private GgufVocabulary(GgufMetadata metadata) {
        this.metadata = metadata;
        this.tokens = metadata.texts(GGML + "tokens").orElseThrow(() -> missing("tokens"));
        this.types = types();
        this.special = GgufSpecialTokens.of(metadata);
    }

    /// @throws AttuneException of kind USER if the file holds no tokenizer, or an unknown one
    static String json(GgufMetadata metadata) {
        Optional<String> whole = metadata.text("tokenizer.huggingface.json");
        if (whole.isPresent()) {
            return whole.get();
        }
        GgufVocabulary vocabulary = new GgufVocabulary(metadata);
        String model = metadata.text(GGML + "model").orElseThrow(() -> vocabulary.missing("model"));
        return switch (model) {
            case "gpt2" -> vocabulary.byteLevel();
            case "llama" -> vocabulary.sentencePiece(Kind.BPE);
            case "t5" -> vocabulary.sentencePiece(Kind.UNIGRAM);
            case "bert" -> vocabulary.wordPiece();
            default ->
                    throw vocabulary.refuse(
                            "The tokenizer.ggml.model is '%s'; gpt2, llama, t5 and bert are known."
                                    .formatted(model));
        };
    }

    private String byteLevel() {
        String pre = metadata.text(GGML + "pre").orElse("default");
        PreTokenizers.Rule rule =
                PreTokenizers.of(pre)
                        .orElseThrow(() ->
                                refuse(
                                                "The tokenizer.ggml.pre is '%s'; known are %s."
                                                        .formatted(
                                                                pre,
                                                                new TreeSet<>(
                                                                        PreTokenizers.names())))
                                        .fix(
                                                Nearest.to(pre, PreTokenizers.names())
                                                        .map(n -> "The nearest is " + n + ".")
                                                        .orElse(
                                                                "Use the tokenizer.json of the"
                                                                        + " model it was made"
                                                                        + " of.")));
        TokenizerJson json = new TokenizerJson();
        addedTokens(json);
        json.byteLevel(rule.splits());
        json.bpe(ids(), merges()).put("ignore_merges", rule.ignoresMerges());
        json.affixes(
                affix(special.addBos().orElse(rule.addsBos()), special.bos()),
                affix(special.addEos().orElse(false), special.eos()));
        return json.text();
    }

    private String sentencePiece(Kind kind) {
        List<Double> scores =
                metadata.reals(GGML + "scores")
                        .orElseGet(() -> Collections.nCopies(tokens.size(), 0.0));
        if (scores.size() != tokens.size()) {
            throw refuse(
                    "There are %d scores for %d tokens.".formatted(scores.size(), tokens.size()));
        }
        List<Piece> pieces = new ArrayList<>();
        for (int id = 0; id < tokens.size(); id++) {
            pieces.add(new Piece(tokens.get(id), scores.get(id).floatValue(), types.get(id)));
        }
        SentencePieceModel model =
                new SentencePieceModel(
                        pieces,
                        kind,
                        new Normalizer(
                                charsMap(),
                                metadata.flag(GGML + "add_space_prefix").orElse(true),
                                metadata.flag(GGML + "remove_extra_whitespaces").orElse(false),
                                true),
                        types.contains(PieceType.BYTE),
                        idOf(special.bos()),
                        idOf(special.eos()));
        return SentencePieceJson.of(model, special, metadata.place());
    }

    private String charsMap() {
        List<Long> bytes = metadata.wholes(GGML + "precompiled_charsmap").orElse(List.of());
        byte[] map = new byte[bytes.size()];
        for (int i = 0; i < map.length; i++) {
            map[i] = bytes.get(i).byteValue();
        }
        return Base64.getEncoder().encodeToString(map);
    }

    /// BERT's: llama.cpp writes the start of a word with a mark, where BERT marks its rest.
    private String wordPiece() {
        TokenizerJson json = new TokenizerJson();
        ObjectNode model = json.root().putObject("model").put("type", "WordPiece");
        String unknown = special.unk().orElse("[UNK]");
        model.put("unk_token", unknown).put("continuing_subword_prefix", "##");
        model.put("max_input_chars_per_word", 100);
        ObjectNode vocab = model.putObject("vocab");
        for (int id = 0; id < tokens.size(); id++) {
            String token = tokens.get(id);
            boolean isText = types.get(id) == PieceType.NORMAL && !token.matches("\\[.*\\]");
            if (isText) {
                token =
                        token.startsWith(WORD_MARK)
                                ? token.substring(WORD_MARK.length())
                                : "##" + token;
            } else {
                json.addedToken(token, id, true);
            }
            vocab.put(token, id);
        }
        json.normalizer("BertNormalizer")
                .put("clean_text", true)
                .put("handle_chinese_chars", true)
                .put("lowercase", true)
                .putNull("strip_accents");
        json.root().putObject("pre_tokenizer").put("type", "BertPreTokenizer");
        json.root()
                .putObject("decoder")
                .put("type", "WordPiece")
                .put("prefix", "##")
                .put("cleanup", true);
        Optional<String> first = Optional.ofNullable(special.named().get("cls_token"));
        Optional<String> last = Optional.ofNullable(special.named().get("sep_token"));
        json.affixes(
                affix(special.addBos().orElse(true), first.or(special::bos)),
                affix(special.addEos().orElse(true), last.or(special::eos)));
        return json.text();
    }

    private void addedTokens(TokenizerJson json) {
        for (int id = 0; id < tokens.size(); id++) {
            switch (types.get(id)) {
                case CONTROL, UNKNOWN -> json.addedToken(tokens.get(id), id, true);
                case USER_DEFINED -> json.addedToken(tokens.get(id), id, false);
                case NORMAL, UNUSED, BYTE -> {}
            }
        }
    }

    private Map<String, Integer> ids() {
        Map<String, Integer> ids = new LinkedHashMap<>();
        for (int id = 0; id < tokens.size(); id++) {
            Integer before = ids.putIfAbsent(tokens.get(id), id);
            if (before != null) {
                throw refuse(
                        "The tokens %d and %d are both '%s'."
                                .formatted(before, id, tokens.get(id)));
            }
        }
        return ids;
    }

    private List<Merge> merges() {
        List<String> lines = metadata.texts(GGML + "merges").orElseThrow(() -> missing("merges"));
        List<Merge> merges = new ArrayList<>();
        for (String line : lines) {
            int space = line.indexOf(' ', 1);
            if (space < 0 || space == line.length() - 1) {
                throw refuse(
                        "The merge %d, '%s', is no pair of tokens with a space between."
                                .formatted(merges.size(), line));
            }
            merges.add(new Merge(line.substring(0, space), line.substring(space + 1)));
        }
        return merges;
    }

    private List<PieceType> types() {
        Optional<List<Long>> numbers = metadata.wholes(GGML + "token_type");
        if (numbers.isEmpty()) {
            return Collections.nCopies(tokens.size(), PieceType.NORMAL);
        }
        if (numbers.get().size() != tokens.size()) {
            throw refuse(
                    "There are %d token types for %d tokens."
                            .formatted(numbers.get().size(), tokens.size()));
        }
        List<PieceType> found = new ArrayList<>();
        for (long number : numbers.get()) {
            found.add(
                    PieceType.of(number == 0 ? 1 : number)
                            .orElseThrow(() ->
                                    refuse("A token has the unknown type %d.".formatted(number))));
        }
        return found;
    }

    private List<Affix> affix(boolean isAdded, Optional<String> token) {
        OptionalInt id = idOf(token);
        return isAdded && id.isPresent()
                ? List.of(new Affix(token.orElseThrow(), id.getAsInt()))
                : List.of();
    }

    private OptionalInt idOf(Optional<String> token) {
        int id = token.map(tokens::indexOf).orElse(-1);
        return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
    }

    private AttuneException missing(String key) {
        return refuse(
                "The file holds no tokenizer: the key tokenizer.ggml.%s is missing."
                        .formatted(key));
    }

    private AttuneException refuse(String what) {
        return AttuneException.user(what)
                .at(metadata.place())
                .fix("Use the tokenizer.json of the model that the file was made of.");
    }
}
