package dev.attune.export;

import dev.attune.model.Decoder;
import dev.attune.model.DecoderSession;
import dev.attune.tensor.Documents;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tensor;
import dev.attune.text.TokenSequence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// Makes texts to compare of a user's rows: each question, and what the model answers to it if it
/// always takes the likeliest token.
///
/// A model that prefers the same token as this one at every place of that answer gives the same
/// answer when it is asked itself, since up to its first difference it has read the same text. So
/// one pass tells what generating with each model would.
///
/// @param decoder the model as it computes now
/// @param stopTokens end an answer
record AskedRows(Decoder decoder, Set<Integer> stopTokens) {
    private static final int ANSWER_TOKENS = 24;

    /// Bounds the memory of logits, 256 MB.
    private static final int MOST_LOGITS = 1 << 26;

    /// Longer questions would take more time than they tell.
    private static final int LONGEST_QUESTION = 2048;

    /// The texts; none if no row leaves room for an answer.
    List<ComparedText> texts(List<TokenSequence> rows) {
        List<ComparedText> texts = new ArrayList<>();
        int placesLeft = MOST_LOGITS / decoder.config().vocabSize();
        for (TokenSequence row : rows) {
            int asked = questionTokens(row);
            int room = Math.min(decoder.config().maxPositionEmbeddings() - asked, placesLeft);
            if (asked > 0 && asked <= LONGEST_QUESTION && room > 0) {
                int[] question = Arrays.copyOf(row.ids(), asked);
                List<Integer> answer = answer(question, Math.min(ANSWER_TOKENS, room));
                List<Integer> ids = new ArrayList<>(Arrays.stream(question).boxed().toList());
                // Nothing is asked behind the last token of an answer.
                ids.addAll(answer.subList(0, answer.size() - 1));
                texts.add(new ComparedText(ids, asked - 1, answer.size()));
                placesLeft -= answer.size();
            }
        }
        return texts;
    }

    /// Where the last answer begins; of a text that is learned from its start, half.
    static int questionTokens(TokenSequence row) {
        int end = row.length();
        while (end > 0 && !row.isTrained(end - 1)) {
            end--;
        }
        int start = end;
        while (start > 0 && row.isTrained(start - 1)) {
            start--;
        }
        return end == 0 ? row.length() : start > 0 ? start : Math.ceilDiv(end, 2);
    }

    private List<Integer> answer(int[] question, int most) {
        List<Integer> answer = new ArrayList<>();
        try (var session = DecoderSession.open(decoder, 1, question.length + most)) {
            int[] next = question;
            while (answer.size() < most) {
                int token = next(session, next);
                answer.add(token);
                if (stopTokens.contains(token)) {
                    break;
                }
                next = new int[] {token};
            }
        }
        return answer;
    }

    private int next(DecoderSession session, int[] ids) {
        try (var _ = Scope.open("next")) {
            Tensor hidden = session.append(ids, Documents.ofLengths(ids.length), 0);
            Tensor last = hidden.narrow(0, ids.length - 1, 1);
            return (int) decoder.head().logits(last).argmax().item();
        }
    }
}
