package dev.attune.train;

import dev.attune.data.TooLong;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/// The rows of [RecipeKeys] about the model, its data and its adapter.
final class RecipeModelKeys {
    private static final RecipeType FLAG = new RecipeType.Flag();
    private static final RecipeType POSITIVE =
            new RecipeType.Real(0, true, 1e9, "a number above 0");
    private static final RecipeType TOO_LONG =
            new RecipeType.Choice(
                    Arrays.stream(TooLong.values()).map(RecipeModelKeys::lower).toList(),
                    Map.of("raise", "fail", "truncate", "truncate_end"),
                    Map.of());
    private static final String NOT_YET = "not there yet.";
    private static final RecipeType METHOD =
            new RecipeType.Choice(
                    List.of("sft"),
                    Map.of("supervised", "sft"),
                    Map.ofEntries(
                            Map.entry("dpo", NOT_YET),
                            Map.entry("orpo", NOT_YET),
                            Map.entry("kto", NOT_YET),
                            Map.entry("ipo", NOT_YET),
                            Map.entry("simpo", NOT_YET),
                            Map.entry("ppo", NOT_YET),
                            Map.entry("grpo", NOT_YET),
                            Map.entry("rm", NOT_YET),
                            Map.entry("reward", NOT_YET),
                            Map.entry("distillation", NOT_YET),
                            Map.entry("reinforcement", NOT_YET),
                            Map.entry("pt", "train on rows of text with sft instead.")));
    private static final String QUANTISED =
            "weights of 4 or 8 bits are not there yet; dtype bfloat16 halves the memory.";
    private static final RecipeType TUNING =
            new RecipeType.Choice(
                    List.of("lora", "full"),
                    Map.of(),
                    Map.of(
                            "qlora", QUANTISED,
                            "dora", "that is lora with use_dora: true.",
                            "rslora", "that is lora with use_rslora: true.",
                            "freeze", NOT_YET,
                            "oft", NOT_YET));
    private static final String HALF = "its range is too small for gradients without loss scaling.";
    private static final RecipeType DTYPE =
            new RecipeType.Choice(
                    List.of("float32", "bfloat16"),
                    Map.of("bf16", "bfloat16", "fp32", "float32"),
                    Map.of(
                            "float16", HALF, "fp16", HALF, "half", HALF, "int8", QUANTISED, "int4",
                            QUANTISED, "nf4", QUANTISED, "fp8", QUANTISED));

    private RecipeModelKeys() {}

    static List<RecipeKey> model() {
        return List.of(
                new RecipeKey(
                        "model_name_or_path",
                        new RecipeType.Model("starter, a folder, or hf:owner/name"),
                        "",
                        "The model that is tuned: `starter`, a folder in Hugging Face's layout, or"
                                + " `hf:owner/name[@revision]`.",
                        "Only you can choose it.",
                        r -> r.model().modelNameOrPath()),
                new RecipeKey(
                        "chat_template",
                        maybe(new RecipeType.FilePath("a Jinja file")),
                        "null",
                        "A Jinja file in place of the model's own chat template.",
                        "The model was trained with its own.",
                        r -> r.model().chatTemplate()),
                new RecipeKey(
                        "dtype",
                        DTYPE,
                        "float32",
                        "The type of frozen weights and of arithmetic; what trains is float32.",
                        "Exact and fast on every CPU; `bfloat16` halves the memory.",
                        r -> r.model().dtype().torchName()));
    }

    static List<RecipeKey> data() {
        return List.of(
                new RecipeKey(
                        "data",
                        new RecipeType.Sources(1, "one or more sources of rows"),
                        "",
                        "Where rows come from: files, folders, data sets of the hub; each with"
                                + " columns, split and weight where need be.",
                        "Only you have them.",
                        r -> r.data().data()),
                new RecipeKey(
                        "eval_data",
                        new RecipeType.Sources(0, "sources of rows"),
                        "[]",
                        "Where rows come from that are held out and judged.",
                        "Most have one file: see `eval_split`.",
                        r -> r.data().evalData()),
                new RecipeKey(
                        "columns",
                        new RecipeType.Columns("columns by their new names"),
                        "{}",
                        "The columns that rows are made of: `{prompt: question, completion:"
                                + " answer.text}` takes the column `question` as `prompt`.",
                        "Usual names are recognised.",
                        r -> r.data().columns().from()),
                new RecipeKey(
                        "eval_split",
                        new RecipeType.Real(0, false, 0.9, "a share from 0 to 0.9"),
                        "0",
                        "The share of `data` that is held out instead.",
                        "No row is taken from training unasked.",
                        r -> r.data().evalSplit()),
                new RecipeKey(
                        "max_length",
                        whole(2, 1 << 24, "a whole number from 2"),
                        "1024",
                        "Tokens of the longest row, and of a packed row.",
                        "Holds most conversations; attention costs grow with its square.",
                        r -> (long) r.data().maxLength()),
                new RecipeKey(
                        "packing",
                        FLAG,
                        "true",
                        "Whether short rows share one row of `max_length` tokens; they do not see"
                                + " each other.",
                        "No arithmetic goes into padding, and the result is the same.",
                        r -> r.data().packing()),
                new RecipeKey(
                        "too_long",
                        TOO_LONG,
                        "fail",
                        "What becomes of rows of more than `max_length` tokens: `fail` lists them.",
                        "Nothing is cut or dropped unasked.",
                        r -> lower(r.data().tooLong())),
                new RecipeKey(
                        "train_on_roles",
                        words(1, "one or more roles"),
                        "[assistant]",
                        "The roles whose messages are learned.",
                        "Answers are what one wants to change.",
                        r -> sorted(r.data().trainOn().roles())),
                new RecipeKey(
                        "last_turn_only",
                        FLAG,
                        "false",
                        "Whether only the last of these messages is learned.",
                        "Every answer of a conversation teaches.",
                        r -> r.data().trainOn().lastTurnOnly()),
                new RecipeKey(
                        "train_on_prompt",
                        FLAG,
                        "false",
                        "Whether all the rest of a row is learned as well.",
                        "A model need not learn to ask.",
                        r -> r.data().trainOn().prompt()));
    }

