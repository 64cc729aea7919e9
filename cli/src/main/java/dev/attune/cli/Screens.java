package dev.attune.cli;

import picocli.CommandLine.Model.CommandSpec;

import java.util.Map;

/// The screen that a command's progress is shown on.
final class Screens {
    private static final int USUAL_WIDTH = 80;

    private Screens() {}

    /// As the command's terminal, COLUMNS and NO_COLOR have it.
    static TerminalProgress.Screen of(CommandSpec spec) {
        boolean terminal = spec.commandLine().getColorScheme().ansi().enabled();
        if (!terminal) {
            return TerminalProgress.Screen.PLAIN;
        }
        Map<String, String> environment =
                spec.root().userObject() instanceof Attune root ? root.environment() : Map.of();
        return new TerminalProgress.Screen(
                width(environment.getOrDefault("COLUMNS", "")),
                true,
                !environment.containsKey("NO_COLOR"));
    }

    private static int width(String columns) {
        return columns.matches("[1-9]\\d{1,3}") ? Integer.parseInt(columns) : USUAL_WIDTH;
    }
}
