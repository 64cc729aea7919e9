package dev.attune.generate;

import dev.attune.base.AttuneException;
import dev.attune.base.Problems;

import java.util.Set;

/// How the next token is chosen and when to stop, in the words of Hugging Face's
/// `generation_config.json`.
///
/// ```
/// SamplingConfig.greedy(64)
/// SamplingConfig.builder().sampling(0.7, 42).topP(0.9).maxNewTokens(200).build()
/// ```
///
/// The filters apply in the order of the components below, see [Sampler].
///
/// @param doSample whether to draw; if not, or if the temperature is 0, the likeliest token is
///   taken and temperature, topK, topP, minP and seed have no say
/// @param repetitionPenalty what the logits of tokens that occurred are divided by (multiplied
///   where negative); 1 for none
/// @param temperature what the logits are divided by
/// @param topK keep the k likeliest; 0 for all
/// @param topP keep the likeliest that make up this share of the probability; 1 for all
/// @param minP keep those at least this share as likely as the likeliest; 0 for all
/// @param seed where the random numbers of this one request start
/// @param maxNewTokens when to stop at the latest
/// @param eosTokenIds the tokens that end an answer
/// @param logprobs how many of the likeliest tokens to tell beside each chosen one
public record SamplingConfig(
        boolean doSample,
        double repetitionPenalty,
        double temperature,
        int topK,
        double topP,
        double minP,
        long seed,
        int maxNewTokens,
        Set<Integer> eosTokenIds,
        int logprobs) {
    /// The likeliest token each time, 256 of them at most, until no token ends it.
    public static final SamplingConfig DEFAULT =
            new SamplingConfig(false, 1, 1, 0, 1, 0, 0, 256, Set.of(), 0);

    /// Checks every number.
    ///
    /// @throws AttuneException with all that is out of range
    public SamplingConfig {
        eosTokenIds = Set.copyOf(eosTokenIds);
        Problems problems = new Problems("Cannot sample");
        check(
                problems,
                "repetition_penalty",
                repetitionPenalty,
                "between 0.01 and 100",
                repetitionPenalty >= 0.01 && repetitionPenalty <= 100);
        check(problems, "temperature", temperature, "0 or more", temperature >= 0);
        check(problems, "top_k", topK, "0 (all) or more", topK >= 0);
        check(problems, "top_p", topP, "between 0 and 1", topP >= 0 && topP <= 1);
        check(problems, "min_p", minP, "between 0 and 1", minP >= 0 && minP <= 1);
        check(problems, "max_new_tokens", maxNewTokens, "1 or more", maxNewTokens >= 1);
        check(problems, "logprobs", logprobs, "0 or more", logprobs >= 0);
        problems.throwIfAny();
    }

    private static void check(
            Problems problems, String key, Number found, String expected, boolean holds) {
        if (!holds || !Double.isFinite(found.doubleValue())) {
            problems.add(
                    AttuneException.user(key + " is " + found + ", expected " + expected + "."));
        }
    }

    /// The likeliest token each time.
    public static SamplingConfig greedy(int maxNewTokens) {
        return builder().maxNewTokens(maxNewTokens).build();
    }

    /// A copy of [#DEFAULT] to change.
    public static Builder builder() {
        return DEFAULT.toBuilder();
    }

    /// A copy of this to change.
    public Builder toBuilder() {
        return new Builder(this);
    }

    /// Whether the likeliest token is taken each time.
    public boolean isGreedy() {
        return !doSample || temperature == 0;
    }

    /// A configuration under way; what is not set stays as it was in the one it began from.
    public static final class Builder {
        private boolean doSample;
        private double repetitionPenalty;
        private double temperature;
        private int topK;
        private double topP;
        private double minP;
        private long seed;
        private int maxNewTokens;
        private Set<Integer> eosTokenIds;
        private int logprobs;

        private Builder(SamplingConfig from) {
            doSample = from.doSample;
            repetitionPenalty = from.repetitionPenalty;
            temperature = from.temperature;
            topK = from.topK;
            topP = from.topP;
            minP = from.minP;
            seed = from.seed;
            maxNewTokens = from.maxNewTokens;
            eosTokenIds = from.eosTokenIds;
            logprobs = from.logprobs;
        }

        /// Draws instead of taking the likeliest.
        public Builder sampling(double temperature, long seed) {
            this.doSample = true;
            this.temperature = temperature;
            this.seed = seed;
            return this;
        }

        /// Sets the penalty of tokens that occurred.
        public Builder repetitionPenalty(double penalty) {
            this.repetitionPenalty = penalty;
            return this;
        }

        /// Keeps the k likeliest.
        public Builder topK(int k) {
            this.topK = k;
            return this;
        }

        /// Keeps the likeliest that make up this share.
        public Builder topP(double share) {
            this.topP = share;
            return this;
        }

        /// Keeps those at least this share as likely as the likeliest.
        public Builder minP(double share) {
            this.minP = share;
            return this;
        }

        /// Sets how many tokens there are at most.
        public Builder maxNewTokens(int count) {
            this.maxNewTokens = count;
            return this;
        }

        /// Sets the tokens that end an answer.
        public Builder eosTokenIds(Set<Integer> ids) {
            this.eosTokenIds = Set.copyOf(ids);
            return this;
        }

        /// Tells this many of the likeliest tokens beside each chosen one.
        public Builder logprobs(int count) {
            this.logprobs = count;
            return this;
        }

        /// The configuration, checked.
        public SamplingConfig build() {
            return new SamplingConfig(
                    doSample,
                    repetitionPenalty,
                    temperature,
                    topK,
                    topP,
                    minP,
                    seed,
                    maxNewTokens,
                    eosTokenIds,
                    logprobs);
        }
    }
}
