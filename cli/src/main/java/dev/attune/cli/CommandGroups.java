package dev.attune.cli;

import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.UsageMessageSpec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The order in which the root's `--help` shows the commands: that of the work.
final class CommandGroups {
    private static final String REST = "More";

    /// Titles with the names below them; a command that does not exist is passed over.
    private static final Map<String, List<String>> GROUPS = new LinkedHashMap<>();

    static {
        GROUPS.put("Begin", List.of("quickstart", "advise"));
        GROUPS.put("Data and models", List.of("data", "model"));
        GROUPS.put("Train", List.of("train", "resume", "verify"));
        GROUPS.put("Try and judge", List.of("eval", "chat", "runs"));
        GROUPS.put("Ship", List.of("export", "serve"));
        GROUPS.put("Watch", List.of("rate", "monitor"));
        GROUPS.put("Machines", List.of("hosted", "doctor"));
    }

    private CommandGroups() {}

    /// Lets a root show its commands in groups.
    static void show(CommandLine root) {
        root.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING, _ -> "");
        root.getHelpSectionMap()
                .put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, CommandGroups::list);
    }

    private static String list(Help help) {
        Map<String, Help> left = new LinkedHashMap<>(help.subcommands());
        int width = left.keySet().stream().mapToInt(String::length).max().orElse(0);
        var text = new StringBuilder();
        Map<String, List<String>> groups = new LinkedHashMap<>(GROUPS);
        List<String> known = GROUPS.values().stream().flatMap(List::stream).toList();
        groups.put(REST, left.keySet().stream().filter(name -> !known.contains(name)).toList());
        groups.forEach((title, names) -> {
            List<String> lines = new ArrayList<>();
            for (String name : names) {
                Help command = left.get(name);
                if (command != null) {
                    lines.add("  " + name + " ".repeat(width - name.length() + 2) + first(command));
                }
            }
            if (!lines.isEmpty()) {
                text.append("%n%s%n".formatted(title));
                lines.forEach(line -> text.append("%s%n".formatted(line)));
            }
        });
        return text.toString();
    }

    private static String first(Help command) {
        String[] description = command.commandSpec().usageMessage().description();
        return description.length == 0 ? "" : description[0];
    }
}
