package dev.attune.text;

import dev.attune.base.AttuneException;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// What a SentencePiece model says: `tokenizer.model`, or the metadata of a GGUF file that was made
/// of one. Immutable.
///
/// @param pieces the tokens; the place is the id
/// @param kind how pieces are put together
/// @param normalizer what is done to a text first
/// @param byteFallback whether a character without a piece becomes its bytes
/// @param bosId what begins a text
/// @param eosId what ends a text
record SentencePieceModel(
        List<Piece> pieces,
        Kind kind,
        Normalizer normalizer,
        boolean byteFallback,
        OptionalInt bosId,
        OptionalInt eosId) {
    SentencePieceModel {
        pieces = List.copyOf(pieces);
    }

    /// How pieces are put together.
    enum Kind {
        /// The best sum of scores.
        UNIGRAM,
        /// Merges, best score first.
        BPE
    }

    /// What a piece is for; the numbers are those of the file.
    enum PieceType {
        /// Text.
        NORMAL,
        /// What stands for the unknown.
        UNKNOWN,
        /// Never made of text: BOS, EOS ...
        CONTROL,
        /// Found in the text before anything else.
        USER_DEFINED,
        /// Never made.
        UNUSED,
        /// A byte.
        BYTE;

        private static final List<PieceType> BY_NUMBER =
                List.of(NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE);

        /// What a file writes: 1 to 6.
        int number() {
            return BY_NUMBER.indexOf(this) + 1;
        }

        /// The type that a file writes as 1 to 6.
        static Optional<PieceType> of(long number) {
            return number >= 1 && number <= BY_NUMBER.size()
                    ? Optional.of(BY_NUMBER.get((int) number - 1))
                    : Optional.empty();
        }
    }

    /// A token.
    record Piece(String text, float score, PieceType type) {}

    /// What is done to a text first.
    ///
    /// @param charsMap the compiled map of characters in Base64, empty for none
    record Normalizer(
            String charsMap,
            boolean addDummyPrefix,
            boolean removeExtraWhitespaces,
            boolean escapeWhitespaces) {}

    /// Reads a `tokenizer.model`.
    ///
    /// @throws AttuneException of kind USER at `place` if it is none, or one that is not supported
    static SentencePieceModel read(byte[] file, Object place) {
        return new Reading(place).model(file);
    }

    private static final class Reading {
        private final Object place;
        private final List<Piece> pieces = new ArrayList<>();
        private Kind kind = Kind.UNIGRAM;
        private String charsMap = "";
        private boolean addDummyPrefix = true;
        private boolean removeExtraWhitespaces = true;
        private boolean escapeWhitespaces = true;
        private boolean byteFallback;
        private long bosId = 1;
        private long eosId = 2;

        Reading(Object place) {
            this.place = place;
        }

        SentencePieceModel model(byte[] file) {
            ProtoReader in = new ProtoReader(file, place);
            while (in.next()) {
                switch (in.field()) {
                    case 1 -> pieces.add(piece(in.bytes()));
                    case 2 -> trainer(in.bytes());
                    case 3 -> normalizer(in.bytes());
                    case 5 -> denormalizer(in.bytes());
                    default -> in.skip();
                }
            }
            if (pieces.isEmpty()) {
                throw refuse("it has no pieces");
            }
            return new SentencePieceModel(
                    pieces,
                    kind,
                    new Normalizer(
                            charsMap, addDummyPrefix, removeExtraWhitespaces, escapeWhitespaces),
                    byteFallback,
                    id(bosId),
                    id(eosId));
        }

        private Piece piece(byte[] message) {
            ProtoReader in = new ProtoReader(message, place);
            String text = "";
            float score = 0;
            long type = 1;
            while (in.next()) {
                switch (in.field()) {
                    case 1 -> text = in.text();
                    case 2 -> score = in.real();
                    case 3 -> type = in.whole();
                    default -> in.skip();
                }
            }
            Optional<PieceType> known = PieceType.of(type);
            if (text.isEmpty() || known.isEmpty()) {
                throw refuse(
                        "its piece %d is empty or of the unknown type %d"
                                .formatted(pieces.size(), type));
            }
            return new Piece(text, score, known.get());
        }

        private void trainer(byte[] message) {
            ProtoReader in = new ProtoReader(message, place);
            while (in.next()) {
                switch (in.field()) {
                    case 3 -> kind = kind(in.whole());
                    case 24 -> {
                        if (in.flag()) {
                            throw refuse("treat_whitespace_as_suffix is set");
                        }
                    }
                    case 35 -> byteFallback = in.flag();
                    case 41 -> bosId = (int) in.whole();
                    case 42 -> eosId = (int) in.whole();
                    default -> in.skip();
                }
            }
        }

        private void normalizer(byte[] message) {
            ProtoReader in = new ProtoReader(message, place);
            while (in.next()) {
                switch (in.field()) {
                    case 2 -> charsMap = Base64.getEncoder().encodeToString(in.bytes());
                    case 3 -> addDummyPrefix = in.flag();
                    case 4 -> removeExtraWhitespaces = in.flag();
                    case 5 -> escapeWhitespaces = in.flag();
                    default -> in.skip();
                }
            }
        }

        private void denormalizer(byte[] message) {
            ProtoReader in = new ProtoReader(message, place);
            while (in.next()) {
                if (in.field() == 2 && in.bytes().length > 0) {
                    throw refuse("it has a denormalizer");
                } else if (in.field() != 2) {
                    in.skip();
                }
            }
        }

        private Kind kind(long type) {
            if (type == 1 || type == 2) {
                return type == 1 ? Kind.UNIGRAM : Kind.BPE;
            }
            throw refuse("its model_type is %d, not UNIGRAM (1) or BPE (2)".formatted(type));
        }

        private OptionalInt id(long id) {
            return id >= 0 && id < pieces.size() ? OptionalInt.of((int) id) : OptionalInt.empty();
        }

        private AttuneException refuse(String why) {
            return AttuneException.user(
                            "The SentencePiece model is not supported: %s.".formatted(why))
                    .at(place)
                    .fix("Get the model's tokenizer.json instead, or another model.");
        }
    }
}
