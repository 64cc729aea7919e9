package dev.attune.train;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;
import dev.attune.data.ColumnMapping;
import dev.attune.data.RowSource;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads where rows come from: `train.jsonl`, or keys such as `{path: chats.jsonl, weight: 2}`, or
/// a list of these. The words that axolotl and LLaMA-Factory have for them are understood.
///
/// @param expected what an error says that sources are
record RecipeSources(RecipeType.Reading reading, String expected) {
    private static final List<String> KEYS = List.of("path", "split", "columns", "weight");

    /// axolotl's words for columns, and whose they are here.
    private static final Map<String, String> FIELDS =
            Map.of(
                    "field", "text",
                    "field_instruction", "instruction",
                    "field_input", "input",
                    "field_output", "output",
                    "field_system", "system",
                    "field_messages", "messages",
                    "field_chosen", "chosen",
                    "field_rejected", "rejected");

    /// Words for a row's shape, or for what is the same for all rows here.
    private static final Set<String> RECOGNISED =
            Set.of(
                    "type",
                    "ds_type",
                    "formatting",
                    "ranking",
                    "tags",
                    "conversation",
                    "chat_template",
                    "roles",
                    "message_property_mappings",
                    "message_field_role",
                    "message_field_content",
                    "format",
                    "no_input_format",
                    "file_sha1");

    private static final Map<String, String> REFUSED =
            Map.of(
                    "roles_to_train", "Set train_on_roles for all sources.",
                    "train_on_eos", "The token that ends an answer is always learned.",
                    "system_prompt", "Write the system message into the rows.",
                    "num_samples", "Set weight: 0.5 sees half of the rows in an epoch.",
                    "shards", "Set weight: 0.5 sees half of the rows in an epoch.",
                    "name", "Name the folder of the data set: hf:owner/name/folder.",
                    "subset", "Name the folder of the data set: hf:owner/name/folder.",
                    "revision", "Write it behind the name: hf:owner/name@revision.");

    /// What axolotl calls the path of a file, whose own path is behind another key.
    private static final Set<String> BUILDERS = Set.of("json", "csv", "parquet", "text", "arrow");

    /// The sources, in order.
    ///
    /// @throws AttuneException if a node is none
    List<RowSource> read(RecipeNode node) {
        return switch (node) {
            case RecipeNode.Scalar scalar when scalar.isNothing() -> List.of();
            case RecipeNode.Scalar scalar -> List.of(RowSource.of(path(scalar)));
            case RecipeNode.Mapping mapping -> List.of(described(mapping));
            case RecipeNode.Sequence list -> {
                List<RowSource> sources = new ArrayList<>();
                for (RecipeNode item : list.items()) {
                    switch (item) {
                        case RecipeNode.Scalar scalar -> sources.add(RowSource.of(path(scalar)));
                        case RecipeNode.Mapping mapping -> sources.add(described(mapping));
                        case RecipeNode.Sequence _ -> throw reading.wrong(node, expected);
                    }
                }
                yield List.copyOf(sources);
            }
        };
    }

    /// A path from the recipe's folder; what is of the hub stays as it is.
    private String path(RecipeNode node) {
        if (!(node instanceof RecipeNode.Scalar scalar)
                || scalar.isNothing()
                || scalar.text().isBlank()) {
            throw reading.wrong(node, expected);
        }
        return scalar.text().startsWith("hf:")
                ? scalar.text().strip()
                : RecipeType.path(scalar.text(), node, reading).toString();
    }

    /// The parts of a source as they are found.
    private static final class Found {
        private final Map<String, Object> columns = new LinkedHashMap<>();
        private Optional<RecipeNode> path = Optional.empty();
        private Optional<String> split = Optional.empty();
        private double weight = 1;
    }

