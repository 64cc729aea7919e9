package dev.attune.data;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What the card of a data set, its README.md, says about its parts: `configs`, each with a name
/// and the files of its splits, as Hugging Face's datasets reads them.
///
/// ```yaml
/// configs:
/// - config_name: default
///   data_files:
///   - split: train
///     path: "data/train-*.parquet"
/// ```
///
/// @param configs at least one, in the order of the card
record DataCard(List<Config> configs) {
    /// The name of the file.
    static final String FILE = "README.md";

    /// What a config is called that has no name.
    static final String DEFAULT = "default";

    private static final String FENCE = "---";
    private static final int MOST_CHARS = 1 << 20;

    /// Copies the list.
    DataCard {
        configs = List.copyOf(configs);
    }

    /// One data set of those that lie together.
    ///
    /// @param patterns for each split, which files are of it; empty where their names say it
    /// @param folder the only folder that is looked at, with a slash; empty for all
    record Config(
            String name, boolean isDefault, String folder, Map<String, List<String>> patterns) {
        /// Copies the map, in its order.
        Config {
            patterns = new LinkedHashMap<>(patterns);
        }

        /// The splits with their files among `files`.
        Map<String, List<String>> parts(Collection<String> files) {
            List<String> within =
                    files.stream().filter(f -> f.startsWith(folder)).sorted().toList();
            if (patterns.isEmpty()) {
                return SplitNames.of(within);
            }
            Map<String, List<String>> parts = new LinkedHashMap<>();
            patterns.forEach((split, each) -> {
                Set<String> chosen = new LinkedHashSet<>();
                for (String pattern : each) {
                    FilePattern matching = FilePattern.of(folder + pattern);
                    within.stream().filter(matching::matches).forEach(chosen::add);
                }
                parts.put(split, List.copyOf(chosen));
            });
            return parts;
        }
    }

    /// Reads a card; nothing where it says nothing about configs.
    ///
    /// @throws AttuneException of kind USER if what it says cannot be understood
    static Optional<DataCard> of(String text, Object where) {
        Optional<String> front = front(text);
        if (front.isEmpty() || !front.get().contains("configs")) {
            return Optional.empty();
        }
        JsonNode configs;
        try {
            configs = new YAMLMapper().readTree(front.get()).path("configs");
        } catch (JacksonException e) {
            throw AttuneException.user(
                            "The data set's card cannot be read: "
                                    + Quoted.plain(String.valueOf(e.getOriginalMessage()), 160)
                                    + ".")
                    .at(where)
                    .fix("Mend the YAML between the first two lines of three dashes.")
                    .causedBy(e);
        }
        if (configs.isMissingNode() || configs.isNull()) {
            return Optional.empty();
        }
        List<Config> all = new ArrayList<>();
        for (JsonNode config : configs.isArray() ? configs : List.<JsonNode>of()) {
            all.add(config(config, where));
        }
        if (all.isEmpty()) {
            throw fault("`configs` holds no config", where);
        }
        return Optional.of(new DataCard(all));
    }

    /// The config that is wanted, or the only one, or the default.
    ///
    /// @throws AttuneException of kind USER if there is none of that name, or none was named and
    ///   there are several
    Config config(Optional<String> name, Object where) {
        if (name.isPresent()) {
            return named(name.get()).orElseThrow(() -> unknown(name.get(), where));
        }
        if (configs.size() == 1) {
            return configs.getFirst();
        }
        return configs.stream()
                .filter(config -> config.isDefault || config.name.equals(DEFAULT))
                .findFirst()
                .orElseThrow(() ->
                        AttuneException.user(
                                        "The data set has %d configs, and none was chosen: %s."
                                                .formatted(configs.size(), names()))
                                .at(where)
                                .fix("Name one: %s:%s.".formatted(where, configs.getFirst().name)));
    }

    /// The config of a name.
    Optional<Config> named(String name) {
        return configs.stream().filter(config -> config.name.equals(name)).findFirst();
    }

    private AttuneException unknown(String name, Object where) {
        List<String> known = configs.stream().map(Config::name).toList();
        return AttuneException.user(
                        "There is no config %s; there is %s.".formatted(Quoted.of(name), names()))
                .at(where)
                .fix(
                        Nearest.to(name, known)
                                .map(near -> "Did you mean " + near + "?")
                                .orElse("Give a config that is there."));
    }

    private String names() {
        return configs.stream()
                .limit(50)
                .map(config -> Quoted.plain(config.name))
                .collect(Collectors.joining(", "));
    }

    private static Optional<String> front(String text) {
        String card = text.length() > MOST_CHARS ? text.substring(0, MOST_CHARS) : text;
        List<String> lines = card.lines().toList();
        if (lines.isEmpty() || !lines.getFirst().strip().equals(FENCE)) {
            return Optional.empty();
        }
        for (int i = 1; i < lines.size(); i++) {
            if (lines.get(i).strip().equals(FENCE)) {
                return Optional.of(String.join("\n", lines.subList(1, i)) + "\n");
            }
        }
        return Optional.empty();
    }

    private static Config config(JsonNode config, Object where) {
        if (!config.isObject()) {
            throw fault("`configs` holds " + RowFields.kind(config), where);
        }
        String name = config.path("config_name").asString(DEFAULT);
        String folder = config.path("data_dir").stringValue("").replaceAll("^\\./|/+$", "");
        Map<String, List<String>> patterns = new LinkedHashMap<>();
        JsonNode files = config.path("data_files");
        for (JsonNode each : files.isArray() ? files : List.of(files)) {
            if (each.isMissingNode() || each.isNull()) {
                continue;
            }
            String split = each.isString() ? SplitNames.TRAIN : each.path("split").stringValue("");
            List<String> paths = paths(each.isString() ? each : each.path("path"));
            if (split.isEmpty() || paths.isEmpty()) {
                throw fault(
                        "`data_files` of `%s` names no split or no path".formatted(name), where);
            }
            patterns.computeIfAbsent(split, _ -> new ArrayList<>()).addAll(paths);
        }
        return new Config(
                name,
                config.path("default").booleanValue(false),
                folder.isEmpty() ? "" : folder + "/",
                patterns);
    }

    private static List<String> paths(JsonNode path) {
        List<String> paths = new ArrayList<>();
        for (JsonNode each : path.isArray() ? path : List.of(path)) {
            if (each.isString()) {
                paths.add(each.stringValue().replaceAll("^\\./", ""));
            }
        }
        return paths;
    }

    private static AttuneException fault(String what, Object where) {
        return AttuneException.user("The data set's card cannot be understood: %s.".formatted(what))
                .at(where)
                .fix(
                        "Write configs as a list of config_name with data_files, each a pattern or"
                                + " a list of split and path; or name a file: hf:owner/name/PATH.");
    }
}