    static List<RecipeKey> method() {
        return List.of(
                new RecipeKey(
                        "method",
                        METHOD,
                        "sft",
                        "How the loss is made: `sft` learns given answers.",
                        "The first thing to try, and often the last.",
                        r -> lower(r.objective().method())),
                new RecipeKey(
                        "tuning",
                        TUNING,
                        "lora",
                        "Which weights train: an adapter (`lora`) or all (`full`).",
                        "Far less memory, and the base forgets less.",
                        r -> lower(r.objective().tuning())));
    }

    static List<RecipeKey> lora() {
        return List.of(
                new RecipeKey(
                        "r",
                        whole(1, 65_536, "a rank from 1"),
                        "16",
                        "The rank: how many directions a layer may change in.",
                        "Enough for most tasks on a small model; 8 to 32 is usual.",
                        r -> (long) r.lora().size().r()),
                new RecipeKey(
                        "lora_alpha",
                        POSITIVE,
                        "32",
                        "The strength: an update is scaled by `lora_alpha / r`.",
                        "Twice the rank is usual.",
                        r -> r.lora().size().loraAlpha()),
                new RecipeKey(
                        "lora_dropout",
                        new RecipeType.Real(0, false, 0.99, "a share from 0 to 0.99"),
                        "0",
                        "The share of inputs that the adapter does not see in a step.",
                        "Few epochs rarely need it, and it costs time.",
                        r -> r.lora().loraDropout()),
                new RecipeKey(
                        "target_modules",
                        new RecipeType.Modules(true, "names of layers, a pattern, or all-linear"),
                        "all-linear",
                        "Layers that get an adapter: ends of their names in a list, one regular"
                                + " expression for whole paths, or `all-linear`.",
                        "Adapters in all linear layers learn nearly as well as full tuning.",
                        r -> r.lora().where().targetModules()),
                new RecipeKey(
                        "exclude_modules",
                        new RecipeType.Modules(false, "names of layers, or a pattern"),
                        "[]",
                        "Layers that get none after all, named likewise.",
                        "There is usually nothing to leave out.",
                        r -> r.lora().where().excludeModules()));
    }

    static List<RecipeKey> loraDetails() {
        return List.of(
                new RecipeKey(
                        "layers_to_transform",
                        new RecipeType.Items(
                                whole(0, 100_000, "a layer number"), 0, "numbers of layers from 0"),
                        "[]",
                        "Only layers of these numbers, from 0; all if empty. Needs `target_modules`"
                                + " as a list.",
                        "All layers help.",
                        r ->
                                r.lora().where().layersToTransform().stream()
                                        .map(Integer::longValue)
                                        .toList()),
                new RecipeKey(
                        "rank_pattern",
                        new RecipeType.Table(
                                whole(1, 65_536, "a rank from 1"),
                                "names of layers with their ranks"),
                        "{}",
                        "Other ranks, by the end of a layer's path or a regular expression; the"
                                + " first that matches counts.",
                        "One rank for all is a good start.",
                        r -> longs(r.lora().size().rankPattern())),
                new RecipeKey(
                        "alpha_pattern",
                        new RecipeType.Table(POSITIVE, "names of layers with their strengths"),
                        "{}",
                        "Other strengths, likewise.",
                        "One strength for all is a good start.",
                        r -> r.lora().size().alphaPattern()),
                new RecipeKey(
                        "bias",
                        choice("none", "lora_only", "all"),
                        "none",
                        "Which biases train as well.",
                        "They add little, and the adapter could not be switched off.",
                        r -> r.lora().bias()),
                new RecipeKey(
                        "modules_to_save",
                        words(0, "names of layers"),
                        "[]",
                        "Layers that are trained whole and saved beside the adapter.",
                        "Needed for new tokens only (`embed_tokens`, `lm_head`).",
                        r -> r.lora().modulesToSave()),
                new RecipeKey(
                        "use_rslora",
                        FLAG,
                        "false",
                        "Whether updates are scaled by `lora_alpha / sqrt(r)`.",
                        "Helps at ranks of 64 and more.",
                        r -> r.lora().scaling().useRslora()),
                new RecipeKey(
                        "use_dora",
                        FLAG,
                        "false",
                        "Whether row lengths train apart from directions.",
                        "Slower; try it at small ranks.",
                        r -> r.lora().scaling().useDora()));
    }

    /// The name of a choice in a recipe.
    static String lower(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT);
    }

    /// A whole number within bounds.
    static RecipeType whole(long min, long max, String told) {
        return new RecipeType.Whole(min, max, told);
    }

    /// A value or nothing.
    static RecipeType maybe(RecipeType type) {
        return new RecipeType.Maybe(type);
    }

    private static RecipeType choice(String... words) {
        return new RecipeType.Choice(List.of(words), Map.of(), Map.of());
    }

    private static RecipeType words(int least, String told) {
        return new RecipeType.Items(new RecipeType.Text("a word"), least, told);
    }

    private static List<String> sorted(Iterable<String> words) {
        var sorted = new TreeSet<String>();
        words.forEach(sorted::add);
        return List.copyOf(sorted);
    }

    private static Map<String, Long> longs(Map<String, Integer> ranks) {
        var longs = new LinkedHashMap<String, Long>();
        ranks.forEach((name, rank) -> longs.put(name, rank.longValue()));
        return longs;
    }
}
