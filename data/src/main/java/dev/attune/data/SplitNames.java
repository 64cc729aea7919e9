package dev.attune.data;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Which part of a data set a file belongs to, by the conventions for file names that Hugging
/// Face's tools have: a word for the part as the whole or a part of a file's or folder's name,
/// `train.jsonl`, `data/test-00000-of-00001.parquet`, `validation/a.csv`.
public final class SplitNames {
    /// The part that is learned.
    public static final String TRAIN = "train";

    private static final Map<String, Set<String>> WORDS = words();
    private static final Pattern SHARD =
            Pattern.compile("([a-z0-9_.]+)-[0-9]{5}-of-[0-9]{5}(\\..*)?");
    private static final Pattern SEPARATOR = Pattern.compile("[^a-z]+");

    private SplitNames() {}

    /// The parts of a data set with their files, in the order `train`, `validation`, `test`,
    /// others; files that no name tells apart are to be learned, unless others say they are.
    ///
    /// @param paths within the data set, with slashes
    public static Map<String, List<String>> of(Collection<String> paths) {
        Map<String, List<String>> found =
                paths.stream()
                        .sorted()
                        .collect(
                                Collectors.groupingBy(
                                        SplitNames::of, TreeMap::new, Collectors.toList()));
        Map<String, List<String>> inOrder = new LinkedHashMap<>();
        for (String split : WORDS.keySet()) {
            List<String> files = found.remove(split);
            if (files != null) {
                inOrder.put(split, files);
            }
        }
        List<String> unnamed = found.remove("");
        if (unnamed != null) {
            inOrder.merge(
                    inOrder.isEmpty() && found.isEmpty() ? TRAIN : "other",
                    unnamed,
                    (first, _) -> first);
        }
        inOrder.putAll(found);
        return inOrder;
    }

    /// Whether a name is one of those that parts of data sets commonly have.
    static boolean isWord(String name) {
        String small = name.toLowerCase(Locale.ROOT);
        return WORDS.values().stream().anyMatch(words -> words.contains(small));
    }

    /// What a person may call a part: `dev` is `validation`.
    public static String of(String word, Set<String> known) {
        String small = word.toLowerCase(Locale.ROOT);
        return known.contains(word)
                ? word
                : WORDS.entrySet().stream()
                        .filter(entry -> entry.getValue().contains(small))
                        .map(Map.Entry::getKey)
                        .findFirst()
                        .orElse(word);
    }

    private static String of(String path) {
        String[] parts = path.split("/", -1);
        String name = parts[parts.length - 1].toLowerCase(Locale.ROOT);
        Matcher shard = SHARD.matcher(name);
        if (shard.matches()) {
            // `data/train_sft-00000-of-00003.parquet`: the hub's own tools write so, and mean it.
            boolean named = !word(shard.group(1)).isEmpty();
            if (named || (parts.length > 1 && parts[parts.length - 2].equals("data"))) {
                return of(shard.group(1), Set.of());
            }
        }
        for (int i = parts.length - 1; i >= 0; i--) {
            String split = word(parts[i].toLowerCase(Locale.ROOT));
            if (!split.isEmpty()) {
                return split;
            }
        }
        return "";
    }

    /// The part that a name tells of; empty if it tells of none. Where several words stand, the one
    /// that says that rows are held out counts, so that none is learned by mistake.
    private static String word(String name) {
        Set<String> words = Set.copyOf(List.of(SEPARATOR.split(name)));
        List<String> found =
                WORDS.entrySet().stream()
                        .filter(entry -> entry.getValue().stream().anyMatch(words::contains))
                        .map(Map.Entry::getKey)
                        .toList();
        return found.isEmpty() ? "" : found.getLast();
    }

    private static Map<String, Set<String>> words() {
        Map<String, Set<String>> words = new LinkedHashMap<>();
        words.put(TRAIN, Set.of("train", "training"));
        words.put("validation", Set.of("validation", "valid", "dev", "val"));
        words.put("test", Set.of("test", "testing", "eval", "evaluation", "heldout"));
        return words;
    }
}