    private RowSource described(RecipeNode.Mapping mapping) {
        Found found = new Found();
        mapping.entries().forEach(entry -> take(entry, found));
        RecipeNode path =
                found.path.orElseThrow(() ->
                        AttuneException.user(reading.key() + " has a source without a path.")
                                .fix("Write path: train.jsonl."));
        Map<String, String> columns = new LinkedHashMap<>();
        found.columns.forEach((name, column) -> columns.put(name, column.toString()));
        return new RowSource(path(path), found.split, new ColumnMapping(columns), found.weight);
    }

    private void take(RecipeNode.Entry entry, Found found) {
        var inner = of(reading.key(), entry.key());
        switch (entry.key()) {
            case "path", "file_name" -> {
                boolean builder =
                        entry.value() instanceof RecipeNode.Scalar(String text, _)
                                && BUILDERS.contains(text);
                if (!builder) {
                    found.path = Optional.of(entry.value());
                }
            }
            case "data_files" -> found.path = Optional.of(dataFile(entry.value(), inner));
            case "hf_hub_url" -> found.path = Optional.of(ofHub(entry.value(), inner));
            case "split" ->
                    found.split =
                            Optional.of(
                                    new RecipeType.Text("a split's name")
                                            .read(entry.value(), inner)
                                            .toString());
            case "columns" ->
                    found.columns.putAll(
                            new RecipeColumns(inner, "columns by their new names")
                                    .read(entry.value()));
            case "weight" -> found.weight = weight(entry.value(), inner);
            default -> other(entry, inner, found);
        }
    }

    private RecipeType.Reading of(String outer, String key) {
        return new RecipeType.Reading(outer + "." + key, reading.base(), reading.notes());
    }

    private static double weight(RecipeNode node, RecipeType.Reading inner) {
        var type = new RecipeType.Real(0, true, 1000, "a number above 0, at most 1000");
        Object weight = type.read(node, inner);
        if (type.problem(weight).isPresent()) {
            throw inner.wrong(node, type.told());
        }
        return (Double) weight;
    }

    /// A list of one is a file, too.
    private static RecipeNode dataFile(RecipeNode node, RecipeType.Reading inner) {
        if (node instanceof RecipeNode.Sequence(List<RecipeNode> items) && items.size() == 1) {
            return items.getFirst();
        }
        if (node instanceof RecipeNode.Scalar) {
            return node;
        }
        throw inner.wrong(node, "one file").fix("Give each file as a source of its own.");
    }

    private static RecipeNode ofHub(RecipeNode node, RecipeType.Reading inner) {
        String name = new RecipeType.Text("owner/name").read(node, inner).toString();
        return new RecipeNode.Scalar(name.startsWith("hf:") ? name : "hf:" + name, true);
    }

    private void other(RecipeNode.Entry entry, RecipeType.Reading inner, Found found) {
        String key = entry.key();
        String column = FIELDS.get(key);
        String refusal = REFUSED.get(key);
        if (column != null) {
            String named = new RecipeType.Text("a column's name").read(entry.value(), inner) + "";
            if (!named.equals(column) && !named.equals("conversations")) {
                found.columns.put(column, named);
                reading.notes().accept("%s is columns.%s here.".formatted(inner.key(), column));
            }
        } else if (key.equals("type") && entry.value() instanceof RecipeNode.Mapping custom) {
            custom.entries().forEach(each -> other(each, of(inner.key(), each.key()), found));
        } else if (refusal != null) {
            throw AttuneException.user(inner.key() + " is not understood here.").fix(refusal);
        } else if (RECOGNISED.contains(key)) {
            reading.notes()
                    .accept(inner.key() + " changes nothing: the shape of each row is recognised.");
        } else {
            AttuneException unknown = AttuneException.user("Unknown key " + inner.key() + ".");
            throw Nearest.to(key, KEYS)
                    .map(near -> unknown.fix("Did you mean " + near + "?"))
                    .orElse(unknown.fix("A source has " + String.join(", ", KEYS) + "."));
        }
    }
}
