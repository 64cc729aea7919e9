package dev.attune.text;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// How a text is split into words, by the names that GGUF files use (`tokenizer.ggml.pre`).
final class PreTokenizers {
    private static final String CONTRACTION = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private static final String SPACES = "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String WORD = "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+";
    private static final String SIGNS = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*";
    private static final String LLAMA3 = CONTRACTION + WORD + "|\\p{N}{1,3}" + SIGNS + SPACES;
    private static final String QWEN2 = CONTRACTION + WORD + "|\\p{N}" + SIGNS + SPACES;
    private static final String QWEN35 =
            CONTRACTION
                    + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}"
                    + "| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*"
                    + SPACES;
    private static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
    private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
    private static final String LEAD = "[^\\r\\n\\p{L}\\p{N}]?";
    private static final String CASED = LEAD + UPPER + "*" + LOWER + "+";
    private static final String CAPITAL = "|" + LEAD + UPPER + "+" + LOWER + "*";
    private static final String SLASHED = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*" + SPACES;
    private static final String TEKKEN = CASED + CAPITAL + "|\\p{N}" + SLASHED;
    private static final String GPT4O =
            CASED + CONTRACTION + "?" + CAPITAL + CONTRACTION + "?|\\p{N}{1,3}" + SLASHED;
    private static final String DEEPSEEK3 =
            "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+"
                    + "|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*"
                    + SPACES;
    private static final String BAILING =
            "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}"
                    + "| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+";
    private static final String SEED =
            CONTRACTION + WORD + "|\\p{N}| ?[^\\s\\p{L}\\p{N}\\r\\n]+" + SPACES;
    private static final String BLOOM = " ?[^(\\s|.,!?…。，、।۔،)]+";
    private static final String THREE_DIGITS = "[0-9][0-9][0-9]";

    private static final Map<String, PreTokenizers.Rule> RULES = rules();

    private PreTokenizers() {}

    /// The rule of that name, if it is known.
    static Optional<Rule> of(String name) {
        return Optional.ofNullable(RULES.get(name));
    }

    /// The names that are known.
    static Set<String> names() {
        return RULES.keySet();
    }

    /// The first name of a rule that splits in that way, of one that treats merges alike if there
    /// is one.
    static Optional<String> nameOf(List<String> splits, boolean ignoresMerges) {
        List<String> names =
                RULES.entrySet().stream()
                        .filter(rule -> rule.getValue().splits().equals(splits))
                        .map(Map.Entry::getKey)
                        .toList();
        return names.stream()
                .filter(name -> of(name).orElseThrow().ignoresMerges() == ignoresMerges)
                .findFirst()
                .or(() -> names.stream().findFirst());
    }

    private static Map<String, Rule> rules() {
        Map<String, Rule> rules = new LinkedHashMap<>();
        String gpt2 = TokenizerJson.GPT2_SPLIT;
        put(
                rules,
                Rule.of(gpt2),
                "gpt-2 phi-2 jina-es jina-de jina-v2-es jina-v2-de jina-v1-en jina-v2-code"
                        + " roberta-bpe gigachat a.x-4.0 mellum modern-bert mpt olmo jais trillion"
                        + " granite-docling exaone4");
        put(
                rules,
                Rule.of("\\p{N}", gpt2),
                "starcoder refact command-r smollm codeshell exaone minerva-7b mellum2");
        put(
                rules,
                new Rule(List.of(LLAMA3), true, true),
                "llama3 llama-v3 llama-bpe falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano");
        put(rules, Rule.of(LLAMA3), "dbrx smaug-bpe glm4 chatglm-bpe");
        put(
                rules,
                Rule.of(QWEN2),
                "qwen2 deepseek-r1-qwen kormo f2llmv2 stablelm2 hunyuan solar-open megrez grok-2");
        put(rules, Rule.of(QWEN35), "qwen35");
        put(rules, new Rule(List.of(TEKKEN), true, true), "tekken");
        put(rules, Rule.of(GPT4O), "gpt-4o llama4 kanana2 talkie minimax-m2");
        put(
                rules,
                Rule.of("\\p{N}{1,3}", "[一-龥぀-ゟ゠-ヿ]+", DEEPSEEK3),
                "deepseek-v3 hunyuan-dense joyai-llm hy_v4");
        put(
                rules,
                Rule.of("[\\r\\n]", "\\s?\\p{L}+", "\\s?\\p{P}+", "[一-龥ࠀ-一가-퟿]+", "\\p{N}"),
                "deepseek-coder");
        put(rules, Rule.of(BAILING), "bailingmoe bailingmoe2 llada-moe");
        put(rules, Rule.of(SEED), "seed-coder");
        put(rules, Rule.of(BLOOM), "bloom poro-chat gpt3-finnish");
        put(rules, Rule.of(BLOOM, "\\p{N}"), "viking");
        put(rules, Rule.of("[\\p{P}\\$\\+<=>\\^~\\|`]+", gpt2, THREE_DIGITS), "falcon");
        put(rules, Rule.of("[\\p{P}\\$\\+<=>\\^~\\|]+", gpt2, "\\p{N}+", THREE_DIGITS), "default");
        return Collections.unmodifiableMap(rules);
    }

    private static void put(Map<String, Rule> rules, Rule rule, String names) {
        for (String name : names.split(" ", -1)) {
            rules.put(name, rule);
        }
    }

    /// @param splits regular expressions, each applied to what the one before left whole
    /// @param ignoresMerges whether a word that is a token is not merged from its parts
    /// @param addsBos whether a BOS begins each text where the file does not say
    record Rule(List<String> splits, boolean ignoresMerges, boolean addsBos) {
        private static Rule of(String... splits) {
            return new Rule(List.of(splits), false, false);
        }
    }
}
