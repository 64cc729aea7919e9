package dev.attune.cli;

import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.UsageMessageSpec;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/// The order in which the root's `--help` shows the commands: that of the work.
final class CommandGroups {
    /// Commands that belong together; one that does not exist is passed over.
    private record Group(String title, List<String> names) {}

    private static final List<Group> GROUPS =
            List.of(
                    new Group("Begin", List.of("quickstart", "advise")),
                    new Group("Data and models", List.of("data", "model")),
                    new Group("Train", List.of("train", "resume", "verify")),
                    new Group("Try and judge", List.of("eval", "chat", "runs")),
                    new Group("Ship", List.of("export", "serve")),
                    new Group("Watch", List.of("rate", "monitor")),
                    new Group("Machines", List.of("hosted", "doctor")));

    private CommandGroups() {}

    /// Lets a root show its commands in groups.
    static void show(CommandLine root) {
        root.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING, _ -> "");
        root.getHelpSectionMap()
                .put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, CommandGroups::list);
    }

    private static String list(Help help) {
        Map<String, Help> commands = help.subcommands();
        int width = commands.keySet().stream().mapToInt(String::length).max().orElse(0);
        Set<String> known =
                GROUPS.stream().flatMap(g -> g.names().stream()).collect(Collectors.toSet());
        List<Group> groups = new ArrayList<>(GROUPS);
        groups.add(
                new Group(
                        "More",
                        commands.keySet().stream().filter(n -> !known.contains(n)).toList()));
        var text = new StringBuilder();
        for (Group group : groups) {
            List<String> present = group.names().stream().filter(commands::containsKey).toList();
            if (!present.isEmpty()) {
                text.append("%n%s%n".formatted(group.title()));
            }
            for (String name : present) {
                String padded = name + " ".repeat(width - name.length() + 2);
                String told = first(Objects.requireNonNull(commands.get(name)));
                text.append("  %s%s%n".formatted(padded, told));
            }
        }
        return text.toString();
    }

    private static String first(Help command) {
        String[] description = command.commandSpec().usageMessage().description();
        return description.length == 0 ? "" : description[0];
    }
}
