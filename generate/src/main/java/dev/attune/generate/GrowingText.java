package dev.attune.generate;

import dev.attune.generate.GenerationResult.Finish;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A request that is being answered.
final class GrowingText {
    private final int index;
    private final int known;
    private final List<Integer> prompt;
    private final SamplingConfig config;
    private final Sampler sampler;
    private final List<GeneratedToken> tokens = new ArrayList<>();
    private List<Integer> unread;
    private Optional<Finish> finish = Optional.empty();

    /// @param known how many tokens of the prompt the session may have read already
    GrowingText(int index, GenerationRequest request, int known) {
        this.index = index;
        this.known = known;
        this.prompt = request.promptIds();
        this.config = request.sampling();
        this.sampler = new Sampler(config, request.promptIds());
        this.unread = prompt.subList(known, prompt.size());
    }

    /// How many tokens of the prompt the session may have read already.
    int known() {
        return known;
    }

    /// Takes over what the session has read of the prompt: all that is known, or less.
    void keep(int read) {
        unread = prompt.subList(read, prompt.size());
    }

    int index() {
        return index;
    }

    SamplingConfig config() {
        return config;
    }

    Sampler sampler() {
        return sampler;
    }

    /// The tokens that the model has not read yet: the prompt, then each new one.
    List<Integer> unread() {
        return unread;
    }

    boolean isFinished() {
        return finish.isPresent();
    }

    /// Adds a token and sees whether it was the last.
    void add(GeneratedToken token, TokenListener listener) {
        tokens.add(token);
        unread = List.of(token.id());
        boolean goOn = listener.accept(index, token);
        if (config.eosTokenIds().contains(token.id())) {
            finish = Optional.of(new Finish.Stop(token.id()));
        } else if (!goOn) {
            finish = Optional.of(new Finish.Cancelled());
        } else if (tokens.size() == config.maxNewTokens()) {
            finish = Optional.of(new Finish.Length());
        }
    }

    GenerationResult result() {
        return new GenerationResult(tokens, finish.orElseThrow());
    }
}
