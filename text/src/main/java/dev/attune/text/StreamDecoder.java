package dev.attune.text;

import dev.attune.base.AttuneException;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Turns ids into text while they come: each call gives the text that no later id can change, so
/// never half a character. All that it gives, put together, is what [Tokenizer#decode] gives for
/// all the ids.
///
/// An id costs the same however many came before. A run of byte tokens (`<0xE4>`) is given when it
/// has ended, since a bad byte in it changes the whole run. For the few tokenizers whose decoder
/// needs the last token to begin, all comes from [#finish].
///
/// For one stream and one thread; needs no closing. The tokenizer must stay open.
public final class StreamDecoder {
    private final Tokenizer tokenizer;
    private final boolean skipsSpecial;
    private final List<DecoderStage> stages;
    private final List<Integer> held = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private boolean finished;

    /// @param stages as [DecoderStages]; none to hold everything back until the end
    StreamDecoder(Tokenizer tokenizer, boolean skipsSpecial, List<DecoderStage> stages) {
        this.tokenizer = tokenizer;
        this.skipsSpecial = skipsSpecial;
        this.stages = List.copyOf(stages);
    }

    /// Takes the next id and gives the text that became certain; often none, with an id that ends
    /// the middle of a character.
    ///
    /// @throws AttuneException of kind USER if the id is not in the vocabulary
    /// @throws IllegalStateException after [#finish]
    public String next(int id) {
        requireUnfinished();
        String token = tokenizer.requireToken(id);
        if (stages.isEmpty()) {
            held.add(id);
        } else if (!skipsSpecial || !tokenizer.isSpecial(id)) {
            from(0).accept(token);
        }
        return taken();
    }

    /// The rest of the text; no id may follow.
    ///
    /// @throws IllegalStateException if it was called before
    public String finish() {
        requireUnfinished();
        finished = true;
        if (stages.isEmpty()) {
            int[] ids = held.stream().mapToInt(Integer::intValue).toArray();
            return skipsSpecial ? tokenizer.decodeSkippingSpecial(ids) : tokenizer.decode(ids);
        }
        for (int i = 0; i < stages.size(); i++) {
            stages.get(i).end(from(i + 1));
        }
        return taken();
    }

    private Consumer<String> from(int stage) {
        return stage == stages.size()
                ? text::append
                : token -> stages.get(stage).next(token, from(stage + 1));
    }

    private String taken() {
        String taken = text.toString();
        text.setLength(0);
        return taken;
    }

    private void requireUnfinished() {
        if (finished) {
            throw new IllegalStateException("the stream is finished");
        }
    }
}
