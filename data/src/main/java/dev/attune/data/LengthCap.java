package dev.attune.data;

import dev.attune.base.AttuneException;

import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.function.ToIntFunction;

/// Keeps rows within a number of tokens, by a policy. An answer is never cut.
///
/// @param length of a row, in tokens
public record LengthCap(int maxTokens, Policy policy, ToIntFunction<Example> length) {
    /// What becomes of a row that is too long.
    public enum Policy {
        /// The whole cleaning is refused.
        FAIL,
        /// The row is dropped.
        DROP,
        /// A conversation becomes several rows, each with the system message, and an exchange is
        /// never divided; a text becomes several texts, which joined are the text. Rows of other
        /// shapes are dropped, for half a prompt or half an answer teaches something else.
        SPLIT,
        /// The oldest exchanges of a conversation are left out, and then the beginning of what is
        /// asked; see [PromptCuts]. Texts are dropped, for they have no prompt.
        TRUNCATE_PROMPT;

        /// As a person writes it.
        public String told() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /// The rows that come of one.
    ///
    /// @param rows none if it was dropped
    /// @param reason why they are not the row that came in; empty if they are
    record Capped(List<ObjectNode> rows, String reason) {}

    /// The fault of a row that has so many tokens where none may be too long.
    AttuneException fault(int tokens) {
        return AttuneException.user("The row has " + what(tokens) + ".")
                .fix("Choose another policy: drop, split or truncate-prompt.");
    }

    /// Applies the policy to a row of `tokens` tokens.
    ///
    /// @throws AttuneException of kind USER if the policy is to fail
    Capped apply(Example example, ObjectNode row, int tokens) {
        if (tokens <= maxTokens) {
            return new Capped(List.of(row), "");
        }
        return switch (policy) {
            case FAIL -> throw fault(tokens);
            case DROP -> new Capped(List.of(), what(tokens));
            case SPLIT -> split(example, row, what(tokens));
            case TRUNCATE_PROMPT -> truncated(example, row, what(tokens));
        };
    }

    private String what(int tokens) {
        return "%,d tokens, of which %,d are allowed".formatted(tokens, maxTokens);
    }

    /// Rows that were rewritten are of a standard shape, whatever they were before. A part that a
    /// chat template refuses is of no use.
    private boolean fits(ObjectNode row, Origin origin) {
        try {
            RowShape shape = ShapeRecogniser.standard().recognise(row).shape();
            return length.applyAsInt(shape.example(row, origin)) <= maxTokens;
        } catch (AttuneException e) {
            return false;
        }
    }

    private Capped split(Example example, ObjectNode row, String what) {
        return switch (example) {
            case ConversationExample conversation -> splitConversation(conversation, row, what);
            case PlainText text -> splitText(text, row, what);
            case PromptCompletion _,
                    Preference _,
                    Feedback _,
                    PromptOnly _,
                    Stepwise _,
                    Segments _ ->
                    new Capped(List.of(), what + "; only conversations and texts can be split");
        };
    }

    private Capped splitConversation(ConversationExample example, ObjectNode row, String what) {
        Exchanges exchanges = Exchanges.of(example.conversation().messages());
        int all = exchanges.all().size();
        List<ObjectNode> rows = new ArrayList<>();
        int from = 0;
        while (from < all) {
            int begin = from;
            int count =
                    most(
                            all - from,
                            1,
                            n -> fits(part(exchanges, row, begin, begin + n), example.origin()));
            if (count == 0) {
                return new Capped(List.of(), what + "; one exchange alone is too long");
            }
            rows.add(part(exchanges, row, from, from + count));
            from += count;
        }
        return new Capped(rows, what + "; split into " + rows.size());
    }

    private static ObjectNode part(Exchanges exchanges, ObjectNode row, int from, int to) {
        return PromptCuts.messages(row, exchanges.messages(from, to));
    }

    private Capped splitText(PlainText example, ObjectNode row, String what) {
        String text = example.text();
        List<ObjectNode> rows = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            String rest = text.substring(from);
            WordStarts words = new WordStarts(rest);
            int count =
                    most(
                            words.count() + 1,
                            Math.max(1, maxTokens / 2),
                            n -> fits(text(row, piece(rest, words, n)), example.origin()));
            if (count == 0) {
                return new Capped(List.of(), what + "; a word alone is too long");
            }
            String piece = atLineEnd(piece(rest, words, count), count <= words.count());
            rows.add(text(row, piece));
            from += piece.length();
        }
        return new Capped(rows, what + "; split into " + rows.size());
    }

    private static ObjectNode text(ObjectNode row, String text) {
        return row.deepCopy().put("text", text);
    }

    private static String piece(String rest, WordStarts words, int count) {
        return count > words.count() ? rest : rest.substring(0, words.at(count - 1));
    }

    /// A piece ends with a line where one ends in its second half.
    private static String atLineEnd(String piece, boolean goesOn) {
        int end = piece.lastIndexOf('\n');
        return goesOn && end > piece.length() / 2 ? piece.substring(0, end + 1) : piece;
    }

    private Capped truncated(Example example, ObjectNode row, String what) {
        PromptCuts cuts = new PromptCuts(example, row);
        int all = cuts.count();
        if (all == 0) {
            return new Capped(List.of(), what + "; it has no prompt that could be cut");
        }
        int unfit = most(all, Math.max(1, all / 2), n -> !fits(cuts.row(n), example.origin()));
        if (unfit == all) {
            return new Capped(List.of(), what + "; its answer leaves no room for a prompt");
        }
        return new Capped(List.of(cuts.row(unfit + 1)), what + "; " + cuts.told(unfit + 1));
    }

    /// The most of 1 to `all` for which `holds`, which must hold for all below if it holds for one;
    /// 0 if it holds for none. Begins to look at `guess`, so that a small answer costs little.
    private static int most(int all, int guess, IntPredicate holds) {
        int low = 0;
        int high = Math.min(guess, all);
        while (high < all && holds.test(high)) {
            low = high;
            high = (int) Math.min(all, 2L * high);
        }
        if (high == all && holds.test(all)) {
            return all;
        }
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (holds.test(middle)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
