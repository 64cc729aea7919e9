package dev.attune.text;

import dev.attune.base.AttuneException;
import dev.attune.text.SentencePieceModel.Piece;
import dev.attune.text.SentencePieceModel.PieceType;

import tools.jackson.databind.JsonNode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// The vocabulary of a model as a GGUF file tells it: every id has a token, a type, and a score or
/// a place among the merges.
///
/// @param kind how texts become tokens
/// @param pre the rule that splits a text into words
/// @param tokens by id
/// @param types by id
/// @param scores by id, of SentencePiece's and of unigram ones
/// @param merges in order, of byte-level ones
/// @param addsSpacePrefix whether a text begins as if a space stood before it
/// @param removesExtraSpaces whether spaces at the ends and after spaces are dropped
/// @param charsMap the table by which SentencePiece normalises characters, in base64; empty if none
record WrittenVocabulary(
        Kind kind,
        String pre,
        List<String> tokens,
        List<PieceType> types,
        List<Float> scores,
        List<String> merges,
        boolean addsSpacePrefix,
        boolean removesExtraSpaces,
        String charsMap) {
    /// How texts become tokens, and what llama.cpp calls it.
    enum Kind {
        /// BPE over bytes as GPT-2 writes them.
        BYTE_LEVEL("gpt2"),
        /// BPE of SentencePiece.
        SENTENCE_PIECE("llama"),
        /// The likeliest pieces, as of T5.
        UNIGRAM("t5"),
        /// The longest pieces, as of BERT.
        WORD_PIECE("bert");

        private final String ggml;

        Kind(String ggml) {
            this.ggml = ggml;
        }

        String ggml() {
            return ggml;
        }
    }

    private static final Pattern BYTE = Pattern.compile("<0x[0-9A-F]{2}>");
    private static final float NEVER_MERGED = -10_000;
    private static final String REST = "##";
    private static final String RUN_OF_SPACES = " {2,}";

    /// Reads the tokenizer of a model's folder.
    ///
    /// @param rows how many ids there are to be
    /// @throws AttuneException of kind USER if llama.cpp could not follow it
    static WrittenVocabulary of(Path model, int rows) {
        TokenizerSource source = TokenizerSource.of(model);
        JsonNode json = JsonFiles.object(source.json(), source.place());
        JsonNode of = json.path("model");
        Reading reading = new Reading(source, json, of, rows);
        String type = of.path("type").asString("BPE");
        boolean listed = of.path("vocab").isArray() == type.equals("Unigram");
        return switch (listed ? type : "") {
            case "BPE" -> reading.vocabulary(model);
            case "Unigram" -> reading.unigram();
            case "WordPiece" -> reading.wordPiece();
            default ->
                    throw refuse(
                            "The tokenizer is of the type %s; llama.cpp has BPE, Unigram and WordPiece."
                                    .formatted(of.path("type").asString("")),
                            source.place());
        };
    }

    private static AttuneException refuse(String what, Object place) {
        return AttuneException.user(what)
                .at(place)
                .fix("Export with --to hf, and run it with a program that reads tokenizer.json.");
    }

    private static final class Reading {
        private final TokenizerSource source;
        private final JsonNode json;
        private final JsonNode bpe;
        private final List<String> tokens = new ArrayList<>();
        private final List<PieceType> types = new ArrayList<>();

        Reading(TokenizerSource source, JsonNode json, JsonNode bpe, int rows) {
            this.source = source;
            this.json = json;
            this.bpe = bpe;
            for (int id = 0; id < rows; id++) {
                tokens.add("[PAD" + id + "]");
                types.add(PieceType.UNUSED);
            }
        }

        WrittenVocabulary vocabulary(Path model) {
            boolean byteLevel = hasType(json.path("pre_tokenizer"), "ByteLevel");
            bpe.path("vocab")
                    .properties()
                    .forEach(e -> put(e.getKey(), e.getValue().intValue(), PieceType.NORMAL));
            added(byteLevel ? "" : bpe.path("unk_token").asString(""));
            List<String> merges = merges();
            if (byteLevel) {
                return new WrittenVocabulary(
                        Kind.BYTE_LEVEL, pre(), tokens, types, List.of(), merges, false, false, "");
            }
            markBytes();
            return pieces(Kind.SENTENCE_PIECE, scores(model, merges));
        }

        private WrittenVocabulary pieces(Kind kind, List<Float> scores) {
            JsonNode normalizer = json.path("normalizer");
            return new WrittenVocabulary(
                    kind,
                    "default",
                    tokens,
                    types,
                    scores,
                    List.of(),
                    hasType(normalizer, "Prepend") || prependsInMetaspace(),
                    normalizer.toString().contains(RUN_OF_SPACES),
                    normalizer.findValues("precompiled_charsmap").stream()
                            .findFirst()
                            .map(map -> map.asString(""))
                            .orElse(""));
        }

        private void added(String unknown) {
            for (JsonNode added : json.path("added_tokens")) {
                String token = added.path("content").asString("");
                PieceType special = token.equals(unknown) ? PieceType.UNKNOWN : PieceType.CONTROL;
                PieceType type =
                        added.path("special").booleanValue(false)
                                ? special
                                : PieceType.USER_DEFINED;
                put(token, added.path("id").intValue(), type);
            }
        }

        /// Pieces with their log-probabilities, in the order of their ids.
        WrittenVocabulary unigram() {
            List<Float> scores = new ArrayList<>(Collections.nCopies(tokens.size(), 0f));
            int id = 0;
            for (JsonNode piece : bpe.path("vocab")) {
                put(piece.path(0).asString(""), id, PieceType.NORMAL);
                scores.set(id++, (float) piece.path(1).doubleValue());
            }
            int unknown = bpe.path("unk_id").asInt(-1);
            String name = unknown >= 0 && unknown < id ? tokens.get(unknown) : "";
            added(name);
            if (!name.isEmpty()) {
                types.set(unknown, PieceType.UNKNOWN);
            }
            markBytes();
            return pieces(Kind.UNIGRAM, scores);
        }

        /// llama.cpp marks the start of a word, where BERT marks its rest.
        WrittenVocabulary wordPiece() {
            boolean lowers = json.path("normalizer").path("lowercase").booleanValue(false);
            String rest = bpe.path("continuing_subword_prefix").asString("##");
            if (!lowers || !rest.equals(REST)) {
                throw refuse(
                        "llama.cpp lowers the case of a text before it cuts it into WordPiece, and"
                                + " this tokenizer does not, or marks pieces otherwise.",
                        source.place());
            }
            bpe.path("vocab")
                    .properties()
                    .forEach(e ->
                            put(marked(e.getKey()), e.getValue().intValue(), PieceType.NORMAL));
            added(bpe.path("unk_token").asString("[UNK]"));
            return new WrittenVocabulary(
                    Kind.WORD_PIECE,
                    "default",
                    tokens,
                    types,
                    List.of(),
                    List.of(),
                    false,
                    false,
                    "");
        }

        private static String marked(String token) {
            return token.startsWith(REST) ? token.substring(REST.length()) : "▁" + token;
        }

        private void put(String token, int id, PieceType type) {
            if (id < 0 || id >= tokens.size()) {
                throw AttuneException.user(
                                "The token '%s' has the id %d, but the embedding has %d rows."
                                        .formatted(token, id, tokens.size()))
                        .at(source.place())
                        .fix("The tokenizer is of another model; get both from one place.");
            }
            tokens.set(id, token);
            types.set(id, type);
        }

        private List<String> merges() {
            List<String> merges = new ArrayList<>();
            for (JsonNode merge : bpe.path("merges")) {
                merges.add(
                        merge.isArray()
                                ? merge.path(0).asString() + " " + merge.path(1).asString()
                                : merge.asString());
            }
            return merges;
        }

        private void markBytes() {
            for (int id = 0; id < tokens.size(); id++) {
                if (types.get(id) == PieceType.NORMAL && BYTE.matcher(tokens.get(id)).matches()) {
                    types.set(id, PieceType.BYTE);
                }
            }
        }

        /// Of the SentencePiece model where the folder has it; else the earlier a token is merged,
        /// the higher, which gives the same merges.
        private List<Float> scores(Path model, List<String> merges) {
            Map<String, Float> known = new HashMap<>();
            for (int rank = 0; rank < merges.size(); rank++) {
                known.putIfAbsent(merges.get(rank).replace(" ", ""), (float) -rank);
            }
            Path file = model.resolve("tokenizer.model");
            if (Files.isRegularFile(file)) {
                for (Piece piece : SentencePieceModel.read(JsonFiles.bytes(file), file).pieces()) {
                    known.put(piece.text(), piece.score());
                }
            }
            List<Float> scores = new ArrayList<>();
            for (int id = 0; id < tokens.size(); id++) {
                boolean text = types.get(id) == PieceType.NORMAL;
                scores.add(known.getOrDefault(tokens.get(id), text ? NEVER_MERGED : 0f));
            }
            return scores;
        }

        private String pre() {
            List<String> splits = new ArrayList<>();
            split(json.path("pre_tokenizer"), splits);
            boolean ignores = bpe.path("ignore_merges").booleanValue(false);
            return PreTokenizers.nameOf(splits, ignores)
                    .orElseThrow(() ->
                            refuse(
                                    "llama.cpp has no name for the way in which this tokenizer"
                                            + " splits a text into words: %s.".formatted(splits),
                                    source.place()));
        }

        private void split(JsonNode step, List<String> splits) {
            switch (step.path("type").asString("")) {
                case "Sequence" -> step.path("pretokenizers").forEach(s -> split(s, splits));
                case "Split" -> {
                    JsonNode pattern = step.path("pattern");
                    splits.add(
                            pattern.path("Regex")
                                    .asString(Pattern.quote(pattern.path("String").asString(""))));
                }
                case "Digits" -> {
                    boolean single = step.path("individual_digits").booleanValue(false);
                    splits.add(single ? "\\p{N}" : "\\p{N}+");
                }
                case "Punctuation" -> splits.add("[\\p{P}\\$\\+<=>\\^~\\|`]+");
                case "ByteLevel" -> {
                    if (step.path("use_regex").booleanValue(true)) {
                        splits.add(TokenizerJson.GPT2_SPLIT);
                    }
                }
                default -> splits.add(step.toString());
            }
        }

        private boolean prependsInMetaspace() {
            JsonNode step = json.path("pre_tokenizer");
            return step.path("type").asString("").equals("Metaspace")
                    && !step.path("prepend_scheme").asString("always").equals("never")
                    && step.path("add_prefix_space").booleanValue(true);
        }

        private static boolean hasType(JsonNode step, String type) {
            Optional<JsonNode> found =
                    step.findValues("type").stream()
                            .filter(t -> t.asString("").equals(type))
                            .findFirst();
            return found.isPresent();
        }
    }
}
