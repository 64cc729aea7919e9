package dev.attune.train;

import dev.attune.base.AttuneException;
import dev.attune.data.ChatRowEncoder;
import dev.attune.data.EncodedRow;
import dev.attune.data.Example;
import dev.attune.data.PlainText;
import dev.attune.data.RowEncoder;
import dev.attune.text.ChatFormat;
import dev.attune.text.EncodedText;
import dev.attune.text.TokenSequence;

import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/// Encodes rows, and refuses those that would teach something wrong without a word: a turn that
/// does not end in a stop token teaches a model never to stop, and an id beyond the vocabulary
/// means that tokenizer and model do not belong together.
///
/// @param vocabSize ids that the model has an embedding for
record RowGate(ChatFormat format, ChatRowEncoder encoder, long vocabSize) implements RowEncoder {
    private static final int SHOWN = 6;

    @Override
    public EncodedRow encode(Example example) {
        EncodedText text = encoder.text(example);
        requireKnown(text.tokens());
        if (!(example instanceof PlainText)) {
            OptionalInt end = text.firstUnstopped(format.stopTokens().ids());
            if (end.isPresent()) {
                throw unstopped(text.tokens(), end.getAsInt());
            }
        }
        return EncodedRow.of(text);
    }

    @Override
    public String key() {
        return "gate-v1 " + vocabSize + " " + encoder.key();
    }

    private void requireKnown(TokenSequence tokens) {
        for (int i = 0; i < tokens.length(); i++) {
            if (tokens.id(i) >= vocabSize) {
                throw AttuneException.user(
                                "Token %d of the row has the id %d %s, but the model has ids below %d."
                                        .formatted(i, tokens.id(i), shown(tokens.id(i)), vocabSize))
                        .fix("Use the tokenizer that belongs to the model.");
            }
        }
    }

    private AttuneException unstopped(TokenSequence tokens, int end) {
        StringBuilder ids = new StringBuilder();
        for (int i = Math.max(0, end - SHOWN + 1); i < Math.min(tokens.length(), end + 3); i++) {
            ids.append(ids.isEmpty() ? "" : ", ").append(tokens.id(i)).append(' ');
            ids.append(shown(tokens.id(i))).append(tokens.isTrained(i) ? "" : " (not learned)");
        }
        return AttuneException.user(
                        "A turn to be learned ends at token %d without a stop token, so the model would not learn to stop: ids %s; stop tokens: %s."
                                .formatted(end, ids, stops(format.stopTokens().texts())))
                .fix(
                        "Use a chat template that ends each turn with a stop token, or name the"
                                + " token in the model's generation_config.json as eos_token_id.");
    }

    private static String stops(Map<Integer, String> texts) {
        return texts.isEmpty()
                ? "none"
                : texts.entrySet().stream()
                        .map(entry -> entry.getKey() + " " + quoted(entry.getValue()))
                        .collect(Collectors.joining(", "));
    }

    private String shown(int id) {
        return quoted(format.tokenizer().token(id).orElse("?"));
    }

    private static String quoted(String token) {
        return '"' + token.replace("\n", "\\n") + '"';
    }
}
