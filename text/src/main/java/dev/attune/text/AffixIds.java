package dev.attune.text;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// The special tokens that are put before and after each text, found once by what the library does
/// to a small one: so that there is a single place that adds them, and it can see whether the text
/// brought its own.
final class AffixIds {
    /// The classes whose settings `add_bos_token` and `add_eos_token` stand above the file's
    /// post-processor, as in transformers.
    private static final Set<String> BY_SETTINGS =
            Set.of(
                    "LlamaTokenizer",
                    "LlamaTokenizerFast",
                    "CodeLlamaTokenizer",
                    "CodeLlamaTokenizerFast",
                    "GemmaTokenizer",
                    "GemmaTokenizerFast",
                    "CohereTokenizer",
                    "CohereTokenizerFast");

    private final int[] before;
    private final int[] after;

    private AffixIds(int[] before, int[] after) {
        this.before = before;
        this.after = after;
    }

    static AffixIds of(NativeTokenizer library, Vocabulary vocabulary, TokenizerConfig config) {
        AffixIds found = probed(library);
        if (config.tokenizerClass().filter(BY_SETTINGS::contains).isEmpty()) {
            return found;
        }
        SpecialTokens tokens = config.specialTokens();
        return new AffixIds(
                chosen(tokens.addBos(), tokens.bos(), vocabulary, found.before),
                chosen(tokens.addEos(), tokens.eos(), vocabulary, found.after));
    }

    /// The encoding between the affixes; without the first one if it already begins with that.
    Encoding around(Encoding encoding, int textLength) {
        int[] ids = encoding.ids();
        boolean begun =
                before.length > 0
                        && ids.length >= before.length
                        && Arrays.equals(ids, 0, before.length, before, 0, before.length);
        int lead = begun ? 0 : before.length;
        int[] all = new int[lead + ids.length + after.length];
        int[] starts = new int[all.length];
        int[] ends = new int[all.length];
        System.arraycopy(before, 0, all, 0, lead);
        System.arraycopy(ids, 0, all, lead, ids.length);
        System.arraycopy(after, 0, all, lead + ids.length, after.length);
        for (int i = 0; i < ids.length; i++) {
            starts[lead + i] = encoding.start(i);
            ends[lead + i] = encoding.end(i);
        }
        Arrays.fill(starts, lead + ids.length, all.length, textLength);
        Arrays.fill(ends, lead + ids.length, all.length, textLength);
        return new Encoding(all, starts, ends);
    }

    private static int[] chosen(
            Optional<Boolean> add, Optional<String> token, Vocabulary vocabulary, int[] found) {
        OptionalInt id = token.map(vocabulary::id).orElse(OptionalInt.empty());
        if (add.isEmpty() || (add.get() && id.isEmpty())) {
            return found;
        }
        return add.get() ? new int[] {id.getAsInt()} : new int[0];
    }

    private static AffixIds probed(NativeTokenizer library) {
        String probe = "a";
        int[] bare = library.ids(probe);
        int[] whole = library.idsWithSpecialTokens(probe);
        for (int lead = 0; lead + bare.length <= whole.length; lead++) {
            int end = lead + bare.length;
            if (Arrays.equals(whole, lead, end, bare, 0, bare.length)) {
                return new AffixIds(
                        Arrays.copyOf(whole, lead), Arrays.copyOfRange(whole, end, whole.length));
            }
        }
        return new AffixIds(new int[0], new int[0]);
    }
}
