package dev.attune.text;

import dev.attune.base.AttuneException;
import dev.attune.text.SentencePieceModel.Kind;
import dev.attune.text.SentencePieceModel.Normalizer;
import dev.attune.text.SentencePieceModel.Piece;
import dev.attune.text.SentencePieceModel.PieceType;
import dev.attune.text.TokenizerJson.Affix;
import dev.attune.text.TokenizerJson.Merge;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// A SentencePiece model as a tokenizer.json.
///
/// Control pieces become special tokens and user-defined ones added tokens, as in Hugging Face's
/// own conversion: the model itself never finds a control piece in a text. So
/// [Tokenizer#encodePlain] is what SentencePiece does, but for two rarities: after a user-defined
/// piece the prefix space is put once more, as Hugging Face does, and a unigram model takes the
/// text `<0x41>` for the byte.
final class SentencePieceJson {
    private static final String SPACE_MARK = "▁";
    private static final String NEVER_FOUND_PREFIX = "\ue000";

    private final SentencePieceModel model;
    private final Object place;
    private final TokenizerJson json = new TokenizerJson();

    private SentencePieceJson(SentencePieceModel model, Object place) {
        this.model = model;
        this.place = place;
    }

    /// @param settings say whether BOS and EOS are added; a BOS is, an EOS is not where they don't
    /// @throws AttuneException of kind USER at `place` if the model cannot be written so
    static String of(SentencePieceModel model, SpecialTokens settings, Object place) {
        SentencePieceJson made = new SentencePieceJson(model, place);
        made.addedTokens();
        made.normalizer();
        made.decoder();
        switch (model.kind()) {
            case BPE -> made.bpe();
            case UNIGRAM -> made.unigram();
        }
        boolean isBpe = model.kind() == Kind.BPE;
        made.json.affixes(
                made.affix(settings.addBos().orElse(isBpe), model.bosId()),
                made.affix(settings.addEos().orElse(!isBpe), model.eosId()));
        return made.json.text();
    }

    private List<Affix> affix(boolean isAdded, OptionalInt id) {
        return isAdded && id.isPresent()
                ? List.of(new Affix(model.pieces().get(id.getAsInt()).text(), id.getAsInt()))
                : List.of();
    }

    private void addedTokens() {
        for (int id = 0; id < model.pieces().size(); id++) {
            Piece piece = model.pieces().get(id);
            switch (piece.type()) {
                case CONTROL, UNKNOWN -> json.addedToken(piece.text(), id, true);
                case USER_DEFINED ->
                        json.addedToken(piece.text(), id, false)
                                .put("normalized", !model.normalizer().addDummyPrefix());
                case NORMAL, UNUSED, BYTE -> {}
            }
        }
    }

    private void normalizer() {
        Normalizer rules = model.normalizer();
        if (!rules.charsMap().isEmpty()) {
            json.normalizer("Precompiled").put("precompiled_charsmap", rules.charsMap());
        }
        if (rules.removeExtraWhitespaces()) {
            // A mark of a space that stands in the text itself goes at the end only.
            json.replaceRegex("\\A +|[ ▁]+\\z", "");
            json.replaceRegex(" {2,}", " ");
        }
        if (rules.addDummyPrefix()) {
            json.normalizer("Prepend").put("prepend", mark());
        }
        if (rules.escapeWhitespaces()) {
            json.replaceText(" ", SPACE_MARK);
        }
    }

    private void decoder() {
        ObjectNode spaces = json.decoder("Replace").put("content", " ");
        spaces.putObject("pattern").put("String", mark());
        json.decoder("ByteFallback");
        json.decoder("Fuse");
        if (model.normalizer().addDummyPrefix()) {
            json.decoder("Strip").put("content", " ").put("start", 1).put("stop", 0);
        }
    }

    private String mark() {
        return model.normalizer().escapeWhitespaces() ? SPACE_MARK : " ";
    }

    private void bpe() {
        Map<String, Integer> ids = ids();
        ObjectNode node = json.bpe(ids, merges(ids));
        unknown().ifPresent(id -> node.put("unk_token", model.pieces().get(id).text()));
        node.put("fuse_unk", true).put("byte_fallback", model.byteFallback());
    }

    private void unigram() {
        ids();
        ObjectNode node = json.root().putObject("model").put("type", "Unigram");
        unknown().ifPresent(id -> node.put("unk_id", id));
        ArrayNode vocab = node.putArray("vocab");
        for (int id = 0; id < model.pieces().size(); id++) {
            Piece piece = model.pieces().get(id);
            boolean isFound = piece.type() != PieceType.UNUSED;
            String text = isFound ? piece.text() : NEVER_FOUND_PREFIX + id;
            vocab.addArray().add(text).add((double) piece.score());
        }
        node.put("byte_fallback", model.byteFallback());
    }

    private OptionalInt unknown() {
        for (int id = 0; id < model.pieces().size(); id++) {
            if (model.pieces().get(id).type() == PieceType.UNKNOWN) {
                return OptionalInt.of(id);
            }
        }
        return OptionalInt.empty();
    }

    private Map<String, Integer> ids() {
        Map<String, Integer> ids = new LinkedHashMap<>();
        for (Piece piece : model.pieces()) {
            Integer before = ids.putIfAbsent(piece.text(), ids.size());
            if (before != null) {
                throw refuse(
                        "its pieces %d and %d are both '%s'"
                                .formatted(before, ids.size(), piece.text()));
            }
        }
        return ids;
    }

    /// The merges that the scores imply: every way to make a piece of two others, the best score
    /// first. Ways to make the same piece stand together, as in Hugging Face's conversion.
    private List<Merge> merges(Map<String, Integer> ids) {
        List<Scored> all = new ArrayList<>();
        for (Piece piece : model.pieces()) {
            boolean isMade = piece.type() == PieceType.NORMAL || piece.type() == PieceType.UNUSED;
            String text = piece.text();
            int end = text.length();
            for (int at = next(text, 0); isMade && at < end; at = next(text, at)) {
                Integer left = mergeable(ids, text.substring(0, at));
                Integer right = mergeable(ids, text.substring(at));
                if (left >= 0 && right >= 0) {
                    all.add(
                            new Scored(
                                    new Merge(text.substring(0, at), text.substring(at)),
                                    piece.score()));
                }
            }
            if (piece.type() == PieceType.UNUSED && !all.isEmpty() && makes(all.getLast(), text)) {
                throw refuse("its unused piece '%s' can be made of others".formatted(text));
            }
        }
        all.sort(
                Comparator.comparingDouble(Scored::score)
                        .thenComparingInt(s -> s.merge().left().length())
                        .thenComparingInt(s -> s.merge().right().length())
                        .reversed());
        return all.stream().map(Scored::merge).toList();
    }

    private static boolean makes(Scored scored, String text) {
        return (scored.merge().left() + scored.merge().right()).equals(text);
    }

    private int mergeable(Map<String, Integer> ids, String part) {
        int id = ids.getOrDefault(part, -1);
        return id >= 0 && model.pieces().get(id).type() == PieceType.NORMAL ? id : -1;
    }

    private static int next(String text, int from) {
        return text.offsetByCodePoints(from, 1);
    }

    private AttuneException refuse(String why) {
        return AttuneException.user("The SentencePiece model is not supported: " + why + ".")
                .at(place)
                .fix("Get the model's tokenizer.json instead, or another model.");
    }

    private record Scored(Merge merge, float score) {}
}
