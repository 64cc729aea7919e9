package dev.attune.train;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads which column of a row is to be called what. LLaMA-Factory's and torchtune's words for the
/// columns are understood, and reported.
///
/// @param expected what an error says that columns are
record RecipeColumns(RecipeType.Reading reading, String expected) {
    /// LLaMA-Factory's words beside `prompt`, which then is the instruction of an Alpaca row.
    private static final Map<String, String> LLAMA_FACTORY =
            Map.of(
                    "prompt",
                    "instruction",
                    "query",
                    "input",
                    "response",
                    "output",
                    "history",
                    "history",
                    "system",
                    "system");

    /// Words that tell that a table is LLaMA-Factory's.
    private static final Set<String> TELLING = Set.of("query", "response", "history");

    /// The columns by their new names, in order.
    ///
    /// @throws dev.attune.base.AttuneException if a node says something else
    Map<String, Object> read(RecipeNode node) {
        return switch (node) {
            case RecipeNode.Scalar scalar when scalar.isNothing() -> Map.of();
            case RecipeNode.Mapping mapping -> translated(words(mapping));
            case RecipeNode.Scalar _, RecipeNode.Sequence _ ->
                    throw reading.wrong(node, expected)
                            .fix("Write columns: {prompt: question, completion: answer}.");
        };
    }

    private Map<String, Object> words(RecipeNode.Mapping mapping) {
        var words = new LinkedHashMap<String, Object>();
        for (RecipeNode.Entry entry : mapping.entries()) {
            var inner =
                    new RecipeType.Reading(
                            reading.key() + "." + entry.key(), reading.base(), reading.notes());
            words.put(
                    entry.key(), new RecipeType.Text("a column's name").read(entry.value(), inner));
        }
        return words;
    }

    private Map<String, Object> translated(Map<String, Object> words) {
        var names = new LinkedHashMap<String, Object>();
        boolean verdict = words.containsKey("kto_tag");
        boolean llamaFactory = TELLING.stream().anyMatch(words::containsKey);
        boolean torchtune = Set.of("input", "output").equals(words.keySet());
        words.forEach((name, column) -> {
            String meant =
                    verdict
                            ? ofVerdict(name)
                            : llamaFactory
                                    ? LLAMA_FACTORY.getOrDefault(name, name)
                                    : torchtune ? ofTorchtune(name) : name;
            if (!meant.equals(name)) {
                reading.notes().accept("%s.%s is %s here.".formatted(reading.key(), name, meant));
            }
            names.put(meant, column);
        });
        return names;
    }

    private static String ofVerdict(String name) {
        return Optional.ofNullable(Map.of("kto_tag", "label", "response", "completion").get(name))
                .orElse(name);
    }

    private static String ofTorchtune(String name) {
        return name.equals("input") ? "prompt" : "completion";
    }
}
