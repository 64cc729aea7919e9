package dev.attune.train;

import java.util.List;
import java.util.stream.Collectors;

/// The pages that tell the keys of a recipe, made of its tables.
final class RecipePage {
    private static final String SOURCES =
            """

            ## Sources of rows

            `data` and `eval_data` are a source or a list of them. A source is a path or, where more is to be said, keys:

            ```
            data:
              - path: chats.jsonl
                weight: 2
              - path: hf:owner/name
                split: train
                columns: {prompt: question, completion: answer}
            ```

            | key | default | what it means | also known as |
            |---|---|---|---|
            | `path` | must be given | a file, a folder, or `hf:owner/name[/path][@revision][:[config:]split]` | `file_name`, `hf_hub_url` (LLaMA-Factory), `data_files` (axolotl) |
            | `split` | the only one; of the hub's data sets `train` | which part is read, where file names tell several apart: `train.jsonl`, `data/test-00000-of-00001.parquet`, `validation/a.csv`; where the data set's card has `configs`, `config:split` or a config's name | |
            | `columns` | the recipe's | as the recipe's `columns`, for this source | `field`, `field_instruction`, `field_input`, `field_output`, `field_system`, `field_messages` (axolotl), `columns` (LLaMA-Factory) |
            | `weight` | 1 | how often each row is seen in an epoch, above 0, at most 1000 | |

            A weight says how often the rows of a source are seen in an epoch: with 2 each is seen twice, with 1.5 each once and half of them a second time, with 0.5 half of them. Which half is drawn by `seed`, and no row is seen again before all others of its source were: over two epochs 0.5 shows each row once. A row of weight 2 is thus seen four times as often as one of weight 0.5, however many rows each source has. `ledger.jsonl` says of each row how often it is seen in the run.

            Rows are held out before they are weighed: `eval_split` takes its share of each source, rows of the same tokens stay on one side whatever source they are from, and held-out rows are judged once each. `weight` in `eval_data` is refused.

            Columns that are mapped and missing are refused with those that the row has. A dot leads into an object: `answer.text`.
            """;

    private RecipePage() {}

    /// The whole page in Markdown.
    static String markdown() {
        var page = new StringBuilder("# The recipe\n\n");
        page.append(
                """
                One YAML file says what a run does. Only `model_name_or_path` and `data` must be given. Any key can be set on the command line as well, `learning_rate=1e-4` or `target_modules=[q_proj,v_proj]`, and wins over the file. Relative paths begin at the recipe's folder, those of the command line at the working folder. The run folder keeps the recipe with every key.

                Names are those of transformers and PEFT. The names of other tools are understood, and each use is reported; an unknown key is refused with the nearest. Anchors, aliases and tags of YAML are not. Ready recipes are in [recipes](../../recipes).

                This page is made of the tables `RecipeKeys` and `RecipeAliases`; a test holds it to them.
                """);
        for (RecipeKeys.Section section : RecipeKeys.SECTIONS) {
            page.append("\n## ").append(section.title()).append("\n\n");
            page.append("| key | value | default | what it means | also known as |\n");
            page.append("|---|---|---|---|---|\n");
            section.keys().forEach(key -> page.append(row(key)));
        }
        page.append(SOURCES);
        page.append("\n## Keys of other tools that change nothing here\n\n");
        page.append("Each is reported.\n\n| key | of | why |\n|---|---|---|\n");
        for (RecipeAlias alias : RecipeAliases.all()) {
            if (alias.meaning() instanceof RecipeAlias.Ignored ignored) {
                page.append(row(alias, ignored.reason()));
            }
        }
        page.append("\n## Keys of other tools that are refused\n\n");
        page.append("Unless they are off: `false`, `null`, `none` or 0.\n\n");
        page.append("| key | of | why, and what to do |\n|---|---|---|\n");
        for (RecipeAlias alias : RecipeAliases.all()) {
            if (alias.meaning() instanceof RecipeAlias.Refused refused) {
                page.append(row(alias, refused.reason() + " " + refused.fix()));
            }
        }
        return page.toString();
    }

    /// The keys for a terminal.
    static String text() {
        var page = new StringBuilder();
        for (RecipeKeys.Section section : RecipeKeys.SECTIONS) {
            page.append(page.isEmpty() ? "" : "\n").append(section.title()).append('\n');
            for (RecipeKey key : section.keys()) {
                String otherwise = key.isNeeded() ? "needed" : key.otherwise();
                page.append(
                        "  %-28s %-12s %s%n"
                                .formatted(key.name(), otherwise, key.help())
                                .replace("\r\n", "\n"));
            }
        }
        return page.toString();
    }

    private static String row(RecipeKey key) {
        return "| `%s` | %s | %s | %s %s | %s |\n"
                .formatted(
                        key.name(),
                        key.type().told(),
                        key.isNeeded() ? "must be given" : "`" + key.otherwise() + "`",
                        key.help(),
                        key.reason(),
                        aliases(key.name()));
    }

    private static String row(RecipeAlias alias, String what) {
        String sentence = Character.toUpperCase(what.charAt(0)) + what.substring(1);
        return "| `%s` | %s | %s |\n".formatted(alias.name(), alias.tool(), sentence);
    }

    private static String aliases(String key) {
        List<RecipeAlias> aliases =
                RecipeAliases.all().stream()
                        .filter(alias -> alias.key().filter(key::equals).isPresent())
                        .toList();
        return aliases.stream().map(RecipePage::told).collect(Collectors.joining(", "));
    }

    private static String told(RecipeAlias alias) {
        String note =
                switch (alias.meaning()) {
                    case RecipeAlias.Opposite _ -> ", the opposite";
                    case RecipeAlias.WhenTrue flag -> ", true is `" + flag.value() + "`";
                    case RecipeAlias.Column column -> ", its `" + column.name() + "`";
                    case RecipeAlias.Same _, RecipeAlias.Refused _, RecipeAlias.Ignored _ -> "";
                };
        return "`%s` (%s%s)".formatted(alias.name(), alias.tool(), note);
    }
}
